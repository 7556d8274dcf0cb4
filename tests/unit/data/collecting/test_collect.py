"""Collecting once and for ever, from addresses where nobody answers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from data.collect import CollectionReport, RunReport, collect_forever, collect_once
from data.settings import Settings, load_settings
from data.store import Store, open_store
from data.store.read import SourceCondition
from scoring.catalog.estate import ClusterName, SourceName
from tests.waiting import eventually

NOBODY = """
clusters:
  - name: prod
    kafka: {bootstrap_servers: "127.0.0.1:1", timeout: 1}
    registry: {url: "http://127.0.0.1:1", timeout: 1}
    prometheus: {url: "http://127.0.0.1:1", timeout: 1}
  - name: dr
    kafka: {bootstrap_servers: "127.0.0.1:1", timeout: 1}
"""
PROD, DR = ClusterName("prod"), ClusterName("dr")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Two clusters at addresses where nobody listens."""
    file = tmp_path / "streamgauge.yaml"
    file.write_text(NOBODY)
    return load_settings(file, {})


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(f"sqlite:///{tmp_path}/store.sqlite")
    yield opened
    opened.close()


def test_where_nobody_answers_nothing_is_collected_and_every_source_says_so(settings: Settings, store: Store) -> None:
    report = collect_once(settings, store)
    assert report.nothing_collected
    assert [(run.cluster, run.source, run.scope) for run in report.runs] == [
        (DR, SourceName.KAFKA, "estate"),
        (DR, SourceName.KAFKA, "configs"),
        (DR, SourceName.KAFKA, "acls"),
        (PROD, SourceName.KAFKA, "estate"),
        (PROD, SourceName.KAFKA, "configs"),
        (PROD, SourceName.KAFKA, "acls"),
        (PROD, SourceName.REGISTRY, "estate"),
        (PROD, SourceName.PROMETHEUS, "slices"),
        (PROD, SourceName.PROMETHEUS, "health"),
    ]
    failed = (SourceCondition.UNREACHABLE, SourceCondition.TIMEOUT)
    states = store.read.source_states()
    assert [(row.cluster, row.source) for row in states] == [
        (DR, SourceName.KAFKA),
        (PROD, SourceName.KAFKA),
        (PROD, SourceName.REGISTRY),
        (PROD, SourceName.PROMETHEUS),
    ]
    for row in states:
        assert row.state in failed
        assert row.error
        assert row.next_step
        assert row.last_success is None
    counts = store.read.estate_counts()
    assert counts.topics.value is None
    assert counts.topics.unknown_in == (DR, PROD)
    assert counts.subjects.unknown_in == (PROD,)


def test_a_cluster_that_another_collector_holds_is_left_to_it(settings: Settings, store: Store) -> None:
    collect_once(settings, store)
    store.leases.acquire(PROD, "another machine")
    report = collect_once(settings, store)
    assert report.elsewhere == (PROD,)
    assert {run.cluster for run in report.runs} == {DR}
    assert not report.nothing_collected


def test_one_answer_among_failures_is_a_collection() -> None:
    failed = RunReport(PROD, SourceName.KAFKA, "estate", SourceCondition.TIMEOUT, "slow")
    unwritten = RunReport(PROD, SourceName.KAFKA, "acls", None, "disk full")
    partial = RunReport(PROD, SourceName.REGISTRY, "estate", SourceCondition.PARTIAL)
    assert CollectionReport((failed, unwritten)).nothing_collected
    assert not CollectionReport((failed, partial)).nothing_collected
    assert CollectionReport(()).nothing_collected


def test_collecting_for_ever_ends_soon_after_it_is_told_to(settings: Settings, store: Store) -> None:
    stop = threading.Event()
    collector = threading.Thread(target=collect_forever, args=(settings, store, stop))
    collector.start()

    def tried() -> bool:
        states = store.read.source_states()
        return bool(states) and all(row.last_attempt for row in states)

    eventually(tried, "the sources should be tried")
    stop.set()
    collector.join(15)
    assert not collector.is_alive()
    assert store.leases.acquire(PROD, "the next collector") is not None
