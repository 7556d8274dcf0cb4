"""Small estates to be observed, and a collector's hands to write them with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import numpy as np

from data.store import CollectorStore, Store
from data.store.clusters import ClusterFacts
from data.store.observations import RunOutcome
from data.store.store import COLLECTOR
from scoring.catalog.estate import (
    Absent,
    ClusterEstate,
    ClusterName,
    ConfigEntry,
    FailureKind,
    Group,
    GroupId,
    Offsets,
    Partition,
    Present,
    SourceName,
    Topic,
    TopicName,
)

T = TypeVar("T")

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
PROD = ClusterName("prod")
DR = ClusterName("dr")
ORDERS = TopicName("sales.orders.order.v1")
BILLS = TopicName("sales.bills.bill.v1")
READERS = GroupId("order-readers")
REFUSED = Absent(FailureKind.FORBIDDEN, "The cluster refused to list the topics.", "Grant DESCRIBE on every topic.")
SILENT = Absent(FailureKind.UNREACHABLE, "No broker answers.", "Check the address.")


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """The time."""
        return self.now

    def move(self, seconds: float) -> datetime:
        """Let time pass. Returns the new time."""
        self.now += timedelta(seconds=seconds)
        return self.now


def topic(name: TopicName = ORDERS, partitions: int = 2, isr: tuple[int, ...] = (1, 2, 3)) -> Topic:
    """A topic on three brokers."""
    return Topic(name, tuple(Partition(index, 1, (1, 2, 3), isr) for index in range(partitions)), internal=False)


def group(name: GroupId = READERS, state: str = "Stable") -> Group:
    """A group without members."""
    return Group(name, state, "classic", 1, ())


def offsets(*values: int) -> Offsets:
    """Offsets, one a partition."""
    return np.array(values, dtype=np.int64)


def config(**settings: str) -> Mapping[str, ConfigEntry]:
    """A topic's configuration; underscores stand for dots."""
    return {name.replace("_", "."): ConfigEntry(value, "DYNAMIC_TOPIC_CONFIG") for name, value in settings.items()}


class Hands:
    """A collector that writes what a test gives it, at the test's time."""

    def __init__(self, store: Store, clock: Clock, cluster: ClusterName = PROD, holder: str = "test") -> None:
        self.clock = clock
        self.cluster = cluster
        everything = [*(ClusterFacts(row.name, row.environment, row.region, ()) for row in store.read.clusters())]
        named = [cluster, *(row.name for row in everything if row.name != cluster)]
        store.registry.register(COLLECTOR, [ClusterFacts(name, "prod", "eu", tuple(SourceName)) for name in named])
        lease = store.leases.acquire(cluster, holder)
        assert lease is not None
        self.store: CollectorStore = store.collecting(lease)

    def present(self, value: T, missing: Sequence[str] = ()) -> Present[T]:
        """A part that was read now."""
        return Present(value, self.clock.now, "test", tuple(missing))

    def see(self, **parts: Any) -> list[RunOutcome]:
        """Write parts of the estate: a part as it is, any other value as one that was read now and completely."""
        given = {
            name: part if isinstance(part, Present | Absent) else self.present(part) for name, part in parts.items()
        }
        return self.store.observations.append(ClusterEstate(self.cluster, self.clock.now, **given), self.clock.now)
