"""What one partition's canary counted. Counts only ever grow; a histogram keeps its bounds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

LATENCY_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Seconds. 0.5 is an edge: `seen within 500 ms` is counted exactly."""


class Reason(StrEnum):
    """Why an attempt was not acknowledged.

    timeout: no answer in time. unreachable: no connection. not_leader: the broker that answered does not lead it.
    not_enough_replicas: fewer in sync than min.insync.replicas. storage: the broker's disk. no_topic: deleted.
    forbidden: an ACL is missing. rejected: the broker refuses such a record. other: anything else, named in the log.
    """

    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    NOT_LEADER = "not_leader"
    NOT_ENOUGH_REPLICAS = "not_enough_replicas"
    STORAGE = "storage"
    NO_TOPIC = "no_topic"
    FORBIDDEN = "forbidden"
    REJECTED = "rejected"
    OTHER = "other"


class Histogram:
    """Observations in seconds by upper bounds, as Prometheus' classic histograms count them."""

    def __init__(self, bounds: tuple[float, ...] = LATENCY_BOUNDS) -> None:
        self.bounds = bounds
        self.sum = 0.0
        self._counts = [0] * (len(bounds) + 1)

    def observe(self, seconds: float) -> None:
        """Count one observation; a bound counts what equals it."""
        self._counts[bisect_left(self.bounds, seconds)] += 1
        self.sum += seconds

    @property
    def count(self) -> int:
        """All observations."""
        return sum(self._counts)

    def cumulative(self) -> Iterator[tuple[float | None, int]]:
        """(upper bound, observations up to it) for each bound, the last with None for infinity."""
        below = 0
        for bound, count in zip((*self.bounds, None), self._counts, strict=True):
            below += count
            yield bound, below


@dataclass(slots=True)
class Tally:
    """One partition's counts since the start.

    attempts: records handed to the client. acknowledged, failures: what the client was told of them. seen: read back.
    lost: acknowledged and not in the log. unverified: acknowledged, and nobody can tell any more whether they were
    there (the topic was deleted, retention took them, the reader was away too long). duplicated: read at a second
    offset. reordered: read behind a later one. corrupt: records in the topic that no canary wrote like this.
    latency: from handing over to reading back.
    """

    attempts: int = 0
    acknowledged: int = 0
    failures: dict[Reason, int] = field(default_factory=lambda: dict.fromkeys(Reason, 0))
    seen: int = 0
    lost: int = 0
    unverified: int = 0
    duplicated: int = 0
    reordered: int = 0
    corrupt: int = 0
    latency: Histogram = field(default_factory=Histogram)
