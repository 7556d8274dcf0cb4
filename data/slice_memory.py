"""Slices in memory: budgets straight from a Prometheus, without the store."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date

from scoring.catalog.estate import ClusterName
from scoring.slo.slices import SliceDay, SliceKey


class MemorySlices:
    """A SliceStore in a dictionary, for several threads; minutes that are final keep their values, as in the store."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._days: dict[str, dict[tuple[SliceKey, date], SliceDay]] = {}

    def slice_days(self, sli: str, cluster: ClusterName | None, start: date, end: date) -> list[SliceDay]:
        """The days start…end, both included, ordered by cluster, group, component and day."""
        with self._lock:
            found = list(self._days.get(sli, {}).items())
        return [
            day
            for (key, when), day in sorted(found, key=lambda one: one[0])
            if cluster in (None, key.cluster) and start <= when <= end
        ]

    def save_slice_days(self, days: Sequence[SliceDay]) -> None:
        """Merges whole days."""
        with self._lock:
            for day in days:
                its = self._days.setdefault(day.sli, {})
                known = its.get((day.key, day.day))
                its[day.key, day.day] = known.merged(day) if known else day
