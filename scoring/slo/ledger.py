"""The minutes of one budget on one page: what was good, bad and the client's own, and which minutes were estimated."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from scoring.slo.definition import EventsSli
from scoring.slo.slices import GROUP, MinuteState, SliceDay, States, Values, first_minute, laid_out

ESTIMATE_MINUTES = 60
"""Covered minutes whose mean stands for the traffic that a down platform could not answer."""


@dataclass(frozen=True, slots=True)
class DownRun:
    """Down minutes start…end−1 (epoch minutes) that share one estimate; mean: events a minute that count bad."""

    start: int
    end: int
    mean: Fraction


@dataclass(frozen=True, slots=True)
class Tally:
    """A stretch of the ledger added up.

    bad, total: events, estimates included. estimated: the part of both that is estimated. client: the clients' own
    faults, in neither. The rest are minutes; `minutes` is the length of the stretch.
    """

    bad: Fraction
    total: Fraction
    estimated: Fraction
    client: Fraction
    minutes: int
    covered: int
    down: int
    bridged: int

    @property
    def observed(self) -> bool:
        """True when at least one minute says anything at all."""
        return bool(self.covered or self.down or self.bridged)

    @property
    def coverage(self) -> Fraction:
        """Share of the stretch that was seen, up or down; bridged, unknown and pending minutes were not."""
        return Fraction(self.covered + self.down, self.minutes)


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """Minutes from epoch minute `start` on. bad, total, client: counted events; states: MinuteState of the group."""

    start: int
    bad: Values
    total: Values
    client: Values
    states: States
    components: Mapping[str, Values]
    down_runs: tuple[DownRun, ...]

    def tally(self, start: int, end: int) -> Tally:
        """Adds up the minutes start…end−1 exactly; minutes before the ledger begins are pending."""
        span = slice(max(0, start - self.start), max(0, end - self.start))
        states = self.states[span]
        overlaps = ((min(end, run.end) - max(start, run.start), run.mean) for run in self.down_runs)
        estimated = sum((minutes * mean for minutes, mean in overlaps if minutes > 0), Fraction(0))
        return Tally(
            bad=exact_sum(self.bad[span]) + estimated,
            total=exact_sum(self.total[span]) + estimated,
            estimated=estimated,
            client=exact_sum(self.client[span]),
            minutes=end - start,
            covered=int((states == MinuteState.COVERED).sum()),
            down=int((states == MinuteState.DOWN).sum()),
            bridged=int((states == MinuteState.BRIDGED).sum()),
        )

    def estimates(self) -> Values:
        """Estimated bad events of every minute of the ledger, as floats, for drawing."""
        estimates = np.zeros(len(self.states))
        for run in self.down_runs:
            estimates[run.start - self.start : run.end - self.start] = float(run.mean)
        return estimates


def keep_ledger(sli: EventsSli, days: Iterable[SliceDay], start: int, end: int) -> Ledger:
    """The ledger of one group over epoch minutes start…end−1 and as far before as `days` reach (for the estimates).

    Raises ValueError when the days are of more than one group.
    """
    by_component: dict[str, list[SliceDay]] = defaultdict(list)
    for day in days:
        by_component[day.component].append(day)
    owners = {(day.sli, day.cluster, day.group) for its_days in by_component.values() for day in its_days}
    if len(owners) > 1:
        raise ValueError(f"one budget is of one group of one SLI, not of {sorted(owners)}")

    start = min([start, *(first_minute(day.day) for day in by_component[GROUP])])
    _, states = laid_out(by_component.pop(GROUP), start, end)
    bad, total, client = (np.zeros(end - start) for _ in range(3))
    components: dict[str, Values] = {}
    for component, its_days in by_component.items():
        values, _ = laid_out(its_days, start, end)
        components[component] = values
        its_class = sli.classify(component)
        if its_class.in_bad:
            bad += values
        if its_class.in_total:
            total += values
        if not (its_class.in_bad or its_class.in_total):
            client += values
    return Ledger(start, bad, total, client, states, components, _down_runs(start, total, states))


def _down_runs(start: int, total: Values, states: States) -> tuple[DownRun, ...]:
    """Each run of down minutes with the mean total of the last covered hour before it (0 when there was none)."""
    down = np.concatenate(([False], states == MinuteState.DOWN, [False]))
    edges = np.flatnonzero(down[1:] != down[:-1])
    covered = np.flatnonzero(states == MinuteState.COVERED)
    runs: list[DownRun] = []
    for low, high in zip(edges[::2], edges[1::2], strict=True):
        known = np.searchsorted(covered, low)
        hour = covered[max(0, known - ESTIMATE_MINUTES) : known]
        mean = exact_sum(total[hour]) / len(hour) if len(hour) else Fraction(0)
        runs.append(DownRun(start + int(low), start + int(high), mean))
    return tuple(runs)


def exact_sum(values: Values) -> Fraction:
    """The sum of counts without rounding: whole counts add up exactly below 2**53, others by `math.fsum`."""
    total = float(values.sum())
    if total < 2**53 and bool((values == np.floor(values)).all()):
        return Fraction(int(total))
    return Fraction(math.fsum(values))
