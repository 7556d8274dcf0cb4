"""Definitions written as OpenSLO v1 count what they counted before, and what is lost is listed."""

from __future__ import annotations

from pathlib import Path

from data.definitions.exporting import export_openslo
from data.definitions.importing import import_file
from data.definitions.slo_files import load_definitions
from scoring.slo.definition import EventsSli, SlicesSli, SloDefinition

SHIPPED: dict[str, SloDefinition] = {definition.id: definition for definition in load_definitions().slos}


def exported(folder: Path) -> dict[str, SloDefinition]:
    for name, text in export_openslo(tuple(SHIPPED.values())).texts.items():
        (folder / f"{name}.yaml").write_text(text)
    return {definition.id: definition for definition in load_definitions(folder).slos}


def test_what_was_exported_promises_the_same_over_the_same_window(tmp_path: Path) -> None:
    again = exported(tmp_path)
    assert set(again) == {name for name, slo in SHIPPED.items() if slo.objective is not None}
    for name, slo in again.items():
        before = SHIPPED[name]
        assert (slo.objective, slo.window, slo.gate, slo.min_coverage, slo.policy, slo.labels) == (
            before.objective,
            before.window,
            before.gate,
            before.min_coverage,
            before.policy,
            before.labels,
        )


def test_errors_by_code_are_exported_as_all_but_the_codes_that_are_the_clients(tmp_path: Path) -> None:
    sli = exported(tmp_path)["produce-success"].sli
    assert isinstance(sli, EventsSli)
    by_code, failed_of_total = sli.dialects
    bad, total = (query.selector.labels["error"] for query in by_code.counters)
    assert total.startswith("!~")
    assert "TOPIC_AUTHORIZATION_FAILED" in total
    assert "NONE" not in total.removeprefix("!~").split("|")
    assert {"NONE", "TOPIC_AUTHORIZATION_FAILED"} <= set(bad.removeprefix("!~").split("|"))
    assert [query.selector.metric for query in failed_of_total.counters] == [
        "kafka_server_brokertopicmetrics_failedproducerequests_total",
        "kafka_server_brokertopicmetrics_totalproducerequests_total",
    ]


def test_a_gauge_keeps_its_condition(tmp_path: Path) -> None:
    sli, before = exported(tmp_path)["replication-lag"].sli, SHIPPED["replication-lag"].sli
    assert isinstance(sli, SlicesSli)
    assert isinstance(before, SlicesSli)
    assert sli.condition == before.condition


def test_invariants_dialects_and_sentences_that_openslo_cannot_say_are_listed() -> None:
    losses = export_openslo(tuple(SHIPPED.values())).losses
    assert {loss.file for loss in losses if loss.path == "objective"} == {"data-durability", "schema-violations"}
    assert ("consume-latency", "canary-native") in {(loss.file, loss.what) for loss in losses}
    assert ("produce-success", "dialects.failed-of-total.misses") in {(loss.file, loss.path) for loss in losses}
    assert any("up of every target" in loss.why for loss in losses if loss.file == "broker-availability")


def test_what_was_exported_can_be_imported_and_is_then_the_same(tmp_path: Path) -> None:
    before = exported(tmp_path)
    (tmp_path / "again").mkdir()
    for name in before:
        result = import_file(tmp_path / f"{name}.yaml")
        (tmp_path / "again" / f"{name}.yaml").write_text(result.texts[name])
        assert not result.refused
    assert {definition.id: definition.sli.canonical for definition in load_definitions(tmp_path / "again").slos} == {
        name: definition.sli.canonical for name, definition in before.items()
    }
