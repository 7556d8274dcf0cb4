"""What becomes of a budget: when it is gone at the present pace, and when it is back if nothing more burns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

import numpy as np

from scoring.slo.budget import Band, Budget
from scoring.slo.definition import EventsSli, SloDefinition
from scoring.slo.ledger import Ledger
from scoring.slo.policy import ErrorBudgetPolicy
from scoring.slo.slices import MINUTE, Values, edge
from scoring.slo.standing import Standing
from scoring.slo.windows import CalendarWindow

PACES: Mapping[str, timedelta] = {"1d": timedelta(days=1), "3d": timedelta(days=3), "7d": timedelta(days=7)}
"""Stretches whose mean burn is carried on into the future."""


@dataclass(frozen=True, slots=True)
class Exhaustion:
    """When the budget is gone. by_pace: for each of PACES the moment; None: never at that pace, or not in this calendar
    window. unknown: paces of which nothing was observed. spent: it is gone already."""

    by_pace: Mapping[str, datetime | None]
    unknown: tuple[str, ...]
    spent: bool

    @property
    def earliest(self) -> datetime | None:
        """The first moment of the range; None when it is never gone."""
        return min((moment for moment in self.by_pace.values() if moment is not None), default=None)

    @property
    def latest(self) -> datetime | None:
        """The last moment of the range; None when at least one pace never gets there."""
        moments = list(self.by_pace.values())
        found = [moment for moment in moments if moment is not None]
        return max(found) if found and len(found) == len(moments) else None


def exhaustion(definition: SloDefinition, ledger: Ledger, at: Standing) -> Exhaustion | None:
    """When the budget is gone if the last 1, 3 and 7 days' burn goes on; None where there is no budget to speak of.

    Bad and total go on at their means a minute. From a rolling window what is old leaves meanwhile, minute by minute.
    """
    budget = at.deciding
    if budget is None or not budget.total:
        return None
    if budget.bad >= budget.allowed:
        return Exhaustion({}, (), spent=True)
    future = None if _is_calendar(definition) else _leaving(definition, ledger, at)
    by_pace: dict[str, datetime | None] = {}
    unknown: list[str] = []
    for name, length in PACES.items():
        tally = ledger.tally(at.span.end - length // MINUTE, at.span.end)
        minutes = tally.covered + tally.down + tally.bridged
        if not minutes:
            unknown.append(name)
        elif future is None:
            by_pace[name] = _calendar(at, budget, tally.bad / minutes)
        else:
            gone = future.gone_after(float(tally.bad / minutes), float(tally.total / minutes))
            by_pace[name] = None if gone is None else edge(at.span.end + gone)
    return Exhaustion(by_pace, tuple(unknown), spent=False)


def _is_calendar(definition: SloDefinition) -> bool:
    return isinstance(definition.window, CalendarWindow)


def _calendar(at: Standing, budget: Budget, bad: Fraction) -> datetime | None:
    if not bad:
        return None
    minutes = -((budget.bad - budget.allowed) // bad)
    end = at.span.end + int(minutes)
    return edge(end) if end <= at.span.full_end else None


@dataclass(frozen=True, slots=True, eq=False)
class _Leaving:
    """A rolling window while its minutes leave it, after `ahead` = 1, 2, … minutes.

    spent: what is left of what was bad; over: by how much it exceeds what is left of the budget (mostly negative).
    grows: True when new traffic brings new budget; time slices have theirs already. share: 1 − objective.
    """

    ahead: Values
    spent: Values
    over: Values
    share: float
    grows: bool

    @classmethod
    def of(cls, allowed: Values | float, spent: Values, share: float, *, grows: bool) -> _Leaving:
        """allowed: what is left of the budget, after as many minutes."""
        return cls(np.arange(1.0, len(spent) + 1), spent, spent - allowed, share, grows)

    def gone_after(self, bad: float, total: float) -> int | None:
        """Minutes until bad and total, so many a minute, have used the budget up; None for never."""
        gains = self.share * total if self.grows else 0.0
        over = self.over >= (gains - bad) * self.ahead
        if not bad:
            over &= self.spent > 1e-9 * self.spent.max(initial=0)
        first = int(over.argmax())
        return first + 1 if over[first] else None


def _leaving(definition: SloDefinition, ledger: Ledger, at: Standing) -> _Leaving:
    span = ledger.span(at.span.start, at.span.end)
    spent, share = ledger.spent()[span], float(1 - Fraction(definition.objective or 0))
    left = spent.sum() - np.cumsum(spent)
    if not isinstance(definition.sli, EventsSli):
        return _Leaving.of(share * float(at.tally.total), left, share, grows=False)
    whole = (ledger.account.total + ledger.estimates())[span]
    return _Leaving.of(share * (whole.sum() - np.cumsum(whole)), left, share, grows=True)


def lifts_of(
    definition: SloDefinition, ledger: Ledger, at: Standing, policy: ErrorBudgetPolicy
) -> dict[Band, datetime | None]:
    """For the present band and every milder one of the policy, when the SLO is out of it if nothing more burns.

    Of a rolling window exactly the minute at which enough of what was bad has left it, with good events taking the
    place of all that leaves. Of a calendar window its end. A violated invariant waits for an approver: None.
    """
    milder = [threshold for threshold in policy.thresholds if _holds(threshold.band, at.band, policy)]
    if at.deciding is None:
        return {threshold.band: None for threshold in milder}
    if _is_calendar(definition):
        return {threshold.band: edge(at.span.full_end) for threshold in milder}
    if not milder:
        return {}
    budget, left = at.deciding, _left_after(ledger, at)
    return {
        threshold.band: _first_minute(ledger, at, left, (1 - Fraction(threshold.share)) * budget.allowed)
        for threshold in milder
    }


def _holds(band: Band, present: Band, policy: ErrorBudgetPolicy) -> bool:
    """True for the present band and those that are left before it is healthy again."""
    bands = [threshold.band for threshold in policy.thresholds]
    return present in bands and bands.index(band) >= bands.index(present)


def _left_after(ledger: Ledger, at: Standing) -> Values:
    """What is bad in the window when 0, 1, 2, … of its minutes have left it, as floats."""
    spent = ledger.spent()[ledger.span(at.span.start, at.span.end)]
    return np.asarray(np.concatenate((spent, [0.0]))[::-1].cumsum()[::-1], dtype=np.float64)


def _first_minute(ledger: Ledger, at: Standing, left: Values, limit: Fraction) -> datetime:
    """The first edge at which no more than `limit` is bad in the window: floats say about when, fractions when."""
    span = at.span
    gone = min(int((left > float(limit)).sum()), span.full)

    def fits(minutes: int) -> bool:
        return ledger.bad_between(span.start + minutes, span.end) <= limit

    while gone and fits(gone - 1):
        gone -= 1
    while not fits(gone):
        gone += 1
    return edge(span.end + gone)
