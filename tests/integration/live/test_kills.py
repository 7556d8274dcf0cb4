"""kill −9 of the real processes while the collector holds the database's write lock."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from typing import Any

import psutil
import pytest

from data.store import open_store
from data.store.maintenance import check
from stack.state import StackState
from tests.browser.serving import Served, serving
from tests.integration.live.product import processes_of, settings_for, streamgauge
from tests.waiting import PATIENCE, eventually

BUSY = {"ESTATE": "1", "CONFIGS": "1", "ACLS": "1", "SLICES": "1"}
WAL_WRITE_LOCK = 120
"""The byte of the -shm file that SQLite locks from the beginning of a write to its end (sqlite.org/walformat.html)."""

Run = tuple[Any, ...]


@dataclass(slots=True)
class Witness:
    """Reads, over a connection of its own, which runs the database has acknowledged, for as long as it is asked to."""

    file: Path
    runs: dict[int, Run] = field(default_factory=dict)
    _stop: Event = field(default_factory=Event)
    _thread: Thread | None = None

    @property
    def watches(self) -> bool:
        """True between `watch` and `rest`."""
        return self._thread is not None and not self._stop.is_set()

    def watch(self) -> None:
        """Begin, in a thread."""
        self._stop.clear()
        self._thread = Thread(target=self._watch, name="witness")
        self._thread.start()

    def rest(self) -> None:
        """What was seen until now is what was acknowledged."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def lost(self) -> list[int]:
        """Runs that were acknowledged and are not there any more, or not as they were."""
        there = self._read(0)
        return [run for run, seen in self.runs.items() if there.get(run) != seen]

    def _watch(self) -> None:
        while not self._stop.wait(0.01):
            self.runs |= self._read(max(self.runs, default=0))

    def _read(self, after: int) -> dict[int, Run]:
        connection = sqlite3.connect(self.file, timeout=60)
        try:
            rows = connection.execute("SELECT * FROM collection_runs WHERE id > ?", (after,)).fetchall()
        finally:
            connection.close()
        return {int(row[0]): row for row in rows}


@dataclass(frozen=True, slots=True)
class Target:
    """The product under fire: its settings and its database."""

    environ: dict[str, str]
    file: Path
    witness: Witness
    random: random.Random

    def collector(self, served: Served) -> int:
        """The pid of the collector, when it runs."""
        found: list[int] = []

        def runs() -> bool:
            pid = served.health()["collector"]["pid"]
            found[:] = [pid] if pid is not None and psutil.pid_exists(pid) else []
            return bool(found)

        eventually(runs, "the collector should run")
        return found[0]

    def writes_on(self) -> None:
        """Wait until something new is acknowledged."""
        known = max(self.witness.runs, default=0)
        eventually(lambda: max(self.witness.runs, default=0) > known, "the collector should write")

    def kill_in_a_write(self, writer: int, victim: int) -> None:
        """kill −9 the victim at a moment in which the writer is inside a transaction."""
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            if not self._writing(writer):
                continue
            time.sleep(self.random.uniform(0.0, 0.03))
            if self._writing(writer):
                os.kill(victim, signal.SIGKILL)
                return
        pytest.fail(f"process {writer} was not seen in a write within {PATIENCE:.0f} s")

    def _writing(self, pid: int) -> bool:
        """True when the kernel says that this process holds the lock of the write-ahead log's writer."""
        inode = self.file.with_name(f"{self.file.name}-shm").stat().st_ino
        for line in Path("/proc/locks").read_text().splitlines():
            _, _, _, mode, holder, place, first, last = line.split()[:8]
            if holder == str(pid) and mode == "WRITE" and place.rpartition(":")[2] == str(inode):
                return int(first) <= WAL_WRITE_LOCK and (last == "EOF" or int(last) >= WAL_WRITE_LOCK)
        return False

    def assert_whole(self) -> None:
        """Nothing acknowledged is lost and nothing is damaged."""
        self.witness.rest()
        assert self.witness.lost() == []
        store = open_store(self.environ["STREAMGAUGE_DATABASE_URL"])
        try:
            assert check(store) == []
        finally:
            store.close()
        self.witness.watch()

    def tokens(self) -> list[tuple[int, str]]:
        """Every lease that was ever taken: its token and its holder, oldest first."""
        store = open_store(self.environ["STREAMGAUGE_DATABASE_URL"])
        try:
            entries = [entry for entry in store.read.audit(100_000) if entry.action == "lease.acquire"]
        finally:
            store.close()
        return [(entry.detail["token"], entry.detail["holder"]) for entry in reversed(entries)]


@pytest.fixture
def target(company: StackState, tmp_path: Path) -> Iterator[Target]:
    """An empty database, a product that would write to it without pause, and a witness."""
    file = tmp_path / "live.sqlite"
    environ = settings_for(company, file, BUSY)
    witness = Witness(file)
    yield Target(environ, file, witness, random.Random(8))
    witness.rest()
    assert processes_of(environ) == [], "nothing should outlive its product"


def kill_both(target: Target, folder: Path) -> None:
    """Start the product, kill its collector in a write, and when the next one writes, kill the product itself."""
    with serving(folder, environ=target.environ) as served:
        first = target.collector(served)
        if not target.witness.watches:
            eventually(lambda: bool(target.tokens()), "the first lease should be taken")
            target.witness.watch()
        target.writes_on()
        target.kill_in_a_write(first, first)
        target.assert_whole()

        eventually(lambda: target.collector(served) != first, "a new collector should be started")
        second = target.collector(served)
        target.writes_on()
        target.kill_in_a_write(second, served.process.pid)
        assert served.process.wait(30) == -signal.SIGKILL
        eventually(lambda: processes_of(target.environ) == [], "the collector should end with its product")
        target.assert_whole()


def kill_often(target: Target, folder: Path, rounds: int) -> None:
    """Each round kills a collector and a product."""
    for _ in range(rounds):
        kill_both(target, folder)
    held = target.tokens()
    assert [token for token, _ in held] == sorted({token for token, _ in held})
    assert len({holder for _, holder in held}) >= 2 * rounds
    done = streamgauge(target.environ, "db", "check")
    assert (done.returncode, done.stdout.rstrip().rpartition(": ")[2]) == (0, "whole"), done.stderr


@pytest.mark.long
@pytest.mark.fault(order=64)
@pytest.mark.timeout(2400)
def test_five_kills_of_collector_and_product_in_a_write_lose_nothing(target: Target, tmp_path: Path) -> None:
    kill_often(target, tmp_path, rounds=5)


@pytest.mark.long
@pytest.mark.fault(order=65)
@pytest.mark.timeout(7200)
def test_fifty_kills_in_a_write_lose_nothing(target: Target, tmp_path: Path) -> None:
    kill_often(target, tmp_path, rounds=25)
