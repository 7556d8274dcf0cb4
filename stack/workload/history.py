"""An invented past of the brokers: what each of them would have counted, minute by minute.

One sample a minute, on the minute. Live scrapes are closer, but a slice is a difference between minute edges, which one
sample on each edge gives exactly; a finer past would be larger and say no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from stack.workload.canary_history import canary_series
from stack.workload.incidents import MINUTE, Incident
from stack.workload.past import BrokerPast, Counts, SampledSeries, Target, Values, counter

ERRORS = "kafka_network_requestmetrics_errors_total"
TOPIC_METRICS = "kafka_server_brokertopicmetrics_"
MEAN_ANSWERS = 3_600
"""Produce answers a minute over all brokers, at the mean of a working day."""

BYTES_PER_RECORD = 170
PARTITIONS = 240
"""Replicas on each broker."""

COUNTED_AS_FAILED = frozenset({"NOT_ENOUGH_REPLICAS"})
"""Codes that a broker also counts in FailedProduceRequestsPerSec; permission, size and time-outs are not among them."""


@dataclass(frozen=True, slots=True)
class History:
    """A past of `minutes` minutes; sample i lies at `start` + i minutes. bad: error answers by incident name."""

    start: datetime
    minutes: int
    series: tuple[SampledSeries, ...]
    bad: Mapping[str, int]


def invent(
    start: datetime,
    end: datetime,
    targets: Sequence[Target],
    incidents: Sequence[Incident],
    seed: int = 3,
    canary: Mapping[str, str] | None = None,
) -> History:
    """The past of these targets from start to end, whole minutes, both inclusive; the same for the same arguments.

    canary: the labels of the application's canary, where Prometheus looks for one.
    """
    minutes = (end - start) // MINUTE + 1
    random = np.random.default_rng(seed)
    brokers = {target.broker: target for target in targets if target.broker is not None}
    down = _down_minutes(start, minutes, list(brokers), incidents)
    seen = ~_marked(start, minutes, [incident for incident in incidents if incident.template.blind])
    expected = _traffic(start, minutes)
    serving = np.maximum(1, len(brokers) - sum(down.values(), np.zeros(minutes, dtype=np.int64)))
    did = {
        node: BrokerPast(
            up=~down[node].astype(bool),
            answers=random.poisson(expected / serving) * (1 - down[node]),
            lag=random.integers(0, 20, minutes),
            under_replicated=_under_replicated(down, node),
        )
        for node in brokers
    }
    bad = {incident.template.name: _befall(incident, start, minutes, did, random) for incident in incidents}
    series = [one for node, target in brokers.items() for one in _broker_series(target, did[node], seen, random)]
    series += [
        SampledSeries("up", target.labels, np.where(seen, 1.0, np.nan)) for target in targets if target.broker is None
    ]
    if canary is not None:
        series += canary_series(canary, _cluster(targets), did, seen, np.random.default_rng(seed + 1))
    return History(start, minutes, tuple(series), bad)


def _cluster(targets: Sequence[Target]) -> str:
    """The cluster that the brokers belong to."""
    return next(target.labels["cluster"] for target in targets if target.broker is not None)


def _traffic(start: datetime, minutes: int) -> Values:
    """Expected produce answers in each minute: busy in the afternoon, quiet at night, quieter at weekends."""
    minute_of_day = (start.hour * 60 + start.minute + np.arange(minutes)) % 1440
    days = (start.hour * 60 + start.minute + np.arange(minutes)) // 1440 + start.weekday()
    daily = 1 + 0.55 * np.sin(2 * np.pi * (minute_of_day - 8 * 60) / 1440)
    weekly = np.where(days % 7 >= 5, 0.65, 1.0)
    return np.asarray(MEAN_ANSWERS * daily * weekly, dtype=np.float64)


def _marked(start: datetime, minutes: int, incidents: Sequence[Incident]) -> NDArray[np.bool_]:
    marks = np.zeros(minutes, dtype=np.bool_)
    for incident in incidents:
        marks[_span(incident, start)] = True
    return marks


def _span(incident: Incident, start: datetime) -> slice:
    """Indexes of the samples that an incident shows in: a minute shows in the sample at its end."""
    return slice((incident.start - start) // MINUTE + 1, (incident.end - start) // MINUTE + 1)


def _down_minutes(
    start: datetime, minutes: int, nodes: Sequence[int], incidents: Sequence[Incident]
) -> dict[int, Counts]:
    outages = [incident for incident in incidents if incident.template.down]
    return {
        node: _marked(start, minutes, [one for one in outages if node in one.template.brokers]).astype(np.int64)
        for node in nodes
    }


def _under_replicated(down: Mapping[int, Counts], node: int) -> Counts:
    """Partitions that this broker leads with a replica missing: a round number for each other broker that is down."""
    others = sum((marks for other, marks in down.items() if other != node), np.zeros_like(down[node]))
    return np.asarray(others * 75, dtype=np.int64)


def _befall(
    incident: Incident, start: datetime, minutes: int, did: Mapping[int, BrokerPast], random: np.random.Generator
) -> int:
    """Let an incident happen to its brokers; how many error answers it caused."""
    template, span = incident.template, _span(incident, start)
    bad = 0
    for node in template.brokers:
        broker = did[node]
        broker.lag[span] += template.lag
        if template.code is not None:
            failed = random.binomial(broker.answers[span], template.share)
            broker.answers[span] -= failed
            broker.errors.setdefault(template.code, np.zeros(minutes, dtype=np.int64))[span] += failed
            bad += int(failed.sum())
    return bad


def _broker_series(
    target: Target, did: BrokerPast, seen: NDArray[np.bool_], random: np.random.Generator
) -> Iterator[SampledSeries]:
    """Everything that Prometheus stored about one broker."""
    stored = seen & did.up
    yield SampledSeries("up", target.labels, np.where(seen, did.up, np.nan))
    failed = sum((did.errors[code] for code in did.errors.keys() & COUNTED_AS_FAILED), np.zeros_like(did.answers))
    records = did.answers + random.binomial(did.answers, 0.1)
    counters = {
        "messagesin": records,
        "bytesin": records * BYTES_PER_RECORD,
        "bytesout": records * BYTES_PER_RECORD * 2,
        "totalproducerequests": did.answers + failed,
        "failedproducerequests": failed,
    }
    for name, counted in counters.items():
        yield SampledSeries(f"{TOPIC_METRICS}{name}_total", target.labels, counter(counted, did.up, stored))
    scraped = did.up.astype(np.int64)  # every connection asks for ApiVersions, Prometheus' own sign of life
    answers = {("Produce", "NONE"): did.answers, ("ApiVersions", "NONE"): scraped}
    answers |= {("Produce", code): counted for code, counted in did.errors.items()}
    for (request, error), given in answers.items():
        labels = {**target.labels, "request": request, "error": error}
        born = error == "NONE"
        yield SampledSeries(ERRORS, labels, counter(given, did.up, stored, from_start=born))
    replica = {**target.labels, "clientId": "Replica"}
    yield SampledSeries("kafka_server_replicafetchermanager_maxlag", replica, np.where(stored, did.lag, np.nan))
    partitions = np.where(stored, PARTITIONS, np.nan)
    yield SampledSeries("kafka_server_replicamanager_partitioncount", target.labels, partitions)
    missing = np.where(stored, did.under_replicated, np.nan)
    yield SampledSeries("kafka_server_replicamanager_underreplicatedpartitions", target.labels, missing)
