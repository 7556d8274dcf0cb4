"""Objects that are gone, as they are listed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data.store import open_store
from data.store.clusters import ClusterFacts
from data.store.read import FactKind
from data.store.store import COLLECTOR
from scoring.catalog.estate import ClusterEstate, ClusterName, Partition, Present, SourceName, Topic, TopicName

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
EU = ClusterName("eu")


def topics(*names: str) -> tuple[Topic, ...]:
    return tuple(Topic(TopicName(name), (Partition(0, 1, (1,), (1,)),), internal=False) for name in names)


def test_what_is_gone_is_listed_with_its_last_life_unless_it_came_back(tmp_path: Path) -> None:
    clock = [NOON]
    store = open_store(f"sqlite:///{tmp_path / 'db.sqlite'}", clock=lambda: clock[0])
    store.registry.register(COLLECTOR, [ClusterFacts(EU, "prod", "", (SourceName.KAFKA,))])
    lease = store.leases.acquire(EU, "test")
    assert lease is not None

    def look(hour: int, names: Sequence[str]) -> None:
        clock[0] = NOON + timedelta(hours=hour)
        found = Present(topics(*names), clock[0], "Metadata")
        store.collecting(lease).observations.append(ClusterEstate(EU, clock[0], topics=found), clock[0])

    look(0, ["stays", "goes", "returns"])
    look(1, ["stays", "returns"])
    look(2, ["stays"])
    look(3, ["stays", "returns"])

    def gone(asof: datetime | None = None) -> list[tuple[str, datetime, datetime]]:
        found = store.read.removed(FactKind.TOPIC, EU, asof)
        return [(row.key, row.last_seen, row.removed_at) for row in found]

    assert gone() == [("goes", NOON, NOON + timedelta(hours=1))]
    assert [name for name, _, _ in gone(NOON + timedelta(hours=2, minutes=30))] == ["returns", "goes"]
    assert gone(NOON + timedelta(minutes=30)) == []
    store.close()
