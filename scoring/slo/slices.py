"""Slices: what one component of an SLI counted in each minute of a UTC day, and how well that minute was observed.

Minute i of a day covers (day + i min, day + i + 1 min]. Every budget, chart, tile and band is computed from these
arrays, so they carry their own rules: a value that was never observed cannot be stored as a number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from typing import Any, NewType

import numpy as np
from numpy.typing import NDArray

from scoring.catalog.estate import ClusterName

MINUTES_PER_DAY = 1440
MINUTE = timedelta(minutes=1)

READING_DELAY = timedelta(seconds=60)
"""A budget's window ends this long (and the rest of a minute) before now: twice the collector's default wait for late
samples, so that a reader never asks for a minute that the collector could not have written yet."""

SliHash = NewType("SliHash", str)
"""Hash of what an SLI counts; objective, threshold and policy are not in it (see `scoring.slo.definition`)."""

Values = NDArray[np.float64]
States = NDArray[np.uint8]

GROUP = ""
"""The component whose states are those of the whole group and whose values are all 0; every group has it, also one
that has counted nothing yet."""


class MinuteState(IntEnum):
    """How well one minute was observed."""

    PENDING = 0
    """Not closed, or not asked for yet."""
    COVERED = 1
    """The targets were scraped, idle or not."""
    DOWN = 2
    """Prometheus answered and none of the SLI's targets did."""
    UNKNOWN = 3
    """Prometheus has nothing about this minute."""
    BRIDGED = 4
    """Part of a scrape gap that was closed by a difference: counted (in the minute that closes it), not covered."""


FINAL = (MinuteState.COVERED, MinuteState.DOWN, MinuteState.BRIDGED)
"""States of a closed minute; they and their values never change."""


@dataclass(frozen=True, slots=True, order=True)
class SliceKey:
    """Whose minutes these are. group: "" where the SLI is not grouped. component: an error code, a bucket or GROUP."""

    sli: SliHash
    cluster: ClusterName
    group: str
    component: str


_LAST_STATE = max(MinuteState)

_UNCOUNTED = np.array([state not in (MinuteState.COVERED, MinuteState.BRIDGED) for state in range(_LAST_STATE + 1)])
"""By state: no value may stand there. A month of a hundred SLOs is ten thousand days, so this is looked up."""


@dataclass(frozen=True, slots=True, eq=False)
class SliceDay:
    """One UTC day of one component.

    values: float64[1440], events counted in each minute, never negative, 0 where nothing was counted.
    states: uint8[1440], MinuteState of each minute; only COVERED and BRIDGED minutes may carry a value.
    Raises ValueError when an array breaks these rules. The arrays are read-only: copies of those that are not.
    """

    sli: SliHash
    cluster: ClusterName
    group: str
    component: str
    day: date
    values: Values
    states: States

    def __post_init__(self) -> None:
        """Checks the rules and freezes the arrays."""
        values = _frozen(self.values, np.float64)
        states = _frozen(self.states, np.uint8)
        where = f"slice day {self.day} of {self.cluster}/{self.group or '-'}/{self.component or 'group'}"
        for name, array in (("values", values), ("states", states)):
            if array.shape != (MINUTES_PER_DAY,):
                raise ValueError(f"{where}: {name} has shape {array.shape}, a day has {MINUTES_PER_DAY} minutes")
        most = values.max()
        if not (values.min() >= 0 and most < np.inf):  # what is no number is neither
            raise ValueError(f"{where}: a count is a finite number that is not negative")
        if states.max() > _LAST_STATE:
            raise ValueError(f"{where}: {states.max()} is no minute state")
        if most and values[_UNCOUNTED[states]].any():
            raise ValueError(f"{where}: a minute that was not observed carries a count")
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "states", states)

    @property
    def key(self) -> SliceKey:
        """The series that this day belongs to."""
        return SliceKey(self.sli, self.cluster, self.group, self.component)

    @classmethod
    def empty(cls, key: SliceKey, day: date) -> SliceDay:
        """A day of which nothing is known yet: every minute pending."""
        values, states = np.zeros(MINUTES_PER_DAY), np.zeros(MINUTES_PER_DAY, dtype=np.uint8)
        return cls(key.sli, key.cluster, key.group, key.component, day, values, states)

    def merged(self, newer: SliceDay) -> SliceDay:
        """This day with `newer` written over every minute that is not final; ValueError for another series or day."""
        if (self.key, self.day) != (newer.key, newer.day):
            raise ValueError(f"{newer.key} {newer.day} cannot be merged into {self.key} {self.day}")
        keep = np.isin(self.states, FINAL) | (newer.states == MinuteState.PENDING)
        values = np.where(keep, self.values, newer.values)
        states = np.where(keep, self.states, newer.states)
        return SliceDay(self.sli, self.cluster, self.group, self.component, self.day, values, states)


def _frozen(array: NDArray[Any], kind: type[np.generic]) -> NDArray[Any]:
    """The array itself when nobody can write to it any more, else a read-only copy; days that are read are frozen."""
    if array.dtype == kind and not array.flags.writeable and (array.base is None or isinstance(array.base, bytes)):
        return array
    copy = np.array(array, dtype=kind)
    copy.flags.writeable = False
    return copy


def minutes_in(states: States, *wanted: MinuteState) -> NDArray[np.bool_]:
    """Which minutes are in one of these states. Compared as plain integers: numpy needs ten times as long for a member
    of an enumeration, and a review compares months of a hundred SLOs."""
    found: NDArray[np.bool_] = states == int(wanted[0])
    for state in wanted[1:]:
        found |= states == int(state)
    return found


def minute_index(moment: datetime) -> int:
    """Minutes from the epoch to the last minute edge at or before `moment` (which must be timezone-aware)."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no minute")
    return int(moment.timestamp() // 60)


def edge(index: int) -> datetime:
    """The moment (UTC) of a minute edge; minute `index` covers (edge(index), edge(index + 1)]."""
    return datetime.fromtimestamp(index * 60, UTC)


def last_edge(now: datetime) -> int:
    """The edge at which every window read at `now` ends: the end of the last minute that readers treat as closed."""
    return minute_index(now - READING_DELAY)


def laid_out(days: Iterable[SliceDay], start: int, end: int) -> tuple[Values, States]:
    """One component's epoch minutes start…end−1 in a row: values and states; pending where no day is given."""
    values = np.zeros(end - start)
    states = np.zeros(end - start, dtype=np.uint8)
    for run in _runs_of_days(days):
        first = first_minute(run[0].day)
        low, high = max(start, first), min(end, first + len(run) * MINUTES_PER_DAY)
        if low >= high:
            continue
        of_run, part = slice(low - first, high - first), slice(low - start, high - start)
        run_values = np.concatenate([day.values for day in run])[of_run]
        run_states = np.concatenate([day.states for day in run])[of_run]
        if (low, high) == (start, end):
            return run_values, run_states
        values[part], states[part] = run_values, run_states
    return values, states


def _runs_of_days(days: Iterable[SliceDay]) -> list[list[SliceDay]]:
    """The days in order, cut where one is missing; a month in one piece is laid out at once."""
    ordered = sorted(days, key=lambda day: day.day)
    if not ordered:
        return []
    if (ordered[-1].day - ordered[0].day).days == len(ordered) - 1:
        return [ordered]
    return [[day] for day in ordered]


def first_minute(day: date) -> int:
    """The epoch minute at which a UTC day begins."""
    return (day - date(1970, 1, 1)).days * MINUTES_PER_DAY


def cut_into_days(key: SliceKey, start: int, values: Values, states: States) -> list[SliceDay]:
    """Minutes from epoch minute `start` on as the days that they touch; minutes outside are pending."""
    days: list[SliceDay] = []
    end = start + len(values)
    for first in range(start - start % MINUTES_PER_DAY, end, MINUTES_PER_DAY):
        day_values, day_states = np.zeros(MINUTES_PER_DAY), np.zeros(MINUTES_PER_DAY, dtype=np.uint8)
        low, high = max(start, first), min(end, first + MINUTES_PER_DAY)
        day_values[low - first : high - first] = values[low - start : high - start]
        day_states[low - first : high - first] = states[low - start : high - start]
        day = edge(first).date()
        days.append(SliceDay(key.sli, key.cluster, key.group, key.component, day, day_values, day_states))
    return days
