"""Minutes in which a target failed or came back: there the last samples alone do not tell what was counted.

A process that restarts takes its series along. When one of them is born again and has reached its old value by the end
of the minute, the difference of the two last samples is nothing. So these minutes are walked through sample by sample.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from data.slice_blocks import Scrapes, SeriesKey, stretches
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
    for low, high in _pieces(flags.values()):
        targets = {target for target, its in flags.items() if its[low:high].any()}
        raw = read(targets, start + low, start + high)
        for key in samples:
            seen = _seen(raw.up[key.target], raw.series.get(key, ())) if key.target in targets & raw.up.keys() else None
            if seen is None:
                continue
            if key not in walks:
                values[key] = samples[key].copy()
                walks[key] = Walk(samples[key].copy(), np.zeros(len(samples[key])))
            for index in (low + np.flatnonzero(flags[key.target][low:high])).tolist():
                found = [value for time, value in seen if _minute(time) == start + index]
                if found:
                    walks[key].first[index], values[key][index] = found[0], found[-1]
                    walks[key].inner[index] = _events(found)
    return values, walks


def _seen(ups: Sequence[Series], its: Sequence[Series]) -> list[tuple[float, float]] | None:
    """The answered scrapes of a target, each with one series' value in it, NaN where it was not in it."""
    if len(ups) != 1 or len(its) > 1:
        return None
    answered = ups[0].times[ups[0].values == 1]
    if not all(np.isin(one.times, answered).all() for one in its):
        return None
    at = {time: value for one in its for time, value in zip(one.times.tolist(), one.values.tolist(), strict=True)}
    return [(time, at.get(time, np.nan)) for time in answered.tolist()]


def _pieces(flags: Iterable[Flags]) -> Iterator[tuple[int, int]]:
    """First minute and end of the stretches that any of the flags names, in pieces of at most STRETCH minutes."""
    for low, high in stretches(np.flatnonzero(np.any(list(flags), axis=0))):
        yield from ((start, min(start + STRETCH, high)) for start in range(low, high, STRETCH))


def _minute(time: float) -> int:
    """The epoch minute that a moment belongs to; one on an edge belongs to the minute that the edge ends."""
    return math.ceil(time / 60) - 1


def _events(found: Sequence[float]) -> float:
    """Events between the first and the last of these scrapes; a series that was not in the one before is born at 0."""
    steps = ((value, 0.0 if math.isnan(before) or value < before else before) for before, value in pairwise(found))
    return sum(value - base for value, base in steps if not math.isnan(value))
