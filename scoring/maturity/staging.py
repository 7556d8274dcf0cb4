"""The staged level: how far up every level is complete, and how much of the next one is there.

After SCAMPI A (a level is reached when all of it and all below it is) with the bands of ISO/IEC 33020 for what is
partly there. Deficits gate nothing: a weakness earns nothing, and having overcome it by other means costs nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from scoring.maturity.rubric import LEVELS, Answer, Indicator, IndicatorId, Rubric

TOP = LEVELS[-1]
IN_TRANSITION_ABOVE = Fraction(15, 100)
LARGELY_ABOVE = Fraction(50, 100)
"""Strictly more than these shares: the edges between N, P and L of ISO/IEC 33020."""


class Transition(StrEnum):
    """How much of the next level is there."""

    NONE = "none"
    IN_TRANSITION = "in transition"
    LARGELY = "largely"


@dataclass(frozen=True, slots=True)
class Reading:
    """Answers as the rule takes them: a yes, not applicable, or neither. A partial, a no and an unknown are neither."""

    yes: AbstractSet[IndicatorId]
    not_applicable: AbstractSet[IndicatorId]

    def satisfies(self, indicator: Indicator) -> bool:
        """True when the indicator, or any that supersedes it, is answered yes."""
        return indicator.id in self.yes or not self.yes.isdisjoint(indicator.superseded_by)


@dataclass(frozen=True, slots=True)
class LevelCount:
    """Gating indicators of one level: all of them, those that apply, those of these that are satisfied."""

    level: int
    gating: int
    applicable: int
    satisfied: int

    @property
    def assessable(self) -> bool:
        """True when at least half of the indicators apply; one that asks nothing at all would come for free."""
        return self.applicable > 0 and 2 * self.applicable >= self.gating

    @property
    def complete(self) -> bool:
        """True when the level can be assessed and everything that applies is satisfied."""
        return self.assessable and self.satisfied == self.applicable

    @property
    def share(self) -> Fraction:
        """Satisfied of applicable; 0 when the level cannot be assessed."""
        return Fraction(self.satisfied, self.applicable) if self.assessable else Fraction(0)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a reading of the answers stands. counts: the five levels in order."""

    counts: tuple[LevelCount, ...]

    @property
    def level(self) -> int:
        """The highest level up to which all are complete, 0 when level 1 is not."""
        reached = 0
        for count in self.counts:
            if not count.complete:
                break
            reached = count.level
        return reached

    @property
    def share(self) -> Fraction:
        """How much of the next level is satisfied, 0 at the top."""
        return Fraction(0) if self.level == TOP else self.counts[self.level].share

    @property
    def index(self) -> Fraction | None:
        """Level and share: at least the level, less than the next; None when level 1 cannot be assessed."""
        return self.level + self.share if self.counts[0].assessable else None

    @property
    def transition(self) -> Transition:
        """The band that the share of the next level is in."""
        if self.share > LARGELY_ABOVE:
            return Transition.LARGELY
        return Transition.IN_TRANSITION if self.share > IN_TRANSITION_ABOVE else Transition.NONE


def reading(answers: Mapping[IndicatorId, Answer], *, unknown_as_yes: bool = False) -> Reading:
    """Answers for the rule, unknown taken as no or as yes."""
    counted = {Answer.YES, Answer.UNKNOWN} if unknown_as_yes else {Answer.YES}
    return Reading(
        yes=frozenset(indicator for indicator, answer in answers.items() if answer in counted),
        not_applicable=frozenset(indicator for indicator, answer in answers.items() if answer is Answer.NOT_APPLICABLE),
    )


def standing(rubric: Rubric, of: Reading) -> Standing:
    """Where a reading stands by this rubric."""
    return Standing(tuple(_count(level, rubric.gating(level), of) for level in LEVELS))


def _count(level: int, gating: tuple[Indicator, ...], of: Reading) -> LevelCount:
    applicable = [indicator for indicator in gating if indicator.id not in of.not_applicable]
    return LevelCount(level, len(gating), len(applicable), sum(map(of.satisfies, applicable)))
