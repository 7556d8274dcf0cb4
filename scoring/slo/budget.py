"""The error budget of one window, and the policy band that it falls into. Exact: no comparison is made in floats."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction


class Band(StrEnum):
    """What the error-budget policy demands, worst last; NO_DATA is a state of its own and never healthy."""

    HEALTHY = "healthy"
    HALT = "halt"
    """Non-critical releases stop."""
    INCIDENT = "incident"
    """All hands on reliability."""
    LOCKDOWN = "lockdown"
    """Critical fixes only."""
    NO_DATA = "no_data"


@dataclass(frozen=True, slots=True)
class Threshold:
    """Less than `share` of the budget left (strictly) puts an SLO into `band`."""

    share: Decimal
    band: Band


POLICY: tuple[Threshold, ...] = (
    Threshold(Decimal("0.05"), Band.LOCKDOWN),
    Threshold(Decimal("0.10"), Band.INCIDENT),
    Threshold(Decimal("0.20"), Band.HALT),
)
"""The default error-budget policy, lowest share first."""


@dataclass(frozen=True, slots=True)
class Budget:
    """What an SLO may still spend in its window.

    bad, total: events inside the window, estimates of down minutes included (a mean is a fraction, so these are too).
    objective: the promised good share as written in the definition, strictly between 0 and 1.
    """

    bad: Fraction
    total: Fraction
    objective: Decimal

    @property
    def allowed(self) -> Fraction:
        """Bad events that the objective permits for this total."""
        return (1 - Fraction(self.objective)) * self.total

    def below(self, share: Decimal) -> bool:
        """True when less than `share` of the budget is left; exact, so a band's edge never depends on rounding."""
        return self.bad > (1 - Fraction(share)) * self.allowed

    def band(self, policy: Sequence[Threshold] = POLICY) -> Band:
        """The lowest band whose threshold the budget has fallen below; NO_DATA when there was nothing to spend on."""
        if not self.total:
            return Band.NO_DATA
        fallen = (
            threshold.band for threshold in sorted(policy, key=lambda it: it.share) if self.below(threshold.share)
        )
        return next(fallen, Band.HEALTHY)

    @property
    def exact_remaining(self) -> Fraction | None:
        """Share of the budget left: 1 untouched, 0 spent, negative overspent; None when nothing was observed."""
        return 1 - self.bad / self.allowed if self.total else None

    def remaining(self, policy: Sequence[Threshold] = POLICY) -> float | None:
        """`exact_remaining` for display: on the same side of 0, 1 and every threshold as the exact value is."""
        edges = [Fraction(threshold.share) for threshold in policy]
        return (
            None if self.exact_remaining is None else to_side(self.exact_remaining, [*edges, Fraction(0), Fraction(1)])
        )

    @property
    def good_share(self) -> float | None:
        """The SLI, 1 − bad ÷ total, for display: 1 only when nothing was bad, at the objective only when it is met."""
        if not self.total:
            return None
        return to_side(1 - self.bad / self.total, [Fraction(self.objective), Fraction(1)])


def to_side(exact: Fraction, edges: Sequence[Fraction]) -> float:
    """The nearest float of `exact`, one step lower where rounding would lift it onto an edge that it is below."""
    shown = float(exact)
    if any(exact < edge and shown >= float(edge) for edge in edges):
        return math.nextafter(shown, -math.inf)
    return shown


def percent(share: float, digits: int) -> str:
    """A share as percent, rounded down, so that a number shown on a band's edge is on the side that the band says.

    19.96 % left is band "halt" and reads 19.9 %, never 20.0 %. The float's decimal text is cut, not its binary value.
    """
    step = Decimal(1).scaleb(-digits)
    return f"{(Decimal(repr(share)) * 100).quantize(step, rounding='ROUND_FLOOR')} %"
