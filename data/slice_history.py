"""The slices that the store has of one SLI of one cluster, and what follows from them for the minutes to come."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Protocol

import numpy as np

from data.slice_blocks import stretches
from scoring.catalog.estate import ClusterName
from scoring.slo.counting import Before, CountedMinutes
from scoring.slo.definition import EventsSli
from scoring.slo.slices import (
    FINAL,
    GROUP,
    MINUTES_PER_DAY,
    MinuteState,
    SliceDay,
    SliceKey,
    States,
    Values,
    cut_into_days,
    edge,
    first_minute,
    laid_out,
)

ANSWERED = (MinuteState.COVERED, MinuteState.BRIDGED)
"""States of minutes in which a target answered, or that lie between two such minutes."""


class SliceStore(Protocol):
    """The part of the store that slices are kept in."""

    def slice_days(self, sli: str, cluster: ClusterName | None, start: date, end: date) -> Sequence[SliceDay]:
        """The days start…end, both included."""
        ...

    def save_slice_days(self, days: Sequence[SliceDay]) -> None:
        """Writes whole days in one transaction; minutes that are final in the store keep their values."""
        ...


class SliceHistory:
    """The slices that the store has of one SLI of one cluster, and what follows from them for the next minutes."""

    def __init__(self, store: SliceStore, sli: EventsSli, cluster: ClusterName, begin: int, end: int) -> None:
        self._store = store
        self._sli = sli
        self._cluster = cluster
        self._begin = begin
        self._end = end
        self._days: dict[tuple[str, date], SliceDay] = {}
        recent = edge(end).date() - timedelta(days=1)
        self._read(recent)
        if not np.isin(self._states(), ANSWERED).any():
            self._read(edge(begin).date())

    def _read(self, start: date) -> None:
        days = self._store.slice_days(self._sli.hash, self._cluster, start, edge(self._end).date())
        self._days = {(day.component, day.day): day for day in days if not day.group}

    def _states(self) -> States:
        """The group's states from `begin` to the end of the last day."""
        group = [day for (component, _), day in self._days.items() if component == GROUP]
        return laid_out(group, self._begin, self._end)[1]

    @property
    def next_minute(self) -> int:
        """The first minute that has not been asked about."""
        asked = np.flatnonzero(self._states() != MinuteState.PENDING)
        return self._begin + int(asked[-1]) + 1 if len(asked) else self._begin

    @property
    def begin(self) -> int:
        """The first minute of the history."""
        return self._begin

    def before(self, first: int) -> Before:
        """What is known of the time before minute `first`."""
        states = self._states()[: first - self._begin]
        answered = np.flatnonzero(np.isin(states, ANSWERED))
        gap = bool(len(answered)) and bool((states[answered[-1] :] == MinuteState.UNKNOWN).any())
        return Before(known=bool(np.isin(states, FINAL).any()), gap=gap)

    def gap_start(self, first: int) -> int:
        """The minute after the last answered one before `first`."""
        states = self._states()[: first - self._begin]
        answered = np.flatnonzero(np.isin(states, ANSWERED))
        return self._begin + int(answered[-1]) + 1

    def unknown_stretches(self) -> Iterator[tuple[int, int]]:
        """Stretches of unknown minutes, oldest first, as they are before anything is asked again."""
        self._read(edge(self._begin).date())
        for low, high in stretches(np.flatnonzero(self._states() == MinuteState.UNKNOWN)):
            yield self._begin + low, self._begin + high

    def newest_component(self) -> str | None:
        """The component that was counted last; None when nothing was in the days that were read."""
        counted = (
            (day.day, int(np.flatnonzero(day.values)[-1]), component)
            for (component, _), day in self._days.items()
            if day.values.any()
        )
        return max(counted, default=(None, 0, None))[2]

    def save(self, first: int, counted: CountedMinutes) -> None:
        """Merges counted minutes in and writes the days that they touch."""
        lead = first - self.gap_start(first) if counted.closes_gap else 0
        states = np.concatenate((np.full(lead, MinuteState.BRIDGED, dtype=np.uint8), counted.states))
        countable = np.isin(states, ANSWERED)
        touched = self._merge(GROUP, first - lead, np.zeros(len(states)), states)
        nothing = np.zeros(len(counted.states))
        no_bridge = np.zeros(len(counted.states), dtype=np.bool_)
        for component in sorted({*counted.counts, *(name for name, day in self._days if name and day in touched)}):
            values = np.concatenate((np.zeros(lead), counted.counts.get(component, nothing)))
            bridged = np.concatenate((np.zeros(lead, dtype=np.bool_), counted.bridged.get(component, no_bridge)))
            own = np.where(bridged & countable, np.uint8(MinuteState.BRIDGED), states)
            self._merge(component, first - lead, values, own)
        self._store.save_slice_days([day for (_, when), day in sorted(self._days.items()) if when in touched])

    def _merge(self, component: str, start: int, values: Values, states: States) -> set[date]:
        key = SliceKey(self._sli.hash, self._cluster, "", component)
        touched: set[date] = set()
        for day in cut_into_days(key, start, values, states):
            touched.add(day.day)
            known = self._days.get((component, day.day))
            if known is None and component != GROUP:
                if not day.values.any():
                    continue
                known = self._before_birth(key, day.day, start)
            self._days[component, day.day] = day if known is None else known.merged(day)
        return touched

    def _before_birth(self, key: SliceKey, day: date, start: int) -> SliceDay:
        """A day of a component that is counted for the first time: nothing before, seen as well as its group was."""
        low = max(0, min(MINUTES_PER_DAY, start - first_minute(day)))
        states = self._days[GROUP, day].states.copy()
        states[low:] = MinuteState.PENDING
        return SliceDay(key.sli, key.cluster, key.group, key.component, day, np.zeros(MINUTES_PER_DAY), states)
