"""`streamgauge slo rules`, `check`, `import` and `export` as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from dashboard.cli import app
from dashboard.commands.failures import CommandError

EXAMPLES = Path("tests/unit/data/definitions/importing/examples")


def streamgauge(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["slo", *map(str, arguments)])


def tool(folder: Path, name: str, code: int) -> Path:
    """A program that says something and ends with a code."""
    program = folder / name
    program.write_text(f"#!/bin/sh\necho {name} says so\nexit {code}\n")
    program.chmod(0o755)
    return program


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What `slo rules` wrote, where no tool of Prometheus is to be found."""
    assert streamgauge("rules", "--out", tmp_path / "out").exit_code == 0
    for variable in ("PROMTOOL", "AMTOOL"):
        monkeypatch.setenv(variable, str(tmp_path / "nowhere"))
    return tmp_path / "out"


def test_rules_are_written_and_the_next_command_is_named(tmp_path: Path) -> None:
    result = streamgauge("rules", "--out", tmp_path, "--match", "cluster=main")
    assert result.exit_code == 0
    assert f"streamgauge slo check {tmp_path}" in result.stdout
    assert 'cluster="main"' in (tmp_path / "rules" / "produce-success.yml").read_text()


@pytest.mark.parametrize("match", ["cluster", "cluster=", "=main", "a-b=c", "cluster=~ma.*"])
def test_a_match_that_is_no_label_and_value_is_refused(tmp_path: Path, match: str) -> None:
    assert isinstance(streamgauge("rules", "--out", tmp_path, "--match", match).exception, CommandError)


def test_without_the_tools_nothing_is_known_and_they_are_named(written: Path) -> None:
    result = streamgauge("check", written)
    assert result.exit_code == 3
    assert "apt-get install prometheus`" in result.stderr
    assert "apt-get install prometheus-alertmanager`" in result.stderr


def test_a_tool_that_refuses_makes_the_check_fail_with_its_own_words(
    written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROMTOOL", str(tool(tmp_path, "promtool", 1)))
    monkeypatch.setenv("AMTOOL", str(tool(tmp_path, "amtool", 0)))
    result = streamgauge("check", written)
    assert result.exit_code == 1
    assert "promtool says so" in result.stderr
    monkeypatch.setenv("PROMTOOL", str(tool(tmp_path, "promtool", 0)))
    assert streamgauge("check", written).exit_code == 0


def test_a_dashboard_with_a_query_that_is_no_promql_makes_the_check_fail(written: Path) -> None:
    board = written / "dashboards" / "slo-budget.json"
    board.write_text(board.read_text().replace('"slo:budget_remaining', '"sum(slo:budget_remaining'))
    result = streamgauge("check", written, "--json")
    assert result.exit_code == 1
    verdicts = {check["name"]: check["verdict"] for check in json.loads(result.stdout)}
    assert verdicts["dashboard slo-budget"] == "failed"
    assert verdicts["rules"] == "skipped"


def test_a_folder_without_rules_is_refused_with_the_command_that_writes_them(tmp_path: Path) -> None:
    problem = streamgauge("check", tmp_path).exception
    assert isinstance(problem, CommandError)
    assert "streamgauge slo rules --out" in str(problem)


def test_an_import_writes_what_it_can_lists_the_rest_and_says_so_by_its_exit_code(tmp_path: Path) -> None:
    result = streamgauge("import", EXAMPLES / "sloth.yml", "--out", tmp_path, "--json")
    assert result.exit_code == 1
    told = json.loads(result.stdout)
    assert told["written"] == [
        "myservice-requests-availability.yaml",
        "myservice-requests-latency.yaml",
        "myservice-satisfaction.yaml",
    ]
    assert {file.name for file in tmp_path.iterdir()} == set(told["written"])
    assert {"path": "slos[1].invented", "what": "yes", "why": "there is no field for it"}.items() <= told["losses"][
        [loss["path"] for loss in told["losses"]].index("slos[1].invented")
    ].items()


def test_an_import_that_loses_no_slo_ends_with_zero(tmp_path: Path) -> None:
    result = streamgauge("import", EXAMPLES / "openslo-v1alpha.yaml", "--out", tmp_path)
    assert result.exit_code == 0
    assert "not carried over" in result.stderr


def test_two_slos_of_one_name_are_not_written_over_each_other(tmp_path: Path) -> None:
    file = EXAMPLES / "openslo-v1alpha.yaml"
    problem = streamgauge("import", file, file, "--out", tmp_path).exception
    assert isinstance(problem, CommandError)
    assert not list(tmp_path.iterdir())


def test_an_export_lists_what_openslo_cannot_say(tmp_path: Path) -> None:
    result = streamgauge("export", "--out", tmp_path)
    assert result.exit_code == 0
    assert (tmp_path / "produce-success.yaml").is_file()
    assert "data-durability: objective: zero tolerance" in result.stderr


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    problem = streamgauge("export", "--out", tmp_path / "file" / "below").exception
    assert isinstance(problem, CommandError)
