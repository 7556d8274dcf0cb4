"""A full disk: announced, nothing written half, reading goes on, writing resumes by itself."""

from __future__ import annotations

import os
import subprocess
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event, text

from data.store import Store, open_store
from data.store.check import check
from data.store.failures import ReadOnly, StoreReadOnlyError, Writable
from scoring.catalog.estate import TopicName
from tests.unit.data.store.estates import NOON, PROD, Clock, Hands, topic

MANY = tuple(topic(TopicName(f"topic-{number}"), partitions=number % 50 + 50) for number in range(2_000))


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path | None]:
    """A file system of 3 MiB of its own; None where this user may not mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        yield None
        return
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_disk_that_fills_up_stops_writing_until_there_is_room(small_disk: Path | None, clock: Clock) -> None:
    if small_disk is None:
        warnings.warn("no right to mount: a full file system was not tried, only a database at its limit", stacklevel=1)
        return
    ballast = small_disk / "ballast"
    store = open_store(f"sqlite:///{small_disk}/store.sqlite", clock, reserve_bytes=0)
    hands = Hands(store, clock)
    hands.see(topics=(topic(),))
    ballast.write_bytes(b"x" * (os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_bsize - 100_000))
    clock.move(30)
    with pytest.raises(StoreReadOnlyError, match="The disk that holds the database is full"):
        hands.see(topics=MANY)
    state = store.writable
    assert isinstance(state, ReadOnly)
    assert state.since == clock.now
    assert [row.seen.last_seen for row in store.read.topics()] == [NOON]
    another = open_store(f"sqlite:///{small_disk}/store.sqlite", clock)
    assert len(another.read.topics(PROD)) == 1
    assert isinstance(another.writable, ReadOnly)
    another.close()
    clock.move(30)
    ballast.unlink()
    hands.see(topics=MANY[:100])
    assert isinstance(store.writable, Writable)
    assert len(store.read.topics()) == 100
    assert check(store.database) == []
    store.close()


def test_a_database_that_may_not_grow_is_announced_and_recovers(tmp_path: Path, clock: Clock) -> None:
    store = open_store(f"sqlite:///{tmp_path}/store.sqlite", clock)
    hands = Hands(store, clock)
    hands.see(topics=(topic(),))
    before = len(store.read.audit(1000))
    _limit(store, pages=120)
    clock.move(30)
    with pytest.raises(StoreReadOnlyError):
        hands.see(topics=MANY)
    first = store.writable
    assert isinstance(first, ReadOnly)
    clock.move(30)
    with pytest.raises(StoreReadOnlyError):
        hands.see(topics=MANY)
    assert store.writable == first, "since stays where it began"
    assert len(store.read.audit(1000)) == before
    _limit(store, pages=1_000_000)
    hands.see(topics=MANY)
    assert isinstance(store.writable, Writable)
    assert len(store.read.topics()) == 2_000
    assert check(store.database) == []
    store.close()


def _limit(store: Store, pages: int) -> None:
    """Let the file grow up to so many pages; the limit belongs to a connection, so all of them get it."""
    store.database.engine.dispose()
    event.listen(store.database.engine, "connect", lambda raw, _: raw.execute(f"PRAGMA max_page_count = {pages}"))


def test_room_is_left_so_that_every_process_sees_the_same(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path}/store.sqlite"
    open_store(url, clock).close()
    cramped = open_store(url, clock, reserve_bytes=2**62)
    state = cramped.writable
    assert isinstance(state, ReadOnly)
    assert "Free some space" in state.reason
    with pytest.raises(StoreReadOnlyError):
        Hands(cramped, clock)
    assert cramped.read.clusters() == []
    cramped.close()


def test_a_postgresql_that_takes_no_writes_is_announced(postgres_url: str, clock: Clock) -> None:
    store = open_store(postgres_url, clock)
    hands = Hands(store, clock)
    _default_read_only(store, "on")
    with pytest.raises(StoreReadOnlyError, match="Connect to the primary"):
        hands.see(topics=(topic(),))
    assert isinstance(store.writable, ReadOnly)
    _default_read_only(store, "off")
    hands.see(topics=(topic(),))
    assert isinstance(store.writable, Writable)
    store.close()


def _default_read_only(store: Store, value: str) -> None:
    with store.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("SET default_transaction_read_only = off"))
        connection.execute(
            text(f"ALTER DATABASE {store.database.url.database} SET default_transaction_read_only = {value}")
        )
    store.database.engine.dispose()
