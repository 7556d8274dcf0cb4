"""The slice function: from counter samples and the scrapes of their targets to counts and states of minutes.

Every rule looks back to the previous scrape of the same target and no further, so a stretch counted in two parts gives
the same minutes as the stretch counted at once, as long as each part is given the samples up to that scrape.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from scoring.slo.slices import MinuteState, States, Values

Flags = NDArray[np.bool_]
Indices = NDArray[np.intp]

SPARSE = 2
"""A target with at most so many scrapes in any minute is scraped about once a minute or less often: scrape jitter then
leaves single minutes without a scrape, which are no gap."""


class Walk(NamedTuple):
    """What one series did in the minutes of which every single sample was read; each array has all of the minutes.

    first: its value at its target's first answered scrape, NaN where it was not in it. inner: events from there to the
    last answered scrape.
    """

    first: Values
    inner: Values

    @property
    def present(self) -> Flags:
        """Minutes in which the walk met it."""
        return ~np.isnan(self.first) | (self.inner > 0)


@dataclass(frozen=True, slots=True, eq=False)
class CounterMinutes:
    """One counter series of one target.

    values: its last sample in each minute, NaN where it had none; in minutes that were walked through, NaN also where
    it was not in the target's last answered scrape any more. walk: None where no minute was walked through.
    """

    component: str
    target: str
    values: Values
    walk: Walk | None = None

    @property
    def first(self) -> Values:
        """What the difference to the minutes before is taken of."""
        return self.values if self.walk is None else self.walk.first

    @property
    def present(self) -> Flags:
        """Minutes in which it had a sample."""
        there = ~np.isnan(self.values)
        return there if self.walk is None else there | self.walk.present


@dataclass(frozen=True, slots=True, eq=False)
class TargetMinutes:
    """One target's `up`: scrapes in each minute, and how many of them were answered."""

    target: str
    scrapes: Values
    answered: Values


@dataclass(frozen=True, slots=True)
class Before:
    """What is known of the time before the minutes to be counted.

    known: a target of this SLI has answered at some time. gap: since then, Prometheus had nothing for a while.
    """

    known: bool = False
    gap: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class CountedMinutes:
    """What the slice function found, from the first minute to be counted on.

    states: the group's. counts: events by component. bridged: by component, minutes whose count spans a gap of a
    target. closes_gap: the first answered minute closed a gap that began before the first minute.
    """

    states: States
    counts: Mapping[str, Values]
    bridged: Mapping[str, Flags]
    closes_gap: bool


def last_in_minute(times: Values, values: Values, start: int, end: int) -> Values:
    """The last sample in each of the epoch minutes start…end−1, NaN where there is none.

    times: seconds since the epoch, ascending; a sample on an edge belongs to the minute that the edge ends.
    """
    minutes = np.ceil(times / 60).astype(np.int64) - 1 - start
    inside = (minutes >= 0) & (minutes < end - start)
    laid = np.full(end - start, np.nan)
    laid[minutes[inside]] = values[inside]
    return laid


def count_minutes(
    series: Sequence[CounterMinutes],
    targets: Sequence[TargetMinutes],
    alive: Flags,
    first: int,
    before: Before,
) -> CountedMinutes:
    """Counts the minutes from index `first` on; the minutes before it give the differences their base.

    All arrays cover the same minutes. alive: Prometheus stored at least one `up` sample of anything.
    The order of series and targets has no influence. A minute at the very end in which every target was silent while
    Prometheus lived stays PENDING: only the next one tells a vanished target from a Prometheus that was stopping.
    """
    length = len(alive)
    scrapes = {target.target: target for target in targets}
    present = _present(series, length)
    told = {name: target.answered > 0 for name, target in scrapes.items()}
    nothing = np.zeros(length, dtype=np.bool_)
    seen = {name: told.get(name, nothing) | present.get(name, nothing) for name in sorted({*told, *present})}
    sparse = {name: name in scrapes and float(scrapes[name].scrapes.max(initial=0)) <= SPARSE for name in seen}

    counts: dict[str, Values] = defaultdict(lambda: np.zeros(length))
    bridged: dict[str, Flags] = defaultdict(lambda: np.zeros(length, dtype=np.bool_))
    for one in sorted(series, key=lambda it: (it.component, it.target)):
        name = one.target
        difference, spans_gap = _differences(one, seen[name], told.get(name, nothing), 2 if sparse[name] else 1)
        counts[one.component] += difference
        bridged[one.component] |= spans_gap & (difference > 0)

    answered = np.zeros(length, dtype=np.bool_)
    for name, flags in seen.items():
        answered |= flags | (_held(flags, scrapes[name].scrapes > 0) if sparse[name] else nothing)
    refused = np.zeros(length, dtype=np.bool_)
    for target in targets:
        refused |= target.scrapes > 0
    known = before.known | np.logical_or.accumulate(np.concatenate(([False], answered[:-1])))
    states = _states(answered, refused, alive | refused | answered, known)
    closes_gap = _bridge(states, answered, seen, first, gap=before.gap)
    return CountedMinutes(
        states=states[first:],
        counts={component: values[first:] for component, values in counts.items()},
        bridged={component: flags[first:] for component, flags in bridged.items()},
        closes_gap=closes_gap,
    )


def _present(series: Sequence[CounterMinutes], length: int) -> dict[str, Flags]:
    """Minutes in which any series of a target has a sample: scraped, whatever `up` says."""
    present: dict[str, Flags] = defaultdict(lambda: np.zeros(length, dtype=np.bool_))
    for one in series:
        present[one.target] |= one.present
    return present


def _previous(flags: Flags) -> Indices:
    """For each minute the index of the last flagged minute before it; −1 where there is none."""
    indices = np.where(flags, np.arange(len(flags)), -1)
    return np.concatenate(([-1], np.maximum.accumulate(indices)[:-1])) if len(flags) else indices


def _differences(one: CounterMinutes, seen: Flags, told: Flags, stride: int) -> tuple[Values, Flags]:
    """Events of one series in each minute, and the minutes whose difference spans a gap of its target.

    The base is the target's previous scrape. If the series was in it: the difference, or the value itself after a
    reset. If it was not, and `up` tells that the target was scraped: born at 0. Otherwise the first value is a
    baseline. stride: minutes between two scrapes that are no gap.
    """
    values, first = one.values, one.first
    base = _previous(seen)
    at_base = np.where(base >= 0, values[base], np.nan)
    born = np.isnan(at_base) & (base >= 0) & told[base]
    earlier = _previous(~np.isnan(values))
    fallback = np.where(earlier >= 0, values[earlier], np.nan)
    at_base = np.where(born, 0.0, np.where(np.isnan(at_base), fallback, at_base))
    rise = first - at_base
    difference = np.where(~np.isnan(rise), np.where(rise >= 0, rise, first), 0.0)
    if one.walk is not None:
        difference = difference + np.where(base >= 0, one.walk.inner, 0.0)
    return difference, (np.arange(len(values)) - base > stride) & (base >= 0)


def _held(flags: Flags, scraped: Flags) -> Flags:
    """Minutes without a scrape that follow one that was answered."""
    return np.concatenate(([False], flags[:-1])) & ~scraped


def _states(answered: Flags, refused: Flags, alive: Flags, known: Flags) -> States:
    """State of each minute by its own evidence; gaps that are bridged are marked later."""
    alive_before = np.concatenate(([True], alive[:-1]))
    alive_after = np.concatenate((alive[1:], [False]))
    vanished = alive & alive_before & alive_after
    states = np.full(len(answered), MinuteState.UNKNOWN, dtype=np.uint8)
    states[known & (refused | vanished)] = MinuteState.DOWN
    states[answered] = MinuteState.COVERED
    if len(states) and known[-1] and not answered[-1] and not refused[-1] and alive[-1] and alive_before[-1]:
        states[-1] = MinuteState.PENDING
    return states


def _bridge(states: States, answered: Flags, seen: Mapping[str, Flags], first: int, *, gap: bool) -> bool:
    """Marks the unknown minutes between two scrapes of one target, and the minute that closes them, as bridged.

    gap: there are unknown minutes before `first` that are not in `states`. Returns whether such a gap was closed.
    """
    previous = _previous(answered)
    base = {name: _previous(flags) for name, flags in seen.items()}
    minutes = np.arange(len(states))
    closes_earlier = False
    for minute in np.flatnonzero(answered & (minutes >= first) & ((minutes - previous > 1) | (previous < first))):
        if not any(seen[name][minute] and base[name][minute] >= 0 for name in seen):
            continue
        inside = np.arange(max(previous[minute] + 1, first), minute)
        unknown = inside[states[inside] == MinuteState.UNKNOWN]
        reaches_back = gap and previous[minute] < first
        if len(unknown) or reaches_back:
            states[unknown] = MinuteState.BRIDGED
            states[minute] = MinuteState.BRIDGED
            closes_earlier |= reaches_back
    return closes_earlier
