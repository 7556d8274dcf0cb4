"""Pages are scripts and not a package, so the import contracts do not see them; these tests do."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.unit.repository.tree import ROOT, files

OUTSIDE = {
    "sqlalchemy",
    "sqlmodel",
    "alembic",
    "psycopg",
    "requests",
    "confluent_kafka",
    "kafka",
    "prometheus_api_client",
}


def imported(path: Path) -> set[str]:
    """Top-level names of what a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.partition(".")[0])
    return names


def test_a_page_draws_and_neither_queries_nor_connects() -> None:
    forbidden = OUTSIDE | {"stack", "tests", "benchmarks"}
    found = {path.name: imported(path) & forbidden for path in files() if path.match("pages/*.py")}
    assert {name: names for name, names in found.items() if names} == {}


def test_nothing_imports_a_page_or_a_test_but_tests() -> None:
    found = {
        str(path.relative_to(ROOT)): imported(path) & {"pages", "tests", "benchmarks"}
        for path in files()
        if path.suffix == ".py" and path.relative_to(ROOT).parts[0] not in {"tests", "benchmarks"}
    }
    assert {name: names for name, names in found.items() if names} == {}
