"""Days of slices that nothing can change any more, kept as they were read.

Pages judge the same month minute after minute, and all but its last day is closed: every minute of it is final, and
`data.store.slices` refuses to write over it. Those days are read and unpacked once.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import Connection

from data.store.slice_rows import StoredDay, days_stored, read_stored
from scoring.catalog.estate import ClusterName
from scoring.slo.slices import FINAL, SliceDay

MOST_BYTES = 256 * 1024 * 1024
"""A hundred SLOs of five components over 39 days take about half of it."""

FORGOTTEN_SECONDS = 900.0
"""A day that nobody asked for this long makes room. Those that are asked for stay when there is no room: to replace
them by turns would cost as much as no memory at all, and keep nothing."""

_CLOSED = np.isin(np.arange(256), FINAL)


@dataclass(slots=True)
class _Kept:
    """A closed day. stored: the row that it was read from. asked: when somebody last wanted it, monotonic seconds."""

    stored: StoredDay
    day: SliceDay
    asked: float


class ClosedDays:
    """A memory of closed days for all threads of a process.

    What is stored is asked for at each read, so a day that was pruned or restored from elsewhere is never shown from
    memory: a kept day counts only for the very row, by key and sizes, that it was read from.
    """

    def __init__(self, most_bytes: int = MOST_BYTES, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._most = most_bytes
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._bytes = 0

    def read(
        self, connection: Connection, sli: str, cluster: ClusterName | None, start: date, end: date
    ) -> list[SliceDay]:
        """The days of one SLI from start to end, both included, ordered by cluster, group, component and day."""
        stored = days_stored(connection, sli, cluster, start, end)
        known = self._known(stored)
        fresh = dict(read_stored(connection, [one.id for one in stored if one.id not in known]))
        self._keep((one, fresh[one.id]) for one in stored if one.id in fresh)
        found = {**known, **fresh}
        return [found[one.id] for one in stored]

    def _known(self, stored: Iterable[StoredDay]) -> dict[int, SliceDay]:
        found: dict[int, SliceDay] = {}
        now = self._monotonic()
        with self._lock:
            for one in stored:
                kept = self._kept.get(one.id)
                if kept is not None and kept.stored == one:
                    kept.asked = now
                    self._kept.move_to_end(one.id)
                    found[one.id] = kept.day
        return found

    def _keep(self, fresh: Iterable[tuple[StoredDay, SliceDay]]) -> None:
        now = self._monotonic()
        closed = [(stored, day) for stored, day in fresh if _CLOSED[day.states].all()]
        with self._lock:
            for stored, day in closed:
                self._drop(stored.id)
                self._make_room(_size(day), now)
                if self._bytes + _size(day) <= self._most:
                    self._kept[stored.id] = _Kept(stored, day, now)
                    self._bytes += _size(day)

    def _make_room(self, wanted: int, now: float) -> None:
        while self._kept and self._bytes + wanted > self._most:
            number, oldest = next(iter(self._kept.items()))
            if now - oldest.asked < FORGOTTEN_SECONDS:
                return
            self._drop(number)

    def _drop(self, number: int) -> None:
        kept = self._kept.pop(number, None)
        if kept is not None:
            self._bytes -= _size(kept.day)


def _size(day: SliceDay) -> int:
    """Bytes of the arrays, as if no other day shared them."""
    return day.values.nbytes + day.states.nbytes
