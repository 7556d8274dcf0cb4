"""The estate that the growth benchmark writes lives: what it adds is what living adds."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.bench_growth import CLUSTER, SLI, Looking, Size
from data.settings import CollectSettings
from data.store import open_store
from data.store.read import FactKind

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SMALL = Size("small", topics=3, partitions=2, groups=2, read=1, hours=1, allowed=1e6)


def test_ten_minutes_move_offsets_rebalance_groups_and_close_minutes(tmp_path: Path) -> None:
    clock = [NOON]
    store = open_store(f"sqlite:///{tmp_path / 'grown.sqlite'}", lambda: clock[0])
    looking = Looking(SMALL, store, clock, CollectSettings())
    for look in range(20):
        looking.write(NOON + timedelta(seconds=30) * look)
    topics = store.read.topics()
    assert [topic.end_offset_sum for topic in topics] == [2 * 20 * 117 + 1_000] * 3
    assert [group.lag for group in store.read.groups()] == [10, 10]
    histories = [store.read.history(FactKind.GROUP, CLUSTER, f"group-000{number}") for number in range(2)]
    assert sorted(len(history) for history in histories) == [2, 2]
    days = store.read.slice_days(SLI.hash, CLUSTER, NOON.date(), NOON.date())
    assert {int((day.states != 0).sum()) for day in days} == {10}
    store.close()
