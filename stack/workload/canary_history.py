"""The canary's part of an invented past: a record a second to a partition led by each broker, and what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from stack.workload.past import BrokerPast, Counts, SampledSeries

CANARY = "streamgauge_canary_"
SAMPLER = "streamgauge_schema_"
RECORDS = 60
"""Records a minute to each partition."""
FAILOVER = 6
"""Records that fail until a partition whose leader died has another one: the brokers' session timeout in seconds."""
LATE, LATE_WHILE_BEHIND = 0.0005, 0.08
"""Share of records that need more than half a second to be read; and while copies are far behind."""
FAR_BEHIND = 1_000
TOPICS_UNDER_CONTRACT = 6
SAMPLED = 20
"""Records a minute of each topic under contract that are checked."""
NEVER = ("lost", "unverified", "duplicated", "reordered", "corrupt")


def canary_series(
    target: Mapping[str, str],
    cluster: str,
    brokers: Mapping[int, BrokerPast],
    seen: NDArray[np.bool_],
    random: np.random.Generator,
) -> list[SampledSeries]:
    """Everything that Prometheus stored about the canary, which lived all the time.

    target: the labels that Prometheus gives it. seen: minutes in which Prometheus was there.
    """
    nobody = ~np.logical_or.reduce([broker.up for broker in brokers.values()])
    found = [SampledSeries("up", target, np.where(seen, 1.0, np.nan))]
    for index, (node, broker) in enumerate(brokers.items()):
        where = {**target, "cluster": cluster, "broker": str(node), "partition": str(index)}
        found += _partition(where, broker, nobody, seen, random)
        for home, other in enumerate(brokers):
            lag = np.where(broker.up & seen, broker.lag if other != node else 0, np.nan)
            copy = {**where, "partition": str(home)}
            found.append(SampledSeries(f"{CANARY}replica_lag", copy, lag))
        reachable = {**target, "cluster": cluster, "broker": str(node)}
        found.append(SampledSeries(f"{CANARY}broker_reachable", reachable, np.where(seen, broker.up, np.nan)))
    checked = np.where(nobody, 0, SAMPLED)
    for number in range(TOPICS_UNDER_CONTRACT):
        topic = {**target, "cluster": cluster, "topic": f"past.contract-{number + 1}.v1"}
        found.append(_counter(f"{SAMPLER}records_sampled_total", topic, checked, seen))
    return found


def _partition(
    where: Mapping[str, str],
    broker: BrokerPast,
    nobody: NDArray[np.bool_],
    seen: NDArray[np.bool_],
    random: np.random.Generator,
) -> Iterator[SampledSeries]:
    died = ~broker.up & np.concatenate(([False], broker.up[:-1]))
    failed = {"unreachable": np.where(nobody, RECORDS, np.where(died, FAILOVER, 0))}
    refused = broker.errors.get("NOT_ENOUGH_REPLICAS")
    if refused is not None:
        share = refused / np.maximum(1, refused + broker.answers)
        failed["not_enough_replicas"] = random.binomial(RECORDS - failed["unreachable"], share)
    acknowledged = RECORDS - sum(failed.values(), np.zeros(len(nobody), dtype=np.int64))
    late = random.binomial(acknowledged, np.where(broker.lag >= FAR_BEHIND, LATE_WHILE_BEHIND, LATE))
    yield _counter(f"{CANARY}attempts_total", where, np.full(len(nobody), RECORDS), seen)
    yield _counter(f"{CANARY}acknowledged_total", where, acknowledged, seen)
    for reason, counted in failed.items():
        yield _counter(f"{CANARY}failures_total", {**where, "reason": reason}, counted, seen, from_start=False)
    for name in NEVER:
        yield _counter(f"{CANARY}{name}_total", where, np.zeros(len(nobody), dtype=np.int64), seen)
    for bound, counted in (("0.5", acknowledged - late), ("+Inf", acknowledged)):
        yield _counter(f"{CANARY}end_to_end_latency_seconds_bucket", {**where, "le": bound}, counted, seen)


def _counter(
    name: str, labels: Mapping[str, str], counted: Counts, seen: NDArray[np.bool_], *, from_start: bool = True
) -> SampledSeries:
    """A counter of a process that never restarts. from_start: there before it has counted anything."""
    total = np.cumsum(counted).astype(np.float64)
    return SampledSeries(name, labels, np.where(seen & ((total > 0) | from_start), total, np.nan))
