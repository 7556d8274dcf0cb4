"""The minutes of one budget on one page: what was bad, what was seen, what was estimated, what was exempted.

Everything that is shown or decided about an SLO is added up here and nowhere else.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from scoring.catalog.estate import ClusterName
from scoring.slo.accounts import Account, Flags, Row, account
from scoring.slo.definition import EventsSli, Sli
from scoring.slo.slices import GROUP, MinuteState, SliceDay, SliHash, States, Values, first_minute, laid_out, minutes_in
from scoring.slo.windows import Span

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
    """A stretch of the ledger added up, exempted minutes left out.

    bad, total: events (slices, violations and what was checked), estimates included. estimated: the part of both that
    is estimated. client: the clients' own faults, in neither. seen ÷ due is the coverage. The rest are minutes.
    """

    bad: Fraction
    total: Fraction
    estimated: Fraction
    client: Fraction
    seen: Fraction
    due: Fraction
    minutes: int
    covered: int
    down: int
    bridged: int
    exempted: int

    @property
    def observed(self) -> bool:
        """True when at least one minute says anything at all."""
        return bool(self.covered or self.down or self.bridged)

    @property
    def coverage(self) -> Fraction:
        """Share of the stretch that was seen, up or down; bridged, unknown and pending minutes were not."""
        return self.seen / self.due if self.due else Fraction(0)


@dataclass(frozen=True, slots=True, eq=False)
class Ledger:
    """Minutes from epoch minute `start` on.

    account: what was counted, 0 in exempted minutes. states: MinuteState of the group. components: what each component
    counted. exempt: minutes left out; it may reach beyond the last minute, for what is exempted already.
    """

    start: int
    account: Account
    states: States
    components: Mapping[str, Values]
    down_runs: tuple[DownRun, ...]
    exempt: Flags
    bad_sums: RunningSum
    total_sums: RunningSum

    @property
    def end(self) -> int:
        """The epoch minute after the last."""
        return self.start + len(self.states)

    def span(self, start: int, end: int) -> slice:
        """Where the epoch minutes start…end−1 lie in the arrays, as far as they do."""
        return slice(max(0, start - self.start), max(0, end - self.start))

    def tally(self, start: int, end: int) -> Tally:
        """Adds up the minutes start…end−1 exactly."""
        span = self.span(start, end)
        exempt = self.exempt[span]
        states = self.states[span][: len(exempt)]
        kept = states[~exempt[: len(states)]] if exempt.any() else states
        estimated = self._estimated(start, end)
        return Tally(
            bad=max(Fraction(0), self.bad_sums.between(span)) + estimated,
            total=self.total_sums.between(span) + estimated,
            estimated=estimated,
            client=exact_sum(self.account.client[span]),
            seen=Fraction(int(self.account.seen[span].sum())),
            due=Fraction(int(self.account.due[span].sum())),
            minutes=end - start,
            covered=int(np.count_nonzero(minutes_in(kept, MinuteState.COVERED))),
            down=int(np.count_nonzero(minutes_in(kept, MinuteState.DOWN))),
            bridged=int(np.count_nonzero(minutes_in(kept, MinuteState.BRIDGED))),
            exempted=int(np.count_nonzero(exempt)),
        )

    def bad_between(self, start: int, end: int) -> Fraction:
        """Bad of the minutes start…end−1, estimates included; the same as in their tally, and cheaper."""
        return max(Fraction(0), self.bad_sums.between(self.span(start, end))) + self._estimated(start, end)

    def to_come(self, span: Span) -> int:
        """Minutes of a window that have not passed and are not exempted."""
        ahead = span.full_end - span.end
        return ahead - int(np.count_nonzero(self.exempt[self.span(span.end, span.full_end)]))

    def estimates(self) -> Values:
        """Estimated bad events of every minute of the ledger, as floats, for drawing."""
        estimates = np.zeros(len(self.states))
        for run in self.down_runs:
            estimates[run.start - self.start : run.end - self.start] = float(run.mean)
        return np.where(self.exempt[: len(estimates)], 0.0, estimates)

    def spent(self) -> Values:
        """Bad of every minute, estimates included, as floats, for drawing."""
        if not self.down_runs:
            return self.account.bad
        return np.asarray(self.account.bad + self.estimates(), dtype=np.float64)

    def without(self, exempt: Flags) -> Ledger:
        """This ledger with these minutes (from its first one on) left out."""
        if not exempt.any():
            return replace(self, exempt=exempt)
        keep = ~exempt[: len(self.states)]
        whole = self.account
        kept = Account(
            bad=whole.bad * keep,
            total=whole.total * keep,
            client=whole.client * keep,
            seen=whole.seen * keep,
            due=whole.due * keep,
            blame={component: values * keep for component, values in whole.blame.items()},
            surplus=whole.surplus,
        )
        return replace(
            self, account=kept, exempt=exempt, bad_sums=RunningSum.of(kept.bad), total_sums=RunningSum.of(kept.total)
        )

    def _estimated(self, start: int, end: int) -> Fraction:
        estimated = Fraction(0)
        for run in self.down_runs:
            low, high = max(start, run.start), min(end, run.end)
            if low < high:
                minutes = high - low - int(np.count_nonzero(self.exempt[self.span(low, high)]))
                estimated += minutes * run.mean
        return estimated


@dataclass(frozen=True, slots=True, eq=False)
class RunningSum:
    """Sums of any stretch of one array: at once and exact for whole counts below 2**53, by `math.fsum` for others."""

    values: Values
    sums: Values
    whole: bool

    @classmethod
    def of(cls, values: Values) -> RunningSum:
        """sums: float64[n + 1], what was counted before each minute."""
        sums = np.zeros(len(values) + 1)
        np.cumsum(values, out=sums[1:])
        negative = bool(len(values)) and float(values.min()) < 0
        most = max(float(sums.max()), -float(sums.min())) if negative else float(sums[-1])
        whole = bool(most < 2**53 and (values == np.floor(values)).all())
        return cls(values, sums, whole)

    def between(self, span: slice) -> Fraction:
        """The sum of a stretch."""
        if not self.whole:
            return exact_sum(self.values[span])
        low, high = (min(int(edge), len(self.values)) for edge in (span.start, span.stop))
        return Fraction(int(self.sums[high] - self.sums[low]))


def keep_ledger(sli: Sli, days: Iterable[SliceDay], start: int, end: int) -> Ledger:
    """The ledger of one group over epoch minutes start…end−1 and as far before as `days` reach (for the estimates).

    Raises ValueError when the days are of more than one group.
    """
    by_component: dict[str, list[SliceDay]] = defaultdict(list)
    owners: set[tuple[SliHash, ClusterName, str]] = set()
    for day in days:
        by_component[day.component].append(day)
        owners.add((day.sli, day.cluster, day.group))
    if len(owners) > 1:
        raise ValueError(f"one budget is of one group of one SLI, not of {sorted(owners)}")

    start = min(start, first_minute(min(day.day for day in by_component[GROUP])) if by_component[GROUP] else start)
    _, states = laid_out(by_component.pop(GROUP), start, end)
    rows = {component: Row(*laid_out(its_days, start, end)) for component, its_days in by_component.items()}
    counted = account(sli, states, rows)
    runs = _down_runs(start, counted.total, states) if isinstance(sli, EventsSli) else ()
    return Ledger(
        start=start,
        account=counted,
        states=states,
        components={component: row.values for component, row in rows.items()},
        down_runs=runs,
        exempt=np.zeros(len(states), dtype=np.bool_),
        bad_sums=RunningSum.of(counted.bad),
        total_sums=RunningSum.of(counted.total),
    )


def _down_runs(start: int, total: Values, states: States) -> tuple[DownRun, ...]:
    """Each run of down minutes with the mean total of the last covered hour before it (0 when there was none)."""
    covered: NDArray[np.intp] | None = None
    runs: list[DownRun] = []
    for low, high in stretches_of(minutes_in(states, MinuteState.DOWN)):
        covered = np.flatnonzero(minutes_in(states, MinuteState.COVERED)) if covered is None else covered
        known = np.searchsorted(covered, low)
        hour = covered[max(0, known - ESTIMATE_MINUTES) : known]
        mean = exact_sum(total[hour]) / len(hour) if len(hour) else Fraction(0)
        runs.append(DownRun(start + low, start + high, mean))
    return tuple(runs)


def stretches_of(flags: Flags) -> list[tuple[int, int]]:
    """Runs of set flags as (first, after the last)."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False]))))
    return [(int(low), int(high)) for low, high in zip(edges[::2], edges[1::2], strict=True)]


def exact_sum(values: Values) -> Fraction:
    """The sum of counts without rounding: whole counts add up exactly below 2**53, others by `math.fsum`."""
    total = float(values.sum())
    if not total and not values.any():
        return Fraction(0)
    if abs(total) < 2**53 and bool((values == np.floor(values)).all()):
        return Fraction(int(total))
    return Fraction(math.fsum(values))
