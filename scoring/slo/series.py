"""Series of one SLO for drawing, from the ledger that its status was read from: the last point is the tile's number."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo

import numpy as np
from numpy.typing import NDArray

from scoring.slo.judging import Judgement
from scoring.slo.moving_windows import bad_and_total, deciding_totals, silent_windows, windows_back
from scoring.slo.slices import MinuteState, States, Values, edge
from scoring.slo.status import SloStatus

Times = NDArray[np.datetime64]


@dataclass(frozen=True, slots=True, eq=False)
class BurnDown:
    """How the budget of the window was spent; the last point is the tile's number.

    times: datetime64[s] (UTC), the window's start and then the end of each minute, n + 1 points. remaining: float64,
    share of the whole window's budget not yet spent at that time (of a calendar window: of the projected one).
    states: uint8[n], how each minute was observed. exempt: bool[n], minutes left out of everything.
    """

    times: Times
    remaining: Values
    states: States
    exempt: NDArray[np.bool_]
    status: SloStatus


@dataclass(frozen=True, slots=True, eq=False)
class RollingRemaining:
    """Share of the budget left in the window that ended at each time: float64, NaN where too little was known."""

    times: Times
    remaining: Values


@dataclass(frozen=True, slots=True, eq=False)
class SpendGrid:
    """Spend by hour. days: local dates, oldest first. share: float64[days, 24], share of the window's budget that went
    in each local hour, NaN where nothing is known; a hour that a clock change repeats has both in one cell."""

    days: tuple[date, ...]
    share: Values


def burn_down(judgement: Judgement) -> BurnDown | None:
    """The burn-down of the judged window; None where it has no budget to burn (no traffic, an invariant)."""
    status, ledger, budget = judgement.status, judgement.ledger, judgement.status.deciding
    last = status.remaining if status.projected_budget is None else status.projected
    if last is None or budget is None:
        return None
    start, end = judgement.standing.span.start, judgement.standing.span.end
    span = ledger.span(start, end)
    shares = np.concatenate(([1.0], 1 - np.cumsum(ledger.spent()[span]) / float(budget.allowed)))
    shares[-1] = last
    return BurnDown(_times(start, end), shares, ledger.states[span], ledger.exempt[span], status)


def rolling_remaining(judgement: Judgement) -> RollingRemaining | None:
    """What the tile showed at each minute, as far back as the ledger has whole windows; None without a budget.

    Of a calendar window the projected budget, which begins anew with every window.
    """
    definition, ledger, status = judgement.definition, judgement.ledger, judgement.status
    last = status.remaining if status.projected_budget is None else status.projected
    if definition.objective is None or last is None:
        return None
    end = judgement.standing.span.end
    windows = windows_back(definition, ledger, end)
    bad, observed = bad_and_total(ledger, windows)
    allowed = float(1 - definition.objective) * deciding_totals(definition, ledger, windows, observed)
    known = ~silent_windows(definition, ledger, windows, observed) & (allowed > 0)
    remaining = np.where(known, 1 - bad / np.where(allowed > 0, allowed, 1), np.nan)
    times = np.append(windows.ends + ledger.start, end) * 60
    return RollingRemaining(times.astype("datetime64[s]"), np.append(remaining, last))


def sli_per_hour(judgement: Judgement) -> tuple[Times, Values]:
    """The good share of each clock hour (UTC) of the window: times of the hours' starts, NaN where nothing counted.

    Minutes that nobody observed are in no hour's total, although time slices have them in the window's.
    """
    ledger, span = judgement.ledger, judgement.standing.span
    minutes = np.arange(span.start, span.end)
    hours = minutes // 60 - span.start // 60
    inside = ledger.span(span.start, span.end)
    bad = np.bincount(hours, weights=ledger.spent()[inside])
    states = ledger.states[inside]
    known = (states != MinuteState.PENDING) & (states != MinuteState.UNKNOWN) | (ledger.account.seen[inside] > 0)
    total = np.bincount(hours, weights=(ledger.account.total + ledger.estimates())[inside] * known)
    share = np.full(len(total), np.nan)
    np.divide(bad, total, out=share, where=total > 0)
    first = span.start // 60 * 3600
    return (first + np.arange(len(total), dtype=np.int64) * 3600).astype("datetime64[s]"), 1 - share


def spend_grid(judgement: Judgement, zone: tzinfo = UTC) -> SpendGrid | None:
    """The window's spend by local day and hour; None without a budget."""
    budget = judgement.status.deciding
    if budget is None or not budget.total:
        return None
    ledger, span = judgement.ledger, judgement.standing.span
    days, cells = _local_cells(span.start, span.end, zone)
    inside = ledger.span(span.start, span.end)
    size = len(days) * 24
    spent = np.bincount(cells, weights=ledger.spent()[inside], minlength=size)
    states = ledger.states[inside]
    known = np.bincount(
        cells, weights=(states != MinuteState.PENDING) & (states != MinuteState.UNKNOWN), minlength=size
    )
    share = np.where(known > 0, spent / float(budget.allowed), np.nan)
    return SpendGrid(days, share.reshape(len(days), 24))


QUARTER = 15
"""Minutes that every zone's offset is a multiple of."""


def _local_cells(start: int, end: int, zone: tzinfo) -> tuple[tuple[date, ...], NDArray[np.int64]]:
    """The local days of the minutes start…end−1, and for each minute its cell: 24 × day + hour."""
    quarters = [edge(at * QUARTER).astimezone(zone) for at in range(start // QUARTER, -(-end // QUARTER))]
    first = quarters[0].date()
    last = max(moment.date() for moment in quarters)
    days = tuple(date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1))
    cells = np.array([_cell(moment, first) for moment in quarters], dtype=np.int64)
    return days, cells[np.arange(start, end) // QUARTER - start // QUARTER]


def _cell(moment: datetime, first: date) -> int:
    return (moment.date() - first).days * 24 + moment.hour


def _times(start: int, end: int) -> Times:
    return (np.arange(start, end + 1, dtype=np.int64) * 60).astype("datetime64[s]")
