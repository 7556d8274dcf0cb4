"""Error-budget policies: what is demanded of a release below which share of the budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from scoring.slo.budget import POLICY, Band, Threshold


class ReleaseClass(StrEnum):
    """What kind of release asks for a decision."""

    CRITICAL = "critical"
    """A fix that cannot wait."""
    NON_CRITICAL = "non-critical"


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """What holds while less than `below` of the budget is left (strictly).

    actions: a sentence for each release class. stops: classes that may not be released.
    """

    below: Decimal
    band: Band
    actions: Mapping[ReleaseClass, str]
    stops: frozenset[ReleaseClass]


@dataclass(frozen=True, slots=True)
class ErrorBudgetPolicy:
    """Steps in any order, each band at most once, the worse the band the less is left.

    healthy, no_data: the sentences where no step holds. Raises ValueError for steps that contradict each other.
    """

    name: str
    steps: tuple[PolicyStep, ...]
    healthy: str = "Releases may go."
    no_data: str = "Unknown is not healthy: find out why nothing is measured before releasing."

    def __post_init__(self) -> None:
        """Checks that the steps can be told apart and have a sentence for every class."""
        ordered = sorted(self.steps, key=lambda step: step.below)
        ranks = [SEVERITY.index(step.band) for step in ordered if step.band in SEVERITY]
        if len(ranks) != len(ordered) or not ordered:
            raise ValueError(f"policy {self.name}: a step's band is one of {', '.join(SEVERITY)}")
        if ranks != sorted(set(ranks), reverse=True) or len({step.below for step in ordered}) != len(ordered):
            raise ValueError(f"policy {self.name}: the less is left the worse the band, each band and share once")
        for step in ordered:
            if not 0 < step.below < 1:
                raise ValueError(f"policy {self.name}: {step.below} is not a share between 0 and 1")
            if set(step.actions) != set(ReleaseClass):
                raise ValueError(f"policy {self.name}: {step.band} says nothing to one of {', '.join(ReleaseClass)}")

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """Share and band of every step, lowest share first, as a budget compares them."""
        return tuple(
            sorted((Threshold(step.below, step.band) for step in self.steps), key=lambda threshold: threshold.share)
        )

    def step(self, band: Band) -> PolicyStep | None:
        """The step of a band; None for a band without one."""
        return next((step for step in self.steps if step.band is band), None)

    @property
    def worst(self) -> Band:
        """The lowest band: that of a violated invariant."""
        return self.thresholds[0].band

    def action(self, band: Band, release_class: ReleaseClass) -> str:
        """What the policy demands in this band, as a sentence."""
        if band is Band.NO_DATA:
            return self.no_data
        step = self.step(band)
        return self.healthy if step is None else step.actions[release_class]

    def stops(self, band: Band, release_class: ReleaseClass) -> bool:
        """True when a release of this class may not go; what is unknown stops every class."""
        step = self.step(band)
        return band is Band.NO_DATA or (step is not None and release_class in step.stops)


SEVERITY: tuple[Band, ...] = (Band.HALT, Band.INCIDENT, Band.LOCKDOWN)
"""The bands that a step can have, worst last."""

_BELOW = {threshold.band: threshold.share for threshold in POLICY}

_GOES = "Critical fixes may go."

DEFAULT_POLICY = ErrorBudgetPolicy(
    name="default",
    steps=(
        PolicyStep(
            _BELOW[Band.HALT],
            Band.HALT,
            {
                ReleaseClass.NON_CRITICAL: "Halt non-critical releases.",
                ReleaseClass.CRITICAL: "Critical releases may go; everything else waits.",
            },
            frozenset({ReleaseClass.NON_CRITICAL}),
        ),
        PolicyStep(
            _BELOW[Band.INCIDENT],
            Band.INCIDENT,
            {
                ReleaseClass.NON_CRITICAL: "Incident: all hands on reliability, nothing else is released.",
                ReleaseClass.CRITICAL: f"Incident: all hands on reliability. {_GOES}",
            },
            frozenset({ReleaseClass.NON_CRITICAL}),
        ),
        PolicyStep(
            _BELOW[Band.LOCKDOWN],
            Band.LOCKDOWN,
            {
                ReleaseClass.NON_CRITICAL: "Lockdown: critical fixes only.",
                ReleaseClass.CRITICAL: f"Lockdown. {_GOES} Nothing else does.",
            },
            frozenset({ReleaseClass.NON_CRITICAL}),
        ),
    ),
)
"""The policy of the platform's operations guide: 20, 10 and 5 % of the budget left."""
