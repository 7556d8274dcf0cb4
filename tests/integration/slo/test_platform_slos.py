"""The six platform SLOs in each dialect that can say them, read by a real Prometheus, straight and through the store.

Everything is scraped every 15 s for 12 minutes; what goes wrong stands beside each past. Expected numbers are counted
by hand from the samples.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboard.budgets import statuses_of
from dashboard.cli import app
from dashboard.direct import budgets_from
from data.collecting.slices import SliceRefreshes
from data.definitions.slo_files import load_slos
from data.settings import PrometheusSettings
from data.sources.prometheus import PrometheusSource
from data.store import open_store
from data.store.clusters import ClusterFacts
from data.store.leases import this_process
from data.store.store import COLLECTOR
from scoring.catalog.estate import ClusterName, SourceName
from scoring.slo.definition import SloId
from scoring.slo.slices import MINUTE, edge, minute_index
from scoring.slo.status import SloStatus
from tests.integration.slo.conftest import Serve
from tests.integration.slo.past import Sample, at, openmetrics, rising, series, steady

MAIN = ClusterName("main")
LENGTH = 12
ALL = range(LENGTH)
CANARY = {"instance": "canary:1", "job": "canary"}
PARTITION = {**CANARY, "cluster": "main", "broker": "1", "partition": "0"}


@pytest.fixture
def begin() -> datetime:
    """Two hours ago, on a whole minute."""
    return edge(minute_index(datetime.now(UTC)) - 120)


def step(name: str, minute: int, height: float, start: float = 0.0) -> list[Sample]:
    """A counter that rises once, at the first scrape of a minute."""
    return [Sample(name, time, start + (height if time >= minute * 60 else 0)) for time in at(*ALL)]


def canary_up() -> list[Sample]:
    return steady(series("up", **CANARY), at(*ALL))


def canary(metric: str, **labels: str) -> str:
    return series(f"streamgauge_canary_{metric}", **PARTITION, **labels)


def latency() -> list[Sample]:
    """10 records a second; in minute 5, 45 of them come late."""
    found = canary_up()
    for le, late in (("0.25", 45.0), ("0.5", 45.0), ("1.0", 0.0), ("+Inf", 0.0)):
        name = canary("end_to_end_latency_seconds_bucket", le=le)
        found += [Sample(name, time, 10 * time - (late if time >= 5 * 60 else 0)) for time in at(*ALL)]
    return found


def losses() -> list[Sample]:
    """100 records a second are acknowledged; 2 are found to be lost in minute 4, of a counter that was never born."""
    lost = [Sample(canary("lost_total"), time, 2) for time in at(*range(4, LENGTH))]
    return [*canary_up(), *rising(canary("acknowledged_total"), at(*ALL), 100), *lost]


def schemas() -> list[Sample]:
    """50 records a second are sampled, 3 of them invalid in minute 6; an invalid schema is registered in minute 7."""
    names = [
        series(f"streamgauge_schema_{name}", **CANARY) for name in ("records_invalid_total", "invalid_registered_total")
    ]
    sampled = rising(series("streamgauge_schema_records_sampled_total", **CANARY), at(*ALL), 50)
    return [*canary_up(), *sampled, *step(names[0], 6, 3), *step(names[1], 7, 1)]


def brokers_by_scrapes() -> list[Sample]:
    """Two brokers; the second one refuses one scrape of minute 3 and all of minute 4."""
    found = []
    for instance in ("a:9404", "b:9404"):
        labels = {"instance": instance, "job": "kafka"}
        for time in at(*ALL):
            refused = instance == "b:9404" and 3 * 60 + 40 < time < 5 * 60
            found.append(Sample(series("up", **labels), time, 0 if refused else 1))
            if not refused:
                found.append(Sample(series("kafka_server_replicamanager_partitioncount", **labels), time, 30))
    return found


def brokers_by(metric: str, label: str) -> Callable[[], list[Sample]]:
    """Two brokers as somebody else lists them; the second one is missing in minutes 3 and 4."""

    def past() -> list[Sample]:
        first, second = (series(metric, **CANARY, **{label: broker}) for broker in "12")
        there = at(*(minute for minute in ALL if minute not in (3, 4)))
        return [*canary_up(), *steady(first, at(*ALL)), *steady(second, there)]

    return past


def lag_by(metric: str, **labels: str) -> Callable[[], list[Sample]]:
    """A lag of 1000 at one scrape of minute 2, of 999 in minute 4; no value in minute 8."""

    def past() -> list[Sample]:
        name = series(metric, **CANARY, **labels)
        values = {2 * 60 + 20: 1000.0, 4 * 60 + 20: 999.0}
        return [
            *canary_up(),
            *(Sample(name, time, values.get(int(time), 5)) for time in at(*ALL) if not 480 < time < 540),
        ]

    return past


def produce() -> list[Sample]:
    """20 answers a second, 12 timeouts in minute 9."""
    labels = {"instance": "a:9404", "job": "kafka", "request": "Produce"}
    errors = "kafka_network_requestmetrics_errors_total"
    up = steady(series("up", instance="a:9404", job="kafka"), at(*ALL))
    good = rising(series(errors, **labels, error="NONE"), at(*ALL), 20)
    return [*up, *good, *step(series(errors, **labels, error="REQUEST_TIMED_OUT"), 9, 12)]


MINUTES = 43_200
"""Of the 30-day window, which the slices of a time-slice SLO are counted against."""

PASTS = [
    # SLO, past, dialect, bad, total; the first minute of a counter is a baseline
    ("produce-success", produce, "errors-by-code", 12, 11 * 1200 + 12),
    ("consume-latency", latency, "canary", 45, 11 * 600),
    ("data-durability", losses, "canary", 2, 11 * 6000),
    ("schema-violations", schemas, "sampler", 4, 11 * 3000),
    ("broker-availability", brokers_by_scrapes, "strimzi-jmx", 2, None),
    ("broker-availability", brokers_by("streamgauge_canary_broker_reachable", "broker"), "canary", 2, None),
    ("broker-availability", brokers_by("kminion_kafka_broker_info", "broker_id"), "kminion", 2, None),
    ("broker-availability", brokers_by("kafka_broker_info", "id"), "kafka_exporter", 2, None),
    ("replication-lag", lag_by("streamgauge_canary_replica_lag", broker="1", partition="0"), "canary", 2, MINUTES),
    ("replication-lag", lag_by("kafka_server_replicafetchermanager_maxlag"), "strimzi-jmx", 2, MINUTES),
    (
        "replication-lag",
        lag_by("kafka_server_fetcherlagmetrics_consumerlag", topic="t"),
        "strimzi-jmx-partitions",
        2,
        MINUTES,
    ),
    ("replication-lag", lag_by("kafka_max_lag"), "otel-jmx", 2, MINUTES),
]


def status_of(settings: PrometheusSettings, slo: str, moment: datetime) -> SloStatus:
    found = budgets_from(settings, [one for one in load_slos() if one.id == slo], MAIN, moment)
    assert not found.failures
    (status,) = found.statuses
    return status


def settings_of(source: PrometheusSource) -> PrometheusSettings:
    return PrometheusSettings(url=source._session.base)  # the fixture's own


@pytest.mark.parametrize(("slo", "past", "dialect", "bad", "total"), PASTS, ids=[f"{one[0]}-{one[2]}" for one in PASTS])
def test_each_platform_slo_counts_what_went_wrong_in_each_dialect(
    serve: Serve,
    begin: datetime,
    slo: str,
    past: Callable[[], list[Sample]],
    dialect: str,
    bad: int,
    total: int | None,
) -> None:
    source = serve(openmetrics(past(), begin))
    status = status_of(settings_of(source), slo, begin + (LENGTH + 1) * MINUTE)
    assert status.notes[0] == f"Counted by {dialect}."
    assert status.bad == bad
    assert total is None or status.total == total
    if total is None:  # a slice of each broker and minute
        assert status.tally.covered + status.tally.down > 0
        assert {name.rsplit(" ", 1)[-1] for name in status.by_component} <= {"2", "b:9404"}


def everything() -> list[Sample]:
    """All six at once."""
    found = [*latency(), *losses(), *schemas(), *brokers_by_scrapes(), *produce()]
    found += lag_by("streamgauge_canary_replica_lag", broker="1", partition="0")()
    return list({(one.series, one.at): one for one in found}.values())


def test_straight_from_prometheus_and_through_the_store_are_the_same(
    serve: Serve, begin: datetime, tmp_path: Path
) -> None:
    source = serve(openmetrics(everything(), begin))
    moment = begin + (LENGTH + 1) * MINUTE
    definitions = load_slos()
    direct = budgets_from(settings_of(source), definitions, MAIN, moment)
    assert len(direct.statuses) == 6

    store = open_store(f"sqlite:///{tmp_path / 'store.sqlite'}", clock=lambda: moment)
    store.registry.register(COLLECTOR, [ClusterFacts(MAIN, "test", "", [SourceName.PROMETHEUS])])
    lease = store.leases.acquire(MAIN, this_process())
    assert lease is not None
    for minute in (3, 5, 6, 10, LENGTH + 1):
        now = partial(edge, minute_index(begin) + minute)
        SliceRefreshes(MAIN, source, 15.0, now, definitions).run(store.collecting(lease))
    for definition in definitions:
        (stored,) = statuses_of(store.read, definition, MAIN, moment)
        (straight,) = (one for one in direct.statuses if one.id == definition.id)
        assert stored.as_json() == straight.as_json()
        assert stored.by_component == straight.by_component
    store.close()


def test_the_command_prints_all_six_and_says_what_could_not_be_read(serve: Serve, begin: datetime) -> None:
    source = serve(openmetrics(everything(), begin))
    at_moment = (begin + (LENGTH + 1) * MINUTE).isoformat()
    arguments = ["slo", "status", "--prometheus", settings_of(source).url, "--at", at_moment]
    result = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert result.exit_code == 0
    found = {one["id"]: one for one in json.loads(result.stdout)}
    assert {name: one["bad"] for name, one in found.items()} == {
        "broker-availability": 2,
        "consume-latency": 45,
        "data-durability": 2,
        "produce-success": 12,
        "replication-lag": 2,
        "schema-violations": 4,
    }
    assert found["schema-violations"]["where"] == {"invalid records": 3, "invalid schemas": 1}
    words = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert "Broker availability: Counted by strimzi-jmx." in words.stdout
    assert "cannot see one that is fenced" in words.stdout


def test_one_slo_that_cannot_be_read_does_not_stop_the_others(
    serve: Serve, begin: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    from data.sources.failures import SourceFailure
    from scoring.catalog.estate import FailureKind

    source = serve(openmetrics(everything(), begin))
    ask = PrometheusSource.query_range

    def refuse(self: PrometheusSource, promql: str, *rest: object, **options: object) -> object:
        if "streamgauge_schema_records_invalid_total" in promql:
            raise SourceFailure(FailureKind.TIMEOUT, "Too slow.", "Wait.")
        return ask(self, promql, *rest, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(PrometheusSource, "query_range", refuse)
    found = budgets_from(settings_of(source), load_slos(), MAIN, begin + (LENGTH + 1) * MINUTE)
    assert {status.id for status in found.statuses} == {one.id for one in load_slos()} - {"schema-violations"}
    assert str(found.failures[SloId("schema-violations")]).startswith("Too slow.")
