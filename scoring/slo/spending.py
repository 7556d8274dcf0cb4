"""Who and what spent a budget: components, labels, and the intervals that cost most."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

import numpy as np

from scoring.slo.accounts import Flags
from scoring.slo.judging import Judgement
from scoring.slo.ledger import exact_sum, stretches_of
from scoring.slo.slices import edge
from scoring.slo.status import SloStatus

POSTMORTEM = Fraction(1, 5)
"""More than this share of the budget in one interval asks for a postmortem (Google SRE Workbook, "Error Budget
Policy": a single incident that consumes more than 20 % of it)."""

PAUSE = 10
"""Minutes within budget that do not end an interval."""

WHILE_DOWN = "down, estimated"
"""To blame for what could not be counted."""


@dataclass(frozen=True, slots=True)
class Contributor:
    """bad: events (or component minutes) of the window that one component or label value is to blame for; share: of all
    that somebody is to blame for."""

    name: str
    bad: float
    share: float


@dataclass(frozen=True, slots=True)
class CostlyInterval:
    """A run of minutes that each spent more than their part. share: of the window's whole budget, for display.

    components: who is to blame, the most first. down: True when part of it is estimated.
    """

    start: datetime
    end: datetime
    bad: float
    share: float
    components: tuple[Contributor, ...]
    down: bool
    postmortem: bool

    @property
    def minutes(self) -> int:
        """How long it took."""
        return int((self.end - self.start).total_seconds() // 60)


def contributors(judgement: Judgement) -> tuple[Contributor, ...]:
    """The components that spent the window's budget (or broke the invariant), the most first."""
    span = judgement.standing.span
    return _blamed(judgement, span.start, span.end)


def contributors_by_label(statuses: Iterable[SloStatus], label: str) -> tuple[Contributor, ...]:
    """Bad of several statuses of one SLO by the value of a label (a group's, or the cluster), the most first."""
    found: dict[str, float] = defaultdict(float)
    for status in statuses:
        found[status.labels.get(label, "")] += status.bad
    return _ranked(found)


def costliest_intervals(judgement: Judgement, most: int = 5) -> tuple[CostlyInterval, ...]:
    """The intervals of the window that cost most, the dearest first; none without a budget.

    A minute counts when its bad share is above what the objective allows; pauses of up to PAUSE minutes do not end it.
    """
    budget, objective, ledger = judgement.status.deciding, judgement.definition.objective, judgement.ledger
    if budget is None or objective is None or not budget.total:
        return ()
    span = judgement.standing.span
    inside = ledger.span(span.start, span.end)
    spent = ledger.spent()[inside]
    total = (ledger.account.total + ledger.estimates())[inside]
    over = spent > float(1 - objective) * total
    costs = sorted(
        ((float(spent[low:high].sum()), low, high) for low, high in _joined(over)), key=lambda it: (-it[0], it[1])
    )
    found: list[CostlyInterval] = []
    for _, low, high in costs[:most]:
        start, end = span.start + low, span.start + high
        exact = ledger.bad_between(start, end)
        share = exact / budget.allowed
        down = any(run.start < end and run.end > start for run in ledger.down_runs)
        blamed = _blamed(judgement, start, end)
        found.append(
            CostlyInterval(edge(start), edge(end), float(exact), float(share), blamed, down, share > POSTMORTEM)
        )
    return tuple(found)


def _joined(over: Flags) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for low, high in stretches_of(np.asarray(over, dtype=np.bool_)):
        if joined and low - joined[-1][1] <= PAUSE:
            joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    return joined


def _blamed(judgement: Judgement, start: int, end: int) -> tuple[Contributor, ...]:
    ledger = judgement.ledger
    span = ledger.span(start, end)
    found = {name: float(exact_sum(values[span])) for name, values in ledger.account.blame.items()}
    estimated = float(ledger.tally(start, end).estimated)
    return _ranked({**found, WHILE_DOWN: estimated} if estimated else found)


def _ranked(found: dict[str, float]) -> tuple[Contributor, ...]:
    whole = sum(found.values())
    ranked = sorted(found.items(), key=lambda it: (-it[1], it[0]))
    return tuple(Contributor(name, bad, bad / whole) for name, bad in ranked if bad > 0)
