"""The collector's threads: one a source, under the lease of its cluster."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence

from data.collecting.readings import Reading, SourceReadings
from data.store import CollectorStore, Store
from data.store.failures import LeaseLostError, StoreError
from data.store.leases import LEASE_SECONDS, Lease, this_process
from scoring.catalog.estate import ClusterName

log = logging.getLogger(__name__)

LEASE_RETRY_SECONDS = 5.0
"""How often a collector that waits for a lease asks for it."""

LEAVE_SECONDS = 3.0
"""How long a thread may take to finish its transaction when the collector leaves; a slow source is not waited for."""

_LOOK_UP = 0.5


class SourceLoop:
    """Runs the readings of one source on their cadences, until told to leave. Nothing that fails in one stops another.

    Whoever is late starts at once and does not catch up on what it missed.
    """

    def __init__(self, readings: SourceReadings, store: CollectorStore, leave: threading.Event) -> None:
        self._readings = readings
        self._store = store
        self._leave = leave
        self._trouble = ""
        name = f"collect {readings.cluster}/{readings.source}"
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)

    def _run(self) -> None:
        due = {index: time.monotonic() for index in range(len(self._readings.readings))}
        while not self._leave.is_set():
            index = min(due, key=lambda candidate: due[candidate])
            if self._leave.wait(max(0.0, due[index] - time.monotonic())):
                return
            reading = self._readings.readings[index]
            started = time.monotonic()
            self._read(reading)
            due[index] = max(started + reading.every, time.monotonic())

    def _read(self, reading: Reading) -> None:
        what = f"{self._readings.cluster}/{self._readings.source} ({reading.scope})"
        try:
            reading.run(self._store)
        except LeaseLostError as error:
            log.warning("%s", error)
            self._leave.set()
        except StoreError as error:
            self._say(f"{what} was read and could not be written: {error}")
        except Exception:
            log.exception("%s could not be written", what)  # a fault of one reading must not end the others
        else:
            self._say("")

    def _say(self, trouble: str) -> None:
        """Log a trouble when it begins and when it ends, not at every attempt."""
        if trouble and trouble != self._trouble:
            log.error("%s", trouble)
        elif self._trouble and not trouble:
            log.info("writing %s/%s goes on", self._readings.cluster, self._readings.source)
        self._trouble = trouble


class ClusterLoop:
    """Collects one cluster: waits for its lease, reads while it holds it, gives it back when it is told to stop."""

    def __init__(
        self, store: Store, cluster: ClusterName, make: Callable[[], Sequence[SourceReadings]], stop: threading.Event
    ) -> None:
        self._store = store
        self._cluster = cluster
        self._make = make
        self._stop = stop
        self.thread = threading.Thread(target=self._run, name=f"collect {cluster}", daemon=True)

    def _run(self) -> None:
        while not self._stop.is_set():
            lease = self._acquire()
            if lease is None:
                self._stop.wait(LEASE_RETRY_SECONDS)
                continue
            log.info("collecting %s (token %d)", self._cluster, lease.token)
            try:
                self._collect(lease)
            except Exception:  # whatever it is: the other clusters go on, and this one is tried again
                log.exception("collecting %s ended in a way that nobody foresaw", self._cluster)
                self._stop.wait(LEASE_RETRY_SECONDS)

    def _acquire(self) -> Lease | None:
        try:
            return self._store.leases.acquire(self._cluster, this_process())
        except StoreError as error:
            log.error("no lease for %s: %s", self._cluster, error)  # noqa: TRY400 - the sentence says it all
            return None

    def _collect(self, lease: Lease) -> None:
        leave = threading.Event()
        readings = self._make()
        loops = [SourceLoop(some, self._store.collecting(lease), leave) for some in readings]
        for loop in loops:
            loop.thread.start()
        self._hold(lease, leave)
        leave.set()
        deadline = time.monotonic() + LEAVE_SECONDS
        for some, loop in zip(readings, loops, strict=True):
            loop.thread.join(max(0.0, deadline - time.monotonic()))
            if not loop.thread.is_alive():
                some.close()
        try:
            self._store.leases.release(lease)
        except StoreError as error:
            log.warning("the lease of %s ends by itself: %s", self._cluster, error)

    def _hold(self, lease: Lease, leave: threading.Event) -> None:
        """Keep the lease until it is time to leave, also when the cadences are longer than the lease."""
        beat = time.monotonic() + LEASE_SECONDS / 3
        while not self._stop.is_set() and not leave.wait(_LOOK_UP):
            if time.monotonic() < beat:
                continue
            beat = time.monotonic() + LEASE_SECONDS / 3
            try:
                self._store.leases.renew(lease)
            except LeaseLostError as error:
                log.warning("%s", error)
                return
            except StoreError as error:
                log.warning("the lease of %s could not be renewed: %s", self._cluster, error)
