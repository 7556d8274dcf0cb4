"""Minutes in which a target failed or came back: there the last samples alone do not tell what was counted.

A process that restarts takes its series along. When one of them is born again and has reached its old value by the end
of the minute, the difference of the two last samples is nothing. So these minutes are walked through sample by sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from data.slice_blocks import Minutes, Scrapes, SeriesKey
from scoring.slo.counting import SPARSE, Flags, Walk
from scoring.slo.slices import Values

STRETCH = 30
"""Minutes whose samples are asked for at once."""


def disturbed(scrapes: Mapping[str, Scrapes]) -> dict[str, Flags]:
    """Per target the minutes to be walked through: answered, but not at every scrape, or not in the minute before.

    A minute without any scrape disturbs the next one only where scrapes are so frequent that it is no jitter.
    """
    found: dict[str, Flags] = {}
    for target, one in scrapes.items():
        failed = one.answered < one.made
        if float(one.made.max(initial=0)) > SPARSE:
            failed = failed | (one.made == 0)
        flags = (one.answered > 0) & (failed | np.concatenate(([False], failed[:-1])))
        if flags.any():
            found[target] = flags
    return found


def stretches(flags: Iterable[Flags]) -> Iterator[tuple[int, int]]:
    """First minute and end of each stretch of minutes that any of the flags names, at most STRETCH long."""
    minutes = np.flatnonzero(np.logical_or.reduce(list(flags)))
    low = end = -1
    for minute in map(int, minutes):
        if minute != end or minute - low >= STRETCH:
            if low >= 0:
                yield low, end
            low = minute
        end = minute + 1
    if low >= 0:
        yield low, end


class Walked:
    """Collects walks through single minutes, and lays them over what the last samples told."""

    def __init__(self, start: int) -> None:
        self._start = start
        self._walks: dict[SeriesKey, dict[int, tuple[float, float, float]]] = {}

    def add(self, key: SeriesKey, samples: tuple[Values, Values], answered: Values, minutes: Iterable[int]) -> None:
        """Walk one series through some epoch minutes.

        samples: times and values. answered: times of its target's answered scrapes; a series whose times are others
        (its exporter gives them) is left as it is.
        """
        times, values = samples
        if not np.isin(times, answered).all():
            return
        at = dict(zip(times.tolist(), values.tolist(), strict=True))
        for minute in minutes:
            seen = [at.get(time) for time in answered[_inside(answered, minute)].tolist()]
            if seen:
                first, last = (np.nan if value is None else value for value in (seen[0], seen[-1]))
                self._walks.setdefault(key, {})[minute] = (first, _events(seen), last)

    def over(self, samples: Mapping[SeriesKey, Minutes]) -> dict[SeriesKey, Minutes]:
        """The series with their walks."""
        laid = dict(samples)
        for key, walks in self._walks.items():
            known = samples[key]
            last, first, inner = known.last.copy(), known.last.copy(), np.zeros(len(known.last))
            for minute, (its_first, events, its_last) in walks.items():
                index = minute - self._start
                first[index], inner[index], last[index] = its_first, events, its_last
            laid[key] = Minutes(last, Walk(first, inner))
        return laid


def _inside(times: NDArray[np.float64], minute: int) -> Flags:
    """The times in (minute, minute + 1]."""
    return (times > minute * 60) & (times <= (minute + 1) * 60)


def _events(seen: list[float | None]) -> float:
    """Events between the first and the last of these scrapes; a series that was not in the one before is born at 0."""
    events = 0.0
    for before, value in pairwise(seen):
        if value is not None:
            events += value if before is None or value < before else value - before
    return events
