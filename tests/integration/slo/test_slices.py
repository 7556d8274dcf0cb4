"""Slices read from a real Prometheus whose past was written by hand, against numbers worked out by hand.

The past: brokers a and b, scraped every 15 s (at :05, :20, :35 and :50 of each minute) for 31 minutes. Broker a answers
one produce request a second, b two. What befalls them stands beside each minute of the tables below.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from data.definitions.slo_files import load_slos
from data.slices import refresh_slices
from data.sources.prometheus import PrometheusSource
from scoring.catalog.estate import ClusterName
from scoring.slo.judging import slo_status
from scoring.slo.slices import GROUP, MINUTE, MinuteState, edge, laid_out, minute_index
from tests.integration.slo.conftest import MemoryStore, Serve
from tests.integration.slo.past import SECONDS, Sample, at, openmetrics

MAIN = ClusterName("main")
PRODUCE = next(slo for slo in load_slos() if slo.id == "produce-success")
ERRORS = "kafka_network_requestmetrics_errors_total"
C, D, U, B = MinuteState.COVERED, MinuteState.DOWN, MinuteState.UNKNOWN, MinuteState.BRIDGED
MINUTES = 31


def produce(error: str, instance: str, job: str = "kafka") -> str:
    return f'{ERRORS}{{error="{error}",instance="{instance}",job="{job}",request="Produce"}}'


def up(instance: str, job: str = "kafka") -> str:
    return f'up{{instance="{instance}",job="{job}"}}'


def the_past() -> list[Sample]:
    samples: list[Sample] = []
    for minute in range(MINUTES):
        if 10 <= minute <= 13:  # Prometheus is gone
            continue
        samples += [Sample(up("host", "node"), time, 1) for time in at(minute)]
        if minute in (26, 27):  # both brokers vanish from the targets
            continue
        refused = minute in (20, 21)  # both brokers are stopped; both begin anew at the start of minute 22
        for time in at(minute):
            samples += [Sample(up(broker), time, 0 if refused else 1) for broker in "ab"]
            if refused:
                continue
            a = 1000 + time if minute < 20 else time - 22 * 60
            b_began = 0 if minute < 7 else 7 * 60 if minute < 20 else 22 * 60  # b restarts at the start of minute 7
            samples.append(Sample(produce("NONE", "a"), time, a))
            samples.append(Sample(produce("NONE", "b"), time, 2 * (time - b_began)))
            if minute < 10:  # a is a target of two jobs for a while; the second one scrapes 2 s later
                samples.append(Sample(up("a", "copy"), time + 2, 1))
                samples.append(Sample(produce("NONE", "a", "copy"), time + 2, a + 2))
        if 3 <= minute < 20:  # an error code is born at 3 in minute 3, and 50 more follow in mid-minute
            for time in at(minute)[1 if minute == 3 else 0 :]:
                samples.append(Sample(produce("NOT_ENOUGH_REPLICAS", "a"), time, 53 if time > 3 * 60 + 20 else 3))
    return samples


STATES = [C] * 10 + [B] * 5 + [C] * 5 + [D] * 2 + [C] * 4 + [D] * 2 + [C] * 3

NONE = [
    0,  # first seen together with their targets: baselines
    *[60 + 120] * 6,
    60 + 100,  # b restarts: 2 a second for the 50 s up to its last scrape
    *[60 + 120] * 2,
    *[0] * 4,
    # the gap closes: a from 9:52 (the copy's scrape was the newer one) to 14:50, b from 9:50 to 14:50
    298 + 600,
    *[60 + 120] * 5,
    *[0] * 2,
    50 + 100,  # both from 0
    *[60 + 120] * 3,
    *[0] * 2,
    180 + 360,  # three minutes at once, after two without a target
    *[60 + 120] * 2,
]


@pytest.fixture
def begin() -> datetime:
    """Two hours ago, on a whole minute."""
    return edge(minute_index(datetime.now(UTC)) - 120)


def minutes(store: MemoryStore, component: str, begin: datetime) -> tuple[list[float], list[int]]:
    days = [day for (key, _), day in store.days.items() if key.component == component]
    start = minute_index(begin)
    values, states = laid_out(days, start, start + MINUTES)
    return values.tolist(), states.tolist()


def refresh(source: PrometheusSource, store: MemoryStore, closed: datetime) -> None:
    """Refreshes at the moment at which the minute that ends at `closed` is the last closed one."""
    refresh_slices(source, store, PRODUCE, MAIN, closed + timedelta(seconds=30))


def test_every_minute_of_a_hand_made_past_is_counted_as_by_hand(
    serve: Serve, store: MemoryStore, begin: datetime
) -> None:
    source = serve(openmetrics(the_past(), begin))
    refresh(source, store, begin + MINUTES * MINUTE)
    values, states = minutes(store, "NONE", begin)
    assert values == NONE
    assert states[14] == states[22] == states[28] == B
    assert minutes(store, GROUP, begin)[1] == STATES
    assert minutes(store, "NOT_ENOUGH_REPLICAS", begin)[0] == [0, 0, 0, 53] + [0] * 27
    before = begin - timedelta(minutes=5)
    assert minutes(store, GROUP, before)[1][:5] == [U] * 5


@pytest.mark.parametrize("step", [1, 2, 7])
def test_refreshing_minute_by_minute_gives_what_one_refresh_gives(serve: Serve, begin: datetime, step: int) -> None:
    source = serve(openmetrics(the_past(), begin))
    at_once, by_steps = MemoryStore(), MemoryStore()
    refresh(source, at_once, begin + MINUTES * MINUTE)
    for minute in range(-2, MINUTES, step):
        refresh(source, by_steps, begin + minute * MINUTE)
    refresh(source, by_steps, begin + MINUTES * MINUTE)
    for component in (GROUP, "NONE", "NOT_ENOUGH_REPLICAS"):
        assert minutes(by_steps, component, begin) == minutes(at_once, component, begin)


def test_a_second_refresh_in_the_same_minute_asks_and_writes_nothing(
    serve: Serve, store: MemoryStore, begin: datetime
) -> None:
    source = serve(openmetrics(the_past(), begin))
    refresh(source, store, begin + 20 * MINUTE)
    written = len(store.written)
    refresh(source, store, begin + 20 * MINUTE + timedelta(seconds=20))
    assert len(store.written) == written


def test_the_status_of_the_past_is_what_its_minutes_add_up_to(
    serve: Serve, store: MemoryStore, begin: datetime
) -> None:
    source = serve(openmetrics(the_past(), begin))
    end = begin + MINUTES * MINUTE
    refresh(source, store, end)
    status = slo_status(PRODUCE, store.days.values(), end + timedelta(seconds=60), MAIN)
    # Down minutes 20 and 21 take the mean of the 15 covered minutes before them, 26 and 27 that of 19.
    covered = sum(NONE[:10]) + sum(NONE[15:20]) + 53
    first, second = covered / 15, (covered + sum(NONE[22:26])) / 19
    assert status.estimated == pytest.approx(2 * first + 2 * second, rel=1e-12)
    assert status.bad == pytest.approx(53 + status.estimated, rel=1e-12)
    assert status.total == pytest.approx(sum(NONE) + 53 + status.estimated, rel=1e-12)
    assert status.down_minutes == 4
    assert status.by_component == {"NONE": sum(NONE), "NOT_ENOUGH_REPLICAS": 53}
    assert status.coverage == pytest.approx((31 - 5) / 43_200, rel=1e-12)


def test_a_broker_that_was_away_for_hours_finds_its_base_again(serve: Serve, begin: datetime) -> None:
    """Broker b is away for 100 minutes of which Prometheus lived through all; it comes back without a restart."""
    samples = [Sample(up("a"), time, 1) for minute in range(115) for time in at(minute)]
    samples += [Sample(produce("NONE", "a"), time, time) for minute in range(115) for time in at(minute)]
    there = [time for minute in (*range(5), *range(105, 115)) for time in at(minute)]
    samples += [Sample(up("b"), time, 1) for time in there]
    samples += [Sample(produce("REQUEST_TIMED_OUT", "b"), time, 10 if time < 3000 else 17) for time in there]
    source = serve(openmetrics(samples, begin))
    at_once, by_steps = MemoryStore(), MemoryStore()
    for minute in (3, 50, 104, 105, 106, 115):
        refresh(source, by_steps, begin + minute * MINUTE)
    refresh(source, at_once, begin + 115 * MINUTE)
    for store in (at_once, by_steps):
        days = [day for (key, _), day in store.days.items() if key.component == "REQUEST_TIMED_OUT"]
        values, states = laid_out(days, minute_index(begin), minute_index(begin) + 115)
        assert list(np.flatnonzero(values)) == [105]
        assert (values[105], states[105]) == (7, B)


def test_targets_that_count_nothing_yet_are_covered_by_their_presence(
    serve: Serve, store: MemoryStore, begin: datetime
) -> None:
    presence = f'{ERRORS}{{error="NONE",instance="a",job="kafka",request="ApiVersions"}}'
    times = [time for minute in range(8) for time in at(minute)]
    samples = [Sample(up("a"), time, 1) for time in times] + [Sample(presence, time, 40) for time in times]
    samples += [Sample(produce("NOT_ENOUGH_REPLICAS", "a"), time, 4) for time in at(6) + at(7)]
    source = serve(openmetrics(samples, begin))
    refresh(source, store, begin + 8 * MINUTE)
    assert minutes(store, GROUP, begin)[1][:8] == [C] * 8
    assert minutes(store, "NOT_ENOUGH_REPLICAS", begin)[0][:8] == [0, 0, 0, 0, 0, 0, 4, 0]


TOTAL = 'kafka_server_brokertopicmetrics_totalproducerequests_total{instance="a",job="kafka"}'
FAILED = 'kafka_server_brokertopicmetrics_failedproducerequests_total{instance="a",job="kafka"}'


def fallback(minutes_there: Iterable[int]) -> list[Sample]:
    """10 requests a second, from minute 2 on one of them fails."""
    times = [time for minute in minutes_there for time in at(minute)]
    return [
        *(Sample(up("a"), time, 1) for time in times),
        *(Sample(TOTAL, time, 10 * time) for time in times),
        *(Sample(FAILED, time, max(0, time - 120)) for time in times),
    ]


def test_without_errors_by_code_the_slo_runs_on_failed_of_total_and_says_so(
    serve: Serve, store: MemoryStore, begin: datetime
) -> None:
    source = serve(openmetrics(fallback(range(6)), begin))
    refresh(source, store, begin + 6 * MINUTE)
    assert minutes(store, "all-requests", begin)[0][:6] == [0, 600, 600, 600, 600, 600]
    assert minutes(store, "failed-requests", begin)[0][:6] == [0, 0, 50, 60, 60, 60]
    status = slo_status(PRODUCE, store.days.values(), begin + 7 * MINUTE, MAIN)
    assert (status.bad, status.total) == (230, 3000)
    assert "misses permission and size errors" in status.notes[0]


def test_when_the_exporter_rule_is_added_the_brokers_lifetime_is_a_baseline(
    serve: Serve, store: MemoryStore, begin: datetime
) -> None:
    times = [time for minute in range(6, 12) for time in at(minute)]
    by_code = [Sample(produce("NONE", "a"), time, 5_000_000 + 9 * time) for time in times]
    by_code += [Sample(produce("REQUEST_TIMED_OUT", "a"), time, 70_000 + time) for time in times]
    source = serve(openmetrics([*fallback(range(12)), *by_code], begin))
    refresh(source, store, begin + 6 * MINUTE)
    refresh(source, store, begin + 12 * MINUTE)
    assert sum(minutes(store, "all-requests", begin)[0]) == 3000
    assert minutes(store, "NONE", begin)[0][:12] == [0] * 7 + [540] * 5
    assert minutes(store, "REQUEST_TIMED_OUT", begin)[0][:12] == [0] * 7 + [60] * 5


def test_unknown_minutes_are_filled_when_the_source_has_them_after_all(
    serve: Serve, store: MemoryStore, begin: datetime
) -> None:
    whole = the_past()
    early = serve(openmetrics([one for one in whole if one.at >= 15 * 60], begin))
    late = serve(openmetrics(whole, begin))
    refresh(early, store, begin + MINUTES * MINUTE)
    assert minutes(store, GROUP, begin)[1][:15] == [U] * 15
    now = begin + MINUTES * MINUTE + timedelta(seconds=30)
    refresh_slices(late, store, PRODUCE, MAIN, now)
    assert minutes(store, GROUP, begin)[1][:15] == [U] * 15
    refresh_slices(late, store, PRODUCE, MAIN, now, retry_unknown=True)
    values, states = minutes(store, "NONE", begin)
    assert values[:10] == NONE[:10]
    assert states[:10] == [C] * 10
    assert minutes(store, "NONE", begin)[0][16:] == NONE[16:]


def test_errors_of_a_broker_that_restarted_count_although_they_only_reach_their_old_number(
    serve: Serve, store: MemoryStore, begin: datetime
) -> None:
    def refused(minute: int, second: int) -> int | None:
        """5 until it stops at 3:30; born again at 2 after 4:20, and 5 more come; once more at 7 after 6:20."""
        time = minute * 60 + second
        for until, value in ((3 * 60 + 30, 5), (4 * 60 + 25, None), (5 * 60, 2), (6 * 60 + 10, 7), (6 * 60 + 40, None)):
            if time < until:
                return value
        return 7

    down = [(3, 35), (3, 50), (6, 20)]
    samples: list[Sample] = []
    for minute in range(8):
        for second in SECONDS:
            time = minute * 60 + second
            answered = (minute, second) not in down
            samples.append(Sample(up("a"), time, int(answered)))
            value = refused(minute, second)
            if answered and value is not None:
                samples.append(Sample(produce("NOT_ENOUGH_REPLICAS", "a"), time, value))
    source = serve(openmetrics(samples, begin))
    refresh(source, store, begin + 8 * MINUTE)
    values, states = minutes(store, "NOT_ENOUGH_REPLICAS", begin)
    assert values[:8] == [0, 0, 0, 0, 2, 5, 7, 0]
    assert states[:8] == [C] * 8
