"""Backup, restore, check and forgetting."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Table, text

from data.store import Store, open_store
from data.store import tables as t
from data.store.failures import LeaseLostError
from data.store.growth import growth_per_day
from data.store.maintenance import BackupError, backup, check, restore
from data.store.read import FactKind
from data.store.retention import prune
from data.store.slices import SliText
from data.store.store import COLLECTOR
from scoring.actors import Actor, ForbiddenError, Grant, Role
from scoring.slo.slices import MinuteState, SliceDay, SliHash
from tests.unit.data.store.estates import BILLS, NOON, ORDERS, PROD, READERS, Clock, Hands, group, offsets, topic

ADMIN = Actor.local_admin()
SLI = SliText(SliHash("a" * 16), "produce-success", "text")
DAY = timedelta(days=1)


@pytest.fixture
def hands(store: Store, clock: Clock) -> Hands:
    return Hands(store, clock)


def fill(store: Store, hands: Hands, clock: Clock) -> None:
    """Something in every table."""
    for partitions in (1, 2):
        hands.see(
            topics=(topic(partitions=partitions), topic(BILLS)),
            groups=(group(),),
            end_offsets={ORDERS: offsets(10)},
            committed={READERS: {ORDERS: offsets(4)}},
        )
        clock.move(3600)
    values, states = np.zeros(1440), np.zeros(1440, dtype=np.uint8)
    values[:3], states[:3] = 2.0, MinuteState.COVERED
    hands.store.slices.merge(SLI, [SliceDay(SLI.hash, PROD, "", "NONE", date(2026, 11, 20), values, states)])
    store.access.grant(ADMIN, "eva", Grant(Role.VIEWER))


def everything(store: Store) -> tuple[object, ...]:
    """What a reader sees of the store."""
    read = store.read
    return (
        read.topics(), read.groups(), read.source_states(), read.history(FactKind.TOPIC, PROD, ORDERS),
        read.group_hours(PROD, READERS, NOON, NOON + DAY), store.access.actor("eva"),
        [day.values.sum() for day in read.slice_days(SLI.hash, None, date(2026, 1, 1), date(2027, 1, 1))],
    )  # fmt: skip


@pytest.fixture(params=("sqlite", "postgresql"))
def other(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> Store:
    """An empty store of either kind to restore into."""
    if request.param == "sqlite":
        return open_store(f"sqlite:///{tmp_path}/other.sqlite", clock)
    return open_store(request.getfixturevalue("postgres_url"), clock)


def test_a_backup_restores_into_either_database_and_work_goes_on(
    store: Store, hands: Hands, clock: Clock, other: Store, tmp_path: Path
) -> None:
    fill(store, hands, clock)
    report = backup(store, tmp_path / "saved" / "backup.sqlite")
    assert report.file.stat().st_size == report.bytes
    assert sorted(path.name for path in report.file.parent.iterdir()) == ["backup.sqlite"]
    assert restore(other, report.file, ADMIN) == report.rows
    assert everything(other) == everything(store)
    assert other.read.audit(1)[0].action == "db.restore"
    assert check(other) == []
    clock.move(60)
    Hands(other, clock, holder="next").see(topics=(topic(),))
    assert check(other) == []
    assert len(other.read.topics()) == 1
    other.close()


def test_a_backup_is_one_consistent_moment_while_others_write(
    store: Store, hands: Hands, clock: Clock, tmp_path: Path
) -> None:
    fill(store, hands, clock)
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            clock.move(30)
            hands.see(topics=(topic(),), end_offsets={ORDERS: offsets(1)}, committed={})

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            backup(store, tmp_path / f"{number}.sqlite")
    finally:
        stop.set()
        writer.join()


def test_a_used_database_is_replaced_only_by_force(store: Store, hands: Hands, clock: Clock, tmp_path: Path) -> None:
    fill(store, hands, clock)
    saved = backup(store, tmp_path / "backup.sqlite").file
    then = everything(store)
    hands.see(topics=())
    with pytest.raises(BackupError, match="pass --force"):
        restore(store, saved, ADMIN)
    assert store.read.topics() == []
    restore(store, saved, ADMIN, force=True)
    assert everything(store) == then
    with pytest.raises(LeaseLostError):
        hands.see(topics=())


def test_only_an_admin_restores(store: Store, hands: Hands, tmp_path: Path) -> None:
    saved = backup(store, tmp_path / "backup.sqlite").file
    with pytest.raises(ForbiddenError):
        restore(store, saved, Actor("eva", frozenset({Grant(Role.EDITOR)})), force=True)


def test_a_backup_never_replaces_a_file(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "backup.sqlite"
    target.write_text("precious")
    with pytest.raises(BackupError, match="exists already"):
        backup(store, target)
    assert target.read_text() == "precious"


@pytest.mark.parametrize("wrong", [b"", b"no database", b"SQLite format 3\x00" + b"\x00" * 4096])
def test_a_file_that_is_no_backup_is_refused(store: Store, hands: Hands, tmp_path: Path, wrong: bytes) -> None:
    fake = tmp_path / "fake.sqlite"
    fake.write_bytes(wrong)
    with pytest.raises(BackupError):
        restore(store, fake, ADMIN, force=True)
    with pytest.raises(BackupError, match="no backup at"):
        restore(store, tmp_path / "nowhere", ADMIN, force=True)
    assert len(store.read.clusters()) == 1


def test_a_damaged_backup_is_refused_and_the_store_left_alone(
    store: Store, hands: Hands, clock: Clock, tmp_path: Path
) -> None:
    fill(store, hands, clock)
    saved = backup(store, tmp_path / "backup.sqlite").file
    with closing(sqlite3.connect(saved)) as damaged:
        damaged.execute("UPDATE slice_days SET counts = x'00'")
        damaged.commit()
    then = everything(store)
    with pytest.raises(BackupError, match="not whole"):
        restore(store, saved, ADMIN, force=True)
    assert everything(store) == then


DAMAGE = [
    ("UPDATE contents SET body = '{}' WHERE id = 1", "not what its hash says"),
    ("UPDATE slice_days SET states = counts", "Slice day 1"),
    ("DELETE FROM audit_entries WHERE id = 2", "The audit log should hold"),
    ("DELETE FROM audit_entries WHERE id = (SELECT max(id) FROM audit_entries)", "The audit log should hold"),
    ("UPDATE audit_entries SET detail = '{' WHERE id = 2", "audit entry 2 is no JSON"),
    ("DELETE FROM audit_head", "is not there"),
    ("DELETE FROM collection_runs WHERE id = 1", "name a run"),
    ("UPDATE facts SET first_seen = first_seen - 1, known_since = known_since - 1 WHERE first_run = 2", "overlap"),
]


@pytest.mark.parametrize(("damage", "finding"), DAMAGE)
def test_damage_is_found(store: Store, hands: Hands, clock: Clock, damage: str, finding: str) -> None:
    fill(store, hands, clock)
    assert check(store) == []
    with store.database.writing() as connection:
        connection.execute(text(damage))
    problems = check(store)
    assert any(finding in problem for problem in problems), problems


def test_a_damaged_page_is_found(tmp_path: Path, clock: Clock) -> None:
    file = tmp_path / "store.sqlite"
    store = open_store(f"sqlite:///{file}", clock)
    fill(store, Hands(store, clock), clock)
    store.close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'uq_facts_open'").fetchone()
    copy = tmp_path / "copy.sqlite"
    shutil.copyfile(file, copy)
    with copy.open("r+b") as damaged:
        damaged.seek((root - 1) * 4096 + 3)
        damaged.write(b"\x00\x00")
    broken = open_store(f"sqlite:///{copy}", clock)
    assert any("SQLite finds the file damaged" in problem for problem in check(broken))
    broken.close()


@dataclass(frozen=True)
class Days:
    """A retention in days."""

    intervals: int | None = None
    measurements: int | None = None
    slices: int | None = None
    runs: int | None = None
    audit: int | None = None


def rows(store: Store, table: Table) -> int:
    """Number of rows of a table."""
    with store.database.reading() as connection:
        return len(connection.execute(table.select()).all())


def test_what_is_older_than_its_retention_is_forgotten_and_nothing_else(
    store: Store, hands: Hands, clock: Clock
) -> None:
    fill(store, hands, clock)
    clock.move(10 * 86400)
    hands.see(topics=(topic(BILLS),))
    deleted = prune(store.writer, COLLECTOR, Days(5, 5, 5, 5, None), clock.now)
    assert (deleted["facts"], deleted["topic_hours"], deleted["group_hours"], deleted["slice_days"]) == (1, 2, 2, 1)
    # Run 1 saw topics first and run 2 groups last: facts that stay name both.
    assert deleted["collection_runs"] == 0
    assert store.read.audit(1)[0].detail == deleted
    assert [row.name for row in store.read.topics()] == [BILLS]
    assert check(store) == []


def test_forgetting_twice_is_no_second_write(store: Store, hands: Hands, clock: Clock) -> None:
    entries = rows(store, t.AUDIT)
    prune(store.writer, COLLECTOR, Days(5, 5, 5, 5, 5), clock.now)
    assert rows(store, t.AUDIT) == entries


def test_runs_that_no_fact_names_are_forgotten(store: Store, hands: Hands, clock: Clock) -> None:
    for _ in range(5):
        hands.see(topics=(topic(),))
        clock.move(60)
    clock.move(10 * 86400)
    assert prune(store.writer, COLLECTOR, Days(runs=5), clock.now)["collection_runs"] == 3
    assert check(store) == []


def test_the_audit_log_is_cut_at_its_beginning_only(store: Store, clock: Clock) -> None:
    for name in "abc":
        store.access.grant(ADMIN, name, Grant(Role.VIEWER))
        clock.move(86400)
    prune(store.writer, COLLECTOR, Days(audit=2), clock.now)
    assert [entry.id for entry in store.read.audit()] == [4, 3, 2]
    clock.move(30 * 86400)
    prune(store.writer, COLLECTOR, Days(audit=2), clock.now)
    assert [entry.id for entry in store.read.audit()] == [5]
    assert check(store) == []


def test_growth_is_measured_without_the_first_look(store: Store, hands: Hands, clock: Clock) -> None:
    def write(moment: object) -> None:
        clock.move(30)
        hands.see(topics=(topic(),), end_offsets={ORDERS: offsets(1, 2)}, committed={})

    growth = growth_per_day(store.database, write, NOON, timedelta(seconds=30), 120)
    assert growth.measured == timedelta(hours=1)
    assert 0 <= growth.bytes_per_day < 20_000_000
