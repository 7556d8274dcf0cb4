"""The collector's threads: cadence, independence, leases, leaving."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from data.collecting import loops
from data.collecting.loops import ClusterLoop
from data.collecting.readings import Reading, SourceReadings
from data.store import CollectorStore, Store, open_store
from data.store.clusters import ClusterFacts
from data.store.failures import StoreReadOnlyError
from data.store.observations import RunOutcome
from data.store.states import OK
from data.store.store import COLLECTOR
from scoring.catalog.estate import SourceName
from tests.unit.data.store.estates import NOON, PROD
from tests.waiting import eventually

LIMIT = 30.0


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store that knows one cluster."""
    opened = open_store(f"sqlite:///{tmp_path}/store.sqlite")
    opened.registry.register(COLLECTOR, [ClusterFacts(PROD, "prod", "eu", tuple(SourceName))])
    yield opened
    opened.close()


@dataclass
class Counting:
    """A reading that counts its runs, writes one attempt each time, and fails when it is told to."""

    every: float = 0.01
    scope: str = "estate"
    trouble: Exception | None = None
    runs: int = 0
    tokens: set[int] = field(default_factory=set)

    def run(self, store: CollectorStore) -> list[RunOutcome]:
        """Count, fail or write."""
        self.runs += 1
        self.tokens.add(store.lease.token)
        if self.trouble is not None:
            raise self.trouble
        return [store.observations.attempted(SourceName.KAFKA, self.scope, {"topics": OK}, NOON)]


def start(store: Store, stop: threading.Event, *readings: Reading) -> ClusterLoop:
    """A running loop with one source of its own for each reading."""

    def make() -> list[SourceReadings]:
        return [SourceReadings(PROD, SourceName.KAFKA, (reading,), lambda: None) for reading in readings]

    loop = ClusterLoop(store, PROD, make, stop)
    loop.thread.start()
    return loop


def test_one_reading_that_fails_every_time_stops_no_other(store: Store) -> None:
    stop = threading.Event()
    good, full, broken = Counting(), Counting(trouble=StoreReadOnlyError("full")), Counting(trouble=KeyError("bug"))
    loop = start(store, stop, good, full, broken)
    eventually(lambda: good.runs > 3 and full.runs > 3 and broken.runs > 3, "each should have run")
    stop.set()
    loop.thread.join(LIMIT)
    assert not loop.thread.is_alive()


def test_a_trouble_is_logged_when_it_begins_and_not_at_every_attempt(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    stop = threading.Event()
    full = Counting(trouble=StoreReadOnlyError("The disk is full."))
    loop = start(store, stop, full)
    eventually(lambda: full.runs > 5, "it should run on")
    stop.set()
    loop.thread.join(LIMIT)
    assert caplog.text.count("The disk is full.") == 1


def test_stopping_gives_the_lease_back(store: Store) -> None:
    stop = threading.Event()
    reading = Counting()
    loop = start(store, stop, reading)
    eventually(lambda: reading.runs > 0, "it should have run")
    assert store.leases.acquire(PROD, "another") is None
    stop.set()
    loop.thread.join(LIMIT)
    assert store.leases.acquire(PROD, "another") is not None


def test_a_reading_that_hangs_does_not_hold_up_leaving_and_cannot_write_afterwards(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loops, "LEAVE_SECONDS", 0.1)
    stop, entered, free = threading.Event(), threading.Event(), threading.Event()

    class Hanging(Counting):
        def run(self, store: CollectorStore) -> list[RunOutcome]:
            entered.set()
            free.wait(LIMIT)
            return super().run(store)

    hanging = Hanging()
    loop = start(store, stop, hanging)
    assert entered.wait(LIMIT)
    stop.set()
    loop.thread.join(LIMIT)
    assert not loop.thread.is_alive()
    runs = len([entry for entry in store.read.audit(1000) if entry.action == "collect.estate"])
    free.set()
    eventually(lambda: hanging.runs == 1, "it should end")
    assert len([entry for entry in store.read.audit(1000) if entry.action == "collect.estate"]) == runs


def test_a_collector_that_lost_its_lease_stands_by_until_it_is_free(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(loops, "LEASE_RETRY_SECONDS", 0.05)
    stop = threading.Event()
    reading = Counting()
    loop = start(store, stop, reading)
    eventually(lambda: reading.runs > 0, "it should have run")
    (token,) = reading.tokens
    with store.database.writing() as connection:
        connection.exec_driver_sql("UPDATE leases SET holder = 'thief', token = token + 1")
    eventually(lambda: "taken over prod" in caplog.text, "the loss should be told")
    thief = store.leases.acquire(PROD, "thief")
    assert thief is not None
    store.leases.release(thief)
    eventually(lambda: len(reading.tokens) == 2, "the lease should be taken again")
    assert max(reading.tokens) > thief.token > token
    stop.set()
    loop.thread.join(LIMIT)
