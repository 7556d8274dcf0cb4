"""The command line: its JSON against the shipped schemas, its numbers, and how it tells a mistake."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

import dashboard
import data.definitions
from dashboard.cli import app
from dashboard.commands import failures

SCHEMAS = Path(dashboard.__file__).parent / "schemas"
SLO_SCHEMAS = Path(data.definitions.__file__).parent / "schemas"


@pytest.fixture
def printed(estate_url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Runs a command on the believable estate and parses what it prints."""
    monkeypatch.setenv("STREAMGAUGE_DATABASE_URL", estate_url)

    def run(*arguments: str) -> Any:
        result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    return run


def check(value: Any, schema: str, folder: Path = SCHEMAS) -> None:
    text = (folder / f"{schema}.schema.json").read_text()
    jsonschema.Draft202012Validator(json.loads(text), format_checker=jsonschema.FormatChecker()).validate(value)


@pytest.mark.parametrize("listing", ["topics", "groups", "subjects", "connectors", "acls"])
def test_every_listing_prints_the_shape_that_its_schema_names(printed: Any, listing: str) -> None:
    rows = printed("estate", listing, "--json")
    assert rows
    check(rows, listing)


def test_the_estate_is_counted_with_the_state_of_its_sources(printed: Any) -> None:
    estate = printed("estate", "--json", "--asof", "2026-11-20T12:00:30")
    check(estate, "estate")
    assert estate["as_of"] == "2026-11-20T12:00:30Z"
    # 48 topics, one of which grew from 6 to 12 partitions, and the offsets topic with 50.
    assert estate["counts"] == {
        "topics": 49,
        "partitions": 47 * 6 + 12 + 50,
        "groups": 24,
        "subjects": 40,
        "connectors": 2,
        "acls": 16,
    }
    registry = next(source for source in estate["sources"] if source["source"] == "registry")
    assert registry == {
        "cluster": "prod-eu",
        "source": "registry",
        "state": "forbidden",
        "last_success": "2026-11-20T07:00:30Z",
        "error": "The registry refused the user streamgauge (HTTP 403).",
    }


def test_a_past_moment_shows_the_topic_that_is_gone_now(printed: Any) -> None:
    then = {row["name"] for row in printed("estate", "topics", "--json", "--asof", "2026-11-19T12:00")}
    now = {row["name"] for row in printed("estate", "topics", "--json")}
    assert then - now == {"orders.events.legacy.v1"}


def test_an_unknown_cluster_has_nothing_to_list(printed: Any) -> None:
    assert printed("estate", "topics", "--json", "--cluster", "elsewhere") == []


def test_slo_status_counts_what_was_written_and_matches_its_schema(printed: Any) -> None:
    statuses = printed("slo", "status", "--json", "--at", "2026-11-20T12:00:30Z")
    check(statuses, "slo_status", SLO_SCHEMAS)
    assert len({status["id"] for status in statuses}) == 6
    status = next(one for one in statuses if one["id"] == "produce-success")
    # 90 minutes of 120 failures three days ago and 20 minutes of 60 six days before that.
    assert status["bad"] == 90 * 120 + 20 * 60
    assert status["state"] == "ok"
    assert status["band"] == "healthy"
    assert status["objective"] == 0.9999
    assert status["remaining"] == pytest.approx(1 - status["bad"] / (0.0001 * status["total"]), abs=1e-9)
    # 900 of 43 200 minutes were not observed.
    assert status["coverage"] == pytest.approx(1 - 900 / 43_200, abs=1e-4)


def test_slo_status_says_of_an_invariant_that_it_has_no_budget(
    estate_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREAMGAUGE_DATABASE_URL", estate_url)
    table = CliRunner().invoke(app, ["slo", "status"], env={"COLUMNS": "250"}).stdout
    row = next(line for line in table.splitlines() if "Data durability" in line)
    assert [cell.strip() for cell in row.split("│")[3:5]] == ["has none", "(none at all)"]


def test_every_schema_is_a_schema_and_is_printed_by_a_command() -> None:
    names = {path.name.removesuffix(".schema.json") for path in SCHEMAS.glob("*.json")}
    assert names == {"estate", "topics", "groups", "subjects", "connectors", "acls", "gate", "evidence"}
    for path in SCHEMAS.glob("*.json"):
        jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text()))


@pytest.mark.parametrize(
    "command",
    [
        ("run",), ("collect",), ("estate",), ("estate", "topics"), ("slo", "status"), ("doctor",),
        ("db", "backup"), ("db", "restore"), ("db", "check"), ("version",),
        ("record", "list"), ("record", "export"), ("record", "verify"), ("gate",),
    ],
)  # fmt: skip
def test_every_command_shows_an_example_of_itself(command: tuple[str, ...]) -> None:
    text = CliRunner().invoke(app, [*command, "--help"], env={"COLUMNS": "200"}).stdout
    assert "Example" in text
    assert f"streamgauge {' '.join(command)}" in text


def test_a_backup_is_written_checked_and_refuses_to_replace_a_file(
    estate_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREAMGAUGE_DATABASE_URL", estate_url)
    target = tmp_path / "backup.sqlite"
    written = CliRunner().invoke(app, ["db", "backup", str(target)])
    assert written.exit_code == 0
    assert target.stat().st_size > 0
    assert CliRunner().invoke(app, ["db", "check"]).exit_code == 0
    again = failures.explained(lambda: app(["db", "backup", str(target)]))
    assert again == 2


def streamgauge(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the program as a user does, from the root folder."""
    return subprocess.run(
        [sys.executable, "-m", "dashboard.cli", *arguments],
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "HOME": str(folder), "STREAMGAUGE_DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_mistakes_are_told_in_a_sentence_that_says_what_to_do(tmp_path: Path) -> None:
    wrong = tmp_path / "streamgauge.yaml"
    wrong.write_text("clusters:\n  - name: eu\n    kafka:\n      bootstrap_server: a:9092\n")
    told = {
        ("collect", "--once"): "name one in streamgauge.yaml",
        ("run", "--host", "192.0.2.1"): "add --share",
        ("run", "--share"): "--admin-secret-file",
        ("estate", "--config", str(wrong)): f"{wrong}:4",
        ("db", "restore", "/nowhere"): "no backup at /nowhere",
    }
    for arguments, sentence in told.items():
        done = streamgauge(*arguments, folder=tmp_path)
        assert done.returncode == 2, (arguments, done.stderr)
        assert sentence in done.stderr
        assert "Traceback" not in done.stderr
