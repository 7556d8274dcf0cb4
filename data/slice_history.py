"""The slices that the store has of one SLI of one cluster, and what follows from them for the minutes to come."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import Protocol

import numpy as np

from data.slice_blocks import stretches
from scoring.catalog.estate import ClusterName
from scoring.slo.counting import Before, CountedMinutes
from scoring.slo.definition import Sli
from scoring.slo.gauging import RETIRED_AFTER, MeasuredMinutes
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

RECENT = timedelta(days=2)
"""What is read at first: the next minute is in it, and a day before that, unless nothing answered for longer."""


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

    def __init__(self, store: SliceStore, sli: Sli, cluster: ClusterName, begin: int, end: int) -> None:
        self._store = store
        self._hash = sli.hash
        self._counts = sli.kind != "time_slices"
        self._cluster = cluster
        self._begin = begin
        self._end = end
        self._days: dict[str, dict[tuple[str, date], SliceDay]] = {}
        self._read(edge(end).date() - RECENT)
        if not any(np.isin(self._states(group), ANSWERED).any() for group in self.groups) or (
            first_minute(edge(end).date() - RECENT) > self.next_minute - RETIRED_AFTER
        ):
            self._read(edge(begin).date())

    def _read(self, start: date) -> None:
        days = self._store.slice_days(self._hash, self._cluster, start, edge(self._end).date())
        self._days = {}
        for day in days:
            self._of(day.group)[day.component, day.day] = day

    def _of(self, group: str) -> dict[tuple[str, date], SliceDay]:
        return self._days.setdefault(group, {})

    def _states(self, group: str) -> States:
        """A group's states from `begin` to the end of the last day."""
        days = [day for (component, _), day in self._of(group).items() if component == GROUP]
        return laid_out(days, self._begin, self._end)[1]

    @property
    def groups(self) -> set[str]:
        """Groups that have slices, as far as was read; "" alone where the SLI is not grouped."""
        return {group for group, days in self._days.items() if days}

    @property
    def next_minute(self) -> int:
        """The first minute that has not been asked about."""
        asked = (np.flatnonzero(self._states(group) != MinuteState.PENDING) for group in self.groups)
        return max((self._begin + int(minutes[-1]) + 1 for minutes in asked if len(minutes)), default=self._begin)

    @property
    def begin(self) -> int:
        """The first minute of the history."""
        return self._begin

    def known(self, first: int) -> bool:
        """True when any group was observed before minute `first`."""
        return any(self.before(group, first).known for group in self.groups)

    def before(self, group: str, first: int) -> Before:
        """What is known of a group before minute `first`."""
        states = self._states(group)[: first - self._begin]
        answered = np.flatnonzero(np.isin(states, ANSWERED))
        gap = bool(len(answered)) and bool((states[answered[-1] :] == MinuteState.UNKNOWN).any())
        return Before(known=bool(np.isin(states, FINAL).any()), gap=gap)

    def seen(self, group: str, first: int) -> dict[str, int]:
        """By component of a gauge, the last minute before `first` that it answered in, as far back as it matters."""
        start = max(self._begin, first - RETIRED_AFTER - 1)
        found: dict[str, int] = {}
        for (component, when), day in sorted(self._of(group).items()):
            if component == GROUP or first_minute(when) + MINUTES_PER_DAY <= start:
                continue
            minutes = first_minute(when) + np.flatnonzero(day.states == MinuteState.COVERED)
            minutes = minutes[(minutes >= start) & (minutes < first)]
            if len(minutes):
                found[component] = int(minutes[-1])
        return found

    def gap_start(self, group: str, first: int) -> int:
        """The minute after the last answered one before `first`."""
        states = self._states(group)[: first - self._begin]
        answered = np.flatnonzero(np.isin(states, ANSWERED))
        return self._begin + int(answered[-1]) + 1

    def unknown_stretches(self) -> Iterator[tuple[int, int]]:
        """Stretches of minutes unknown in any group, oldest first, as they are before anything is asked again."""
        self._read(edge(self._begin).date())
        flags = np.zeros(self._end - self._begin, dtype=np.bool_)
        for group in self.groups:
            flags |= self._states(group) == MinuteState.UNKNOWN
        for low, high in stretches(np.flatnonzero(flags)):
            yield self._begin + low, self._begin + high

    def newest_component(self) -> str | None:
        """The component that was counted last; None when nothing was in the days that were read."""
        counted = (
            (day.day, int(np.flatnonzero(day.values)[-1]), component)
            for days in self._days.values()
            for (component, _), day in days.items()
            if day.values.any()
        )
        return max(counted, default=(None, 0, None))[2]

    def save(self, first: int, found: Mapping[str, CountedMinutes | MeasuredMinutes]) -> None:
        """Merges the minutes of each group in and writes the days that they touch, all in one transaction."""
        written: list[SliceDay] = []
        for group, minutes in sorted(found.items()):
            if isinstance(minutes, CountedMinutes):
                touched = self._merge_counted(group, first, minutes)
            else:
                touched = self._merge_measured(group, first, minutes)
            written.extend(day for (_, when), day in sorted(self._of(group).items()) if when in touched)
        self._store.save_slice_days(written)

    def _merge_counted(self, group: str, first: int, counted: CountedMinutes) -> set[date]:
        lead = first - self.gap_start(group, first) if counted.closes_gap else 0
        states = np.concatenate((np.full(lead, MinuteState.BRIDGED, dtype=np.uint8), counted.states))
        countable = np.isin(states, ANSWERED)
        touched = self._merge(group, GROUP, first - lead, np.zeros(len(states)), states)
        nothing = np.zeros(len(counted.states))
        no_bridge = np.zeros(len(counted.states), dtype=np.bool_)
        for component in sorted({*counted.counts, *self._components(group, touched)}):
            values = np.concatenate((np.zeros(lead), counted.counts.get(component, nothing)))
            bridged = np.concatenate((np.zeros(lead, dtype=np.bool_), counted.bridged.get(component, no_bridge)))
            own = np.where(bridged & countable, np.uint8(MinuteState.BRIDGED), states)
            self._merge(group, component, first - lead, np.where(countable, values, 0.0), own)
        return touched

    def _merge_measured(self, group: str, first: int, measured: MeasuredMinutes) -> set[date]:
        touched = self._merge(group, GROUP, first, np.zeros(len(measured.states)), measured.states)
        for component, states in measured.component_states.items():
            self._merge(group, component, first, measured.values[component], states)
        return touched

    def _components(self, group: str, days: set[date]) -> set[str]:
        return {name for name, day in self._of(group) if name and day in days}

    def _merge(self, group: str, component: str, start: int, values: Values, states: States) -> set[date]:
        key = SliceKey(self._hash, self._cluster, group, component)
        touched: set[date] = set()
        for day in cut_into_days(key, start, values, states):
            touched.add(day.day)
            known = self._of(group).get((component, day.day))
            if known is None and component != GROUP and self._counts:
                if not day.values.any():
                    continue
                known = self._before_birth(key, day.day, start)
            self._of(group)[component, day.day] = day if known is None else known.merged(day)
        return touched

    def _before_birth(self, key: SliceKey, day: date, start: int) -> SliceDay:
        """A day of a component that is counted for the first time: nothing before, seen as well as its group was."""
        low = max(0, min(MINUTES_PER_DAY, start - first_minute(day)))
        states = self._of(key.group)[GROUP, day].states.copy()
        states[low:] = MinuteState.PENDING
        return SliceDay(key.sli, key.cluster, key.group, key.component, day, np.zeros(MINUTES_PER_DAY), states)
