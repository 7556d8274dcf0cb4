"""Minutes in which a target failed or came back: there the last samples alone do not tell what was counted.

A process that restarts takes its series along. When one of them is born again and has reached its old value by the end
of the minute, the difference of the two last samples is nothing. So these minutes are walked through sample by sample.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from data.slice_blocks import Scrapes, SeriesKey
from data.slice_source import Series
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
        failed = (one.failed > 0) | (one.answered < one.made)
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


@dataclass(frozen=True, slots=True)
class Raw:
    """Every sample of a stretch. up: of each target, one series a job. series: one series a duplicate."""

    up: Mapping[str, Sequence[Series]]
    series: Mapping[SeriesKey, Sequence[Series]]


def walk_through(
    samples: Mapping[SeriesKey, Values],
    scrapes: Mapping[str, Scrapes],
    start: int,
    read: Callable[[set[str], int, int], Raw],
) -> tuple[dict[SeriesKey, Values], dict[SeriesKey, Walk]]:
    """The counters from epoch minute `start` on, with what they did in the disturbed minutes, scrape by scrape.

    read: every sample of some targets in epoch minutes low…high−1. What is scraped twice is left as it is: the scrapes
    of one job say nothing of the other's series. So is a series whose exporter gives times of its own.
    """
    flags = disturbed({name: scrapes[name] for name in {key.target for key in samples} & scrapes.keys()})
    values = dict(samples)
    walks: dict[SeriesKey, Walk] = {}
    for low, high in stretches(flags.values()) if flags else ():
        targets = {target for target, its in flags.items() if its[low:high].any()}
        raw = read(targets, start + low, start + high)
        for key in samples:
            ups, its = raw.up.get(key.target, ()), raw.series.get(key, ())
            if key.target not in targets or len(ups) != 1 or len(its) > 1:
                continue
            answered = ups[0].times[ups[0].values == 1]
            times, found = (its[0].times, its[0].values) if its else (answered[:0], answered[:0])
            if not np.isin(times, answered).all():
                continue
            at = dict(zip(times.tolist(), found.tolist(), strict=True))
            for index in (low + np.flatnonzero(flags[key.target][low:high])).tolist():
                seen = [at.get(time) for time in answered[_inside(answered, start + index)].tolist()]
                if not seen:
                    continue
                if key not in walks:
                    values[key] = samples[key].copy()
                    walks[key] = Walk(samples[key].copy(), np.zeros(len(samples[key])))
                first, last = (np.nan if value is None else value for value in (seen[0], seen[-1]))
                walks[key].first[index], walks[key].inner[index], values[key][index] = first, _events(seen), last
    return values, walks


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
