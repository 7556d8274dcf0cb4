"""Where an SLO stands at one minute edge: its window's sums, its budget, the state of both and the policy's band."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from scoring.slo.budget import Band, Budget
from scoring.slo.definition import EventsSli, InvariantSli, SloDefinition
from scoring.slo.invariants import Acknowledgement, Violations, violations_in
from scoring.slo.ledger import Ledger, Tally
from scoring.slo.policy import ErrorBudgetPolicy
from scoring.slo.slices import edge
from scoring.slo.windows import CalendarWindow, Span


class SloState(StrEnum):
    """Whether the numbers of an SLO mean anything."""

    OK = "ok"
    VIOLATED = "violated"
    """An invariant was broken within the window, acknowledged or not."""
    NO_TRAFFIC = "no_traffic"
    """Observed well enough, and idle."""
    NO_DATA = "no_data"
    """Not one minute of the window says anything, or fewer things were checked than an invariant asks for."""
    INSUFFICIENT = "insufficient"
    """Coverage under the definition's min_coverage; the numbers are shown, the band is not given."""


@dataclass(frozen=True, slots=True)
class Standing:
    """An SLO at the end of one minute.

    tally: of the part of the window that has passed. budget: of what was observed; of time slices over the full
    window; None for an invariant. projected: the budget of the full window of a calendar that has not ended, if it goes
    on at the observed mean and nothing more is bad; None for a rolling window.
    """

    span: Span
    tally: Tally
    budget: Budget | None
    projected: Budget | None
    violations: Violations | None
    state: SloState
    band: Band

    @property
    def deciding(self) -> Budget | None:
        """The budget that the band is taken from."""
        return self.projected or self.budget


def standing(
    definition: SloDefinition,
    ledger: Ledger,
    end: int,
    policy: ErrorBudgetPolicy,
    acknowledgements: Sequence[Acknowledgement] = (),
) -> Standing:
    """Where the SLO stands at minute edge `end`. The ledger reaches from the window's start to there."""
    span = definition.window.at(end)
    tally = ledger.tally(span.start, span.end)
    if isinstance(definition.sli, InvariantSli) or definition.objective is None:
        return _invariant(definition, ledger, span, tally, policy, acknowledgements)
    total = tally.total
    if not isinstance(definition.sli, EventsSli):
        total += _slices_to_come(ledger, span)
    budget = Budget(tally.bad, total, definition.objective)
    projected = _projected(definition, ledger, span, tally, budget)
    state = _state(definition, tally, total)
    band = (projected or budget).band(policy.thresholds) if state is SloState.OK else Band.NO_DATA
    return Standing(span, tally, budget, projected, None, state, band)


def _slices_to_come(ledger: Ledger, span: Span) -> Fraction:
    """Slices of the full window that have not passed: as many a minute as there are now."""
    if span.full_end == span.end or not len(ledger.account.due):
        return Fraction(0)
    now = min(span.end - ledger.start, len(ledger.states)) - 1
    open_minutes = ledger.account.due[: now + 1][~ledger.exempt[: now + 1]]
    return Fraction(int(open_minutes[-1])) * ledger.to_come(span) if len(open_minutes) else Fraction(0)


def _projected(definition: SloDefinition, ledger: Ledger, span: Span, tally: Tally, budget: Budget) -> Budget | None:
    """Bad events stay what they are, and every minute to come brings as many events as an observed one did."""
    if not isinstance(definition.window, CalendarWindow):
        return None
    if not isinstance(definition.sli, EventsSli):
        return budget
    minutes = tally.covered + tally.down + tally.bridged
    mean = tally.total / minutes if minutes else Fraction(0)
    return Budget(tally.bad, tally.total + mean * ledger.to_come(span), budget.objective)


def _state(definition: SloDefinition, tally: Tally, total: Fraction) -> SloState:
    if not tally.observed and not tally.seen:
        return SloState.NO_DATA
    if tally.coverage < Fraction(definition.min_coverage):
        return SloState.INSUFFICIENT
    if total:
        return SloState.OK
    return SloState.NO_TRAFFIC if isinstance(definition.sli, EventsSli) else SloState.NO_DATA


def _invariant(
    definition: SloDefinition,
    ledger: Ledger,
    span: Span,
    tally: Tally,
    policy: ErrorBudgetPolicy,
    acknowledgements: Sequence[Acknowledgement],
) -> Standing:
    found = violations_in(ledger, span.start, span.end, acknowledgements)
    observed = _observed_well(definition, tally)
    band = Band.HEALTHY if observed is SloState.OK else Band.NO_DATA
    if found and found.unacknowledged_since is not None and found.unacknowledged_since <= edge(span.end):
        band = policy.worst
    state = SloState.VIOLATED if found else observed
    return Standing(span, tally, None, None, found, state, band)


def _observed_well(definition: SloDefinition, tally: Tally) -> SloState:
    """The state of an invariant of which no violation was found."""
    sli = definition.sli
    too_few = isinstance(sli, InvariantSli) and tally.total < sli.least_checked
    if not tally.seen or too_few:
        return SloState.NO_DATA
    return SloState.INSUFFICIENT if tally.coverage < Fraction(definition.min_coverage) else SloState.OK
