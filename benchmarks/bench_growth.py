"""What a day of collecting adds to the database, for the company of the local platform and for 5 000 topics.

Hours of looks are written at the default cadences through the store's own services, with a clock of our own: offsets
move at every look, one group rebalances at every tenth, and slices are merged every minute. Compared with what a plan
for the disk may allow.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import numpy as np

from benchmarks.machine import load_words, verdict
from benchmarks.ratios import Ratio
from data.settings import CollectSettings
from data.store import Store, open_store
from data.store.clusters import ClusterFacts
from data.store.growth import Growth, growth_per_day
from data.store.slices import SliText
from data.store.states import OK
from data.store.store import COLLECTOR
from scoring.catalog.estate import (
    Acl,
    Broker,
    ClusterEstate,
    ClusterName,
    ConfigEntry,
    Group,
    GroupId,
    Member,
    Offsets,
    Partition,
    Present,
    SourceName,
    Topic,
    TopicName,
)
from scoring.slo.slices import GROUP, MINUTES_PER_DAY, MinuteState, SliceDay, SliHash

CLUSTER = ClusterName("prod")
BEGIN = datetime(2026, 11, 20, 12, tzinfo=UTC)
REBALANCE_EVERY = 10
"""Looks between two rebalances somewhere in the cluster."""

SLI = SliText(SliHash("0123456789abcdef"), "produce-success", "a definition")
COMPONENTS = (GROUP, "NONE", "NOT_ENOUGH_REPLICAS", "REQUEST_TIMED_OUT", "TOPIC_AUTHORIZATION_FAILED")
SETTINGS = 33
"""Effective settings of a topic in Kafka 4.3."""


@dataclass(frozen=True, slots=True)
class Size:
    """An estate to collect. read: topics that each group has committed to. allowed: bytes a day, as planned for."""

    name: str
    topics: int
    partitions: int
    groups: int
    read: int
    hours: int
    allowed: float


SIZES = (
    Size("the local company", topics=48, partitions=6, groups=30, read=2, hours=6, allowed=10e6),
    Size("5 000 topics", topics=5_000, partitions=10, groups=1_000, read=5, hours=1, allowed=100e6),
)


class Looking:
    """Writes look after look of an estate that lives."""

    def __init__(self, size: Size, store: Store, clock: list[datetime], cadences: CollectSettings) -> None:
        self.size = size
        self.clock = clock
        self.cadences = cadences
        self.looks = 0
        store.registry.register(COLLECTOR, [ClusterFacts(CLUSTER, "prod", "eu-central-1", tuple(SourceName))])
        lease = store.leases.acquire(CLUSTER, "benchmark")
        assert lease is not None
        self.collecting = store.collecting(lease)
        self.topics = tuple(
            Topic(
                TopicName(f"domain{number % 7}.orders.entity-{number:05d}.v1"),
                tuple(Partition(index, 1 + index % 3, (1, 2, 3), (1, 2, 3)) for index in range(size.partitions)),
                internal=False,
            )
            for number in range(size.topics)
        )

    def write(self, at: datetime) -> None:
        """One look at everything that is due at `at`."""
        self.clock[0] = at
        self.looks += 1
        groups = tuple(self._group(number) for number in range(self.size.groups))
        ends = {topic.name: self._offsets() for topic in self.topics}
        commits = {
            group.id: {topic.name: self._offsets() - 5 for topic in self._read(number)}
            for number, group in enumerate(groups)
        }
        due = self.looks % int(self.cadences.configs // self.cadences.estate) == 1
        estate = ClusterEstate(
            CLUSTER,
            at,
            brokers=Present((Broker(1, "broker-1", 9092, None, None),), at, "DescribeCluster"),
            topics=Present(self.topics, at, "Metadata"),
            end_offsets=Present(ends, at, "ListOffsets"),
            groups=Present(groups, at, "DescribeGroups"),
            committed=Present(commits, at, "OffsetFetch"),
            topic_configs=Present({topic.name: _settings() for topic in self.topics}, at, "Configs") if due else None,
            acls=Present(tuple(_rule(number) for number in range(200)), at, "DescribeAcls") if due else None,
            subjects=Present((), at, "GET /subjects"),
            connectors=Present((), at, "GET /connectors"),
        )
        self.collecting.observations.append(estate, at)
        for _ in range(int(self.cadences.estate // self.cadences.slices)):
            self.collecting.observations.attempted(SourceName.PROMETHEUS, "slices", {"slices": OK}, at)
        self._merge_slices(at)

    def _offsets(self) -> Offsets:
        return np.arange(self.size.partitions, dtype=np.int64) * 1_000 + self.looks * 117

    def _read(self, group: int) -> list[Topic]:
        return [self.topics[(group * self.size.read + index) % len(self.topics)] for index in range(self.size.read)]

    def _group(self, number: int) -> Group:
        """A group of one member, whose id is new after a rebalance."""
        rebalances = (self.looks // REBALANCE_EVERY + self.size.groups - 1 - number) // self.size.groups
        assigned = tuple((topic.name, part.index) for topic in self._read(number) for part in topic.partitions)
        member = Member(f"member-{number}-{rebalances}", f"client-{number}", "/10.0.0.1", assigned)
        return Group(GroupId(f"group-{number:04d}"), "Stable", "Classic", 1, (member,))

    def _merge_slices(self, at: datetime) -> None:
        """The minute of `at`, as the latest refresh counted it; a second look within the minute brings no news."""
        minute = at.hour * 60 + at.minute
        changed = []
        for number, component in enumerate(COMPONENTS):
            values, states = np.zeros(MINUTES_PER_DAY), np.zeros(MINUTES_PER_DAY, dtype=np.uint8)
            values[minute] = 30_000 + (minute * 7_919) % 1_009 if component == "NONE" else (minute % 97 == number)
            states[minute] = MinuteState.COVERED
            changed.append(SliceDay(SLI.hash, CLUSTER, "", component, at.date(), values, states))
        self.collecting.slices.merge(SLI, changed)


def _settings() -> dict[str, ConfigEntry]:
    return {f"some.setting.{number}": ConfigEntry(str(number), "DEFAULT_CONFIG") for number in range(SETTINGS)}


def _rule(number: int) -> Acl:
    return Acl(f"User:{number}", "*", "READ", "ALLOW", "TOPIC", f"topic-{number}", "LITERAL")


def grown(size: Size, file: Path) -> Growth:
    """What that estate adds to an SQLite file, per day."""
    clock = [BEGIN]
    cadences = CollectSettings()
    store = open_store(f"sqlite:///{file}", lambda: clock[0])
    every = timedelta(seconds=cadences.estate)
    looking = Looking(size, store, clock, cadences)
    growth = growth_per_day(store.database, looking.write, BEGIN, every, size.hours * int(timedelta(hours=1) / every))
    store.close()
    return growth


def main() -> None:
    """Measure each size."""
    print(load_words())
    ratios = []
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            begun = perf_counter()
            growth = grown(size, Path(folder) / f"{size.topics}.sqlite")
            print(
                f"{size.name}: {growth.bytes_per_day / 1e6:.1f} MB a day, from {growth.measured} in "
                f"{perf_counter() - begun:.0f} s; the file then holds {growth.used_bytes / 1e6:.1f} MB"
            )
            allowed = size.allowed / 1e6
            ratios.append(
                Ratio(
                    f"growth a day, {size.name} / {allowed:.0f} MB",
                    ((growth.bytes_per_day / 1e6, allowed),),
                    1.0,
                    "MB",
                )
            )
    print(verdict(ratios))


if __name__ == "__main__":
    main()
