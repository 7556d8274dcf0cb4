"""What the documents say of the repository is so."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
TARGETS = {"help", "setup", "run", "live", "test", "test-full", "lint", "bench", "shots", "clean", "lock"}


def test_make_help_lists_every_target_with_what_it_does() -> None:
    done = subprocess.run(["make", "-C", ROOT, "help"], capture_output=True, text=True, check=True)
    described = dict(re.findall(r"^  make (\S+) +(\S.*)$", done.stdout, re.MULTILINE))
    assert set(described) == TARGETS


def test_what_ci_runs_is_the_test_command_of_the_readme() -> None:
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "exec make test"
    assert "\n$ make test " in (ROOT / "README.md").read_text()


@pytest.mark.parametrize(
    "document", ["README.md", "CONTRIBUTING.md", "docs/README.md", "docs/setup.md", "benchmarks/README.md"]
)
def test_every_make_command_in_a_document_exists(document: str) -> None:
    named = set(re.findall(r"(?:`|^\$ (?:\w+=\S+ )?)make ([a-z-]+)", (ROOT / document).read_text(), re.MULTILINE))
    assert named <= TARGETS


@pytest.mark.parametrize(
    "document", sorted(str(path.relative_to(ROOT)) for path in [*ROOT.glob("*.md"), *ROOT.glob("*/*.md")])
)
def test_every_link_between_the_documents_leads_somewhere(document: str) -> None:
    path = ROOT / document
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", path.read_text())
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_the_index_names_every_page_of_the_documentation() -> None:
    index = (ROOT / "docs" / "README.md").read_text()
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert {page for page in pages if f"]({page})" not in index} == set()


def test_the_licence_is_the_one_that_the_package_declares() -> None:
    licence = (ROOT / "LICENSE").read_text()
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    assert 'license = "Apache-2.0"' in (ROOT / "pyproject.toml").read_text()


def test_every_benchmark_runs_alone_and_says_what_it_compares() -> None:
    for path in (ROOT / "benchmarks").glob("bench_*.py"):
        text = path.read_text()
        assert text.startswith('"""'), path.name
        assert '__name__ == "__main__"' in text, path.name
