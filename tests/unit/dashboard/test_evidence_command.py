"""`streamgauge evidence`: what a store with findings, and one without, says of each indicator."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from typer.testing import CliRunner

import dashboard
from dashboard.cli import app
from data.clock import utc_now
from data.store import open_store
from scoring.catalog.estate import ClusterName
from scoring.evidence.finding import CONFIG_TTL, About, EvidenceSource, Finding, ObjectKind, Outcome
from scoring.evidence.probes import every_probe
from tests.unit.data.store.estates import PROD, Clock, Hands

SCHEMA = Path(dashboard.__file__).parent / "schemas" / "evidence.schema.json"
PROBE = "l2_1_independent_teams"


def team(name: str, outcome: Outcome, observed_at: Any, cluster: ClusterName = PROD) -> Finding:
    (probe,) = [one for one in every_probe() if one.id == PROBE]
    return Finding(
        probe=probe.id,
        cluster=cluster,
        aspect="teams",
        about=About(ObjectKind.PRINCIPAL, f"User:{name}"),
        outcome=outcome,
        sentence=f"{name} is {outcome}.",
        observed_at=observed_at,
        ttl=CONFIG_TTL,
        source=EvidenceSource.KAFKA,
        query="DescribeAcls",
    )


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/evidence.sqlite"


def keep(url: str, *findings: Finding) -> None:
    store = open_store(url)
    clock = Clock(utc_now())
    Hands(store, clock).store.evidence.findings(findings, clock())
    store.close()


def printed(url: str, *arguments: str) -> str:
    result = CliRunner().invoke(
        app, ["evidence", *arguments], env={"STREAMGAUGE_DATABASE_URL": url, "COLUMNS": "240"}, catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return result.stdout


def test_every_indicator_is_there_and_those_without_a_probe_say_so(url: str) -> None:
    keep(url, team("a", Outcome.TRUE, utc_now()), team("b", Outcome.TRUE, utc_now()))

    rows = json.loads(printed(url, "--json"))

    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text()), format_checker=jsonschema.FormatChecker()).validate(
        rows
    )
    by_id = {row["indicator"]: row for row in rows}
    assert len(by_id) == 26
    assert {name for name, row in by_id.items() if row["state"] != "no_probe"} == {
        *("L2.1", "L3.2", "L3.4", "L3.5", "L4.1", "L5.6")
    }
    assert (by_id["L2.1"]["verdict"], by_id["L2.1"]["queries"]) == ("suggested", ["DescribeAcls"])
    assert [one["object"] for one in by_id["L2.1"]["findings"]] == ["User:a", "User:b"]
    assert by_id["L3.4"]["sentence"] == "This probe had not looked yet."
    assert by_id["L1.1"]["verdict"] == "no probe yet"


def test_what_has_expired_is_called_old(url: str) -> None:
    keep(url, team("a", Outcome.TRUE, utc_now() - CONFIG_TTL - timedelta(minutes=1)))

    (row,) = [row for row in json.loads(printed(url, "--json")) if row["indicator"] == "L2.1"]

    assert (row["verdict"], row["fresh"]) == ("refuted, old", False)


def test_a_store_that_nobody_collected_into_has_no_evidence_and_no_verdict(url: str) -> None:
    rows = json.loads(printed(url, "--json"))

    assert {row["state"] for row in rows} == {"no_probe", "not_available"}
    assert {row["sentence"] for row in rows if row["state"] == "not_available"} == {
        "No evidence has been collected yet."
    }


def test_the_table_has_a_line_an_indicator_with_its_age(url: str) -> None:
    keep(url, team("a", Outcome.TRUE, utc_now() - timedelta(hours=2, minutes=5)), team("b", Outcome.FALSE, utc_now()))

    text = printed(url)

    line = next(line for line in text.splitlines() if line.startswith("│ L2.1"))
    assert "refuted" in line
    assert "2\u202fh" in line
    assert text.count("no probe yet") == 20
