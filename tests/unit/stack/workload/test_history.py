"""The invented past: what Prometheus would have stored, minute by minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from stack.workload.history import ERRORS, History, invent
from stack.workload.incidents import TEMPLATES, Incident, Template, happened
from stack.workload.past import SampledSeries, Target

START = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)  # a Monday
END = START + timedelta(hours=6)
TARGETS = (
    *(
        Target({"job": "kafka", "instance": f"h:{node}", "cluster": "main", "broker": str(node)}, node)
        for node in (1, 2, 3)
    ),
    Target({"job": "prometheus", "instance": "h:9"}),
)


def at(minute: int, template: Template) -> Incident:
    start = START + timedelta(minutes=minute)
    return Incident(template, start, start + timedelta(minutes=template.minutes))


def one(history: History, name: str, **labels: str) -> NDArray[np.float64]:
    (found,) = [s for s in history.series if s.name == name and labels.items() <= s.labels.items()]
    return found.values


def increases(values: NDArray[np.float64]) -> float:
    """What a counter counted, independent of how it was made: differences of stored samples, resets as from zero."""
    stored = values[~np.isnan(values)]
    steps = np.diff(stored)
    return float(np.where(steps < 0, stored[1:], steps).sum())


def test_a_quiet_past_has_a_sample_on_every_minute_edge_and_counters_that_never_fall() -> None:
    history = invent(START, END, TARGETS, [])
    assert history.minutes == 361
    for series in history.series:
        assert not np.isnan(series.values).any(), series.name
        if series.name.endswith("_total"):
            assert (np.diff(series.values) >= 0).all()
    assert {series.labels["error"] for series in history.series if series.name == ERRORS} == {"NONE"}


def test_the_same_arguments_give_the_same_past() -> None:
    first, second = (invent(START, END, TARGETS, []) for _ in range(2))
    assert all(np.array_equal(a.values, b.values) for a, b in zip(first.series, second.series, strict=True))


def test_a_broker_that_was_down_has_no_samples_and_counts_from_zero_afterwards_while_the_others_take_its_work() -> None:
    outage = at(100, Template("outage", "", 0, 10, (2,), down=True))
    history = invent(START, END, TARGETS, [outage])
    up = one(history, "up", broker="2")
    assert (up == 0).sum() == 10
    # Down from 100 to 110 minutes after the start: the minutes whose ends are edges 101 to 110.
    assert up[100] == 1
    assert (up[101:111] == 0).all()
    assert up[111] == 1
    answers = one(history, ERRORS, broker="2", request="Produce", error="NONE")
    assert np.isnan(answers[101:111]).all()
    assert answers[111] < answers[100]
    first, third = (one(history, ERRORS, broker=node, request="Produce", error="NONE") for node in ("1", "3"))
    others = np.diff(first + third)
    assert others[100:110].mean() > 1.2 * others[80:100].mean()
    missing = one(history, "kafka_server_replicamanager_underreplicatedpartitions", broker="1")
    assert (missing[101:111] > 0).all()
    assert missing[[100, 111]].tolist() == [0, 0]


def test_errors_are_born_with_their_incident_and_counted_in_it() -> None:
    shrunk = at(60, Template("isr", "", 0, 14, (1, 3), code="NOT_ENOUGH_REPLICAS", share=0.1))
    history = invent(START, END, TARGETS, [shrunk])
    counted = 0.0
    for node in ("1", "3"):
        errors = one(history, ERRORS, broker=node, error="NOT_ENOUGH_REPLICAS")
        first = int(np.flatnonzero(~np.isnan(errors))[0])
        assert first == 61
        counted += errors[first] + increases(errors)
        failed = one(history, "kafka_server_brokertopicmetrics_failedproducerequests_total", broker=node)
        assert increases(failed) == errors[-1]
    assert counted == history.bad["isr"]
    assert counted == pytest.approx(0.1 * 14 * 2 / 3 * 3600 * 0.7, rel=0.35)  # a tenth of two brokers' morning traffic
    assert not [
        s for s in history.series if s.name == ERRORS and s.labels["broker"] == "2" and s.labels["error"] != "NONE"
    ]


def test_a_monitoring_gap_hides_samples_and_stops_nothing() -> None:
    gap = at(200, Template("gap", "", 0, 30, blind=True))
    with_gap, without = invent(START, END, TARGETS, [gap]), invent(START, END, TARGETS, [])
    for hidden, whole in zip(with_gap.series, without.series, strict=True):
        assert np.isnan(hidden.values[201:231]).all()
        assert np.array_equal(hidden.values[231:], whole.values[231:])


def test_a_month_has_all_incidents_and_ends_with_counters_of_less_than_a_day() -> None:
    end = datetime(2026, 3, 31, tzinfo=UTC)
    start = end - timedelta(days=30)
    incidents = happened(start, end)
    assert {incident.template.name for incident in incidents} == {template.name for template in TEMPLATES}
    assert [incident.start for incident in incidents] == sorted(incident.start for incident in incidents)
    history = invent(start, end, TARGETS, incidents)
    live_at_the_end: list[SampledSeries] = [
        s for s in history.series if s.name == ERRORS and not np.isnan(s.values[-1])
    ]
    assert {s.labels["error"] for s in live_at_the_end} == {"NONE"}, "no error of the past is carried into the present"
    assert max(s.values[-1] for s in live_at_the_end) < 1440 * 3600
    platform = history.bad["isr-shrunk"] + history.bad["slow-disk"]
    total = sum(increases(s.values) for s in history.series if s.name == ERRORS and s.labels["error"] == "NONE")
    assert 0.1 < platform / (total * 1e-4) < 0.6, "a budget of 99.99 % is used, and not used up"


def test_a_short_past_has_only_the_incidents_that_fit_into_it() -> None:
    end = datetime(2026, 3, 31, tzinfo=UTC)
    names = {incident.template.name for incident in happened(end - timedelta(days=4), end)}
    assert names == {"oversized-campaign", "restart-broker-1", "restart-broker-2", "restart-broker-3"}
    assert happened(end - timedelta(hours=3), end) == ()


CANARY = {"job": "streamgauge-canary", "instance": "h:20"}


def test_without_a_canary_that_is_scraped_the_past_has_none() -> None:
    assert not [
        series for series in invent(START, END, TARGETS, []).series if series.labels.get("job") == CANARY["job"]
    ]


def test_the_canary_loses_nothing_and_fails_only_while_its_broker_is_gone() -> None:
    one_down = at(100, Template("outage", "", 0, 10, (2,), down=True))
    all_down = at(200, Template("switch", "", 0, 3, down=True))
    history = invent(START, END, TARGETS, [one_down, all_down], canary=CANARY)
    for broker, index in (("1", "0"), ("2", "1"), ("3", "2")):
        where = {"broker": broker, "partition": index}
        failed = increases(one(history, "streamgauge_canary_failures_total", **where, reason="unreachable"))
        # The series is born with its first failures: 60 a minute while nobody answers, 6 until another broker leads.
        assert failed + (6 if broker == "2" else 60) == 3 * 60 + (6 if broker == "2" else 0)
        attempts = increases(one(history, "streamgauge_canary_attempts_total", **where))
        acknowledged = increases(one(history, "streamgauge_canary_acknowledged_total", **where))
        assert attempts == 360 * 60
        assert attempts - acknowledged == 3 * 60 + (6 if broker == "2" else 0)
        read = one(history, "streamgauge_canary_end_to_end_latency_seconds_bucket", **where, le="+Inf")
        within = one(history, "streamgauge_canary_end_to_end_latency_seconds_bucket", **where, le="0.5")
        assert increases(read) == acknowledged
        assert (within <= read).all()
        assert increases(one(history, "streamgauge_canary_lost_total", **where)) == 0
    assert one(history, "streamgauge_canary_broker_reachable", broker="2")[100:112].tolist() == [1, *[0] * 10, 1]
