"""The repository stands on its own: no machine's paths, no registry's address, no room that nobody planned."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.unit.repository.tree import ROOT, files, is_made

ROOMS = {
    ".ci", ".streamlit", "benchmarks", "dashboard", "data", "docs", "pages", "scoring", "stack", "tests",
}  # fmt: skip
REGISTRIES = (
    rb"pypi\.[a-z]+\b",
    rb"pythonhosted\.[a-z]+",
    rb"repo1?\.maven\.",
    rb"central\.sonatype",
    rb"npmjs\.[a-z]+",
    rb"deb\.debian\.",
    rb"archive\.ubuntu\.",
    rb"packages\.confluent\.",
)
MACHINE_PATHS = rb"(?<![\w./~-])/(?:home|root|work|Users|private/var)/[\w.]"


@pytest.mark.parametrize("forbidden", [*REGISTRIES, MACHINE_PATHS], ids=lambda pattern: pattern.decode())
def test_no_file_names_a_registry_or_a_path_of_one_machine(forbidden: bytes) -> None:
    pattern = re.compile(forbidden)
    named = [
        f"{path.relative_to(ROOT)}: {found[0].decode()}"
        for path in files()
        if (found := pattern.search(path.read_bytes()))
    ]
    assert named == []


def test_the_top_level_has_the_planned_rooms_and_no_other() -> None:
    assert {path.name for path in ROOT.iterdir() if path.is_dir() and not is_made(path)} <= ROOMS


def test_every_room_with_code_is_checked_for_types_strictly() -> None:
    mypy = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]
    rooms = {path.relative_to(ROOT).parts[0] for path in files() if path.suffix == ".py"}
    assert mypy["strict"] is True
    assert rooms <= set(mypy["files"])


def test_none_of_our_modules_is_excused_from_the_type_check() -> None:
    mypy = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]
    excused = {module.partition(".")[0] for override in mypy["overrides"] for module in override["module"]}
    assert excused.isdisjoint(mypy["files"])
    comment = re.compile(r"^# mypy: |^# type: ignore", re.MULTILINE)
    assert [str(path) for path in files() if path.suffix == ".py" and comment.search(path.read_text())] == []
