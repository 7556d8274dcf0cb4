"""Gauges whose exporter changes: in a real Prometheus a better source of the numbers begins, or falls silent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest

from data.definitions.slo_files import load_slos
from data.slices import refresh_slices
from data.sources.prometheus import PrometheusSource
from scoring.catalog.estate import ClusterName
from scoring.slo.judging import slo_status
from scoring.slo.slices import MINUTE, MinuteState, edge, minute_index
from tests.integration.slo.conftest import MemoryStore, Serve
from tests.integration.slo.past import Sample, at, minutes, openmetrics, series, steady

MAIN = ClusterName("main")
LAG = next(slo for slo in load_slos() if slo.id == "replication-lag")
P, C, D, U, B = MinuteState

FETCHERS, REPLICAS = "fetchers of a:1", "replicas on broker 1"


@pytest.fixture
def begin() -> datetime:
    """Three hours ago, on a whole minute."""
    return edge(minute_index(datetime.now(UTC)) - 180)


def fetchers(until: int) -> list[Sample]:
    """What the broker's own exporter says: its target answers, and its fetchers have no lag."""
    times = at(*range(until))
    lag = series("kafka_server_replicafetchermanager_maxlag", instance="a:1", job="kafka")
    return [*steady(series("up", instance="a:1", job="kafka"), times), *steady(lag, times, 0.0)]


def replicas(when: Iterable[int]) -> list[Sample]:
    """What the canary says of the same broker in these minutes."""
    lag = series("streamgauge_canary_replica_lag", broker="1", partition="0", instance="c:1", job="canary")
    return steady(lag, at(*when), 5.0)


def refresh(source: PrometheusSource, begin: datetime, *until: int) -> MemoryStore:
    store = MemoryStore()
    for minute in until:
        refresh_slices(source, store, LAG, MAIN, begin + minute * MINUTE, late=timedelta())
    return store


def bad(store: MemoryStore, begin: datetime, length: int) -> int:
    status = slo_status(LAG, store.days.values(), begin + (length + 1) * MINUTE, MAIN)
    return int(status.tally.bad)


def test_what_a_better_source_takes_over_from_is_not_down(serve: Serve, begin: datetime) -> None:
    source = serve(openmetrics([*fetchers(12), *replicas(range(6, 12))], begin))
    store = refresh(source, begin, 5, 12)
    assert minutes(store, begin, 12, FETCHERS)[1] == [C] * 5 + [P] * 7
    assert minutes(store, begin, 12, REPLICAS) == ([0.0] * 6 + [5.0] * 6, [P] * 6 + [C] * 6)
    # Minute 5 was read when the canary was there already, and nobody had told it of this minute.
    assert minutes(store, begin, 12)[1] == [C] * 5 + [U] + [C] * 6
    assert bad(store, begin, 12) == 0


def test_a_better_source_that_falls_silent_is_missed_although_a_worse_one_goes_on(
    serve: Serve, begin: datetime
) -> None:
    source = serve(openmetrics([*fetchers(90), *replicas(range(10))], begin))
    store = refresh(source, begin, 10, 90)
    assert minutes(store, begin, 89, REPLICAS)[1] == [C] * 10 + [D] * 79
    assert minutes(store, begin, 89, FETCHERS)[1] == [P] * 10 + [C] * 79
    assert bad(store, begin, 89) == 79
