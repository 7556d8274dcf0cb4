"""What changed between two results: answers, level, index, profile, contradictions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Generic, TypeVar

from scoring.maturity.checklist import Contradiction
from scoring.maturity.results import Result
from scoring.maturity.rubric import Answer, Dimension, IndicatorId

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Change(Generic[Value]):
    """A value then and now."""

    before: Value
    after: Value

    @property
    def changed(self) -> bool:
        """True when the two differ."""
        return self.before != self.after


@dataclass(frozen=True, slots=True)
class Changes:
    """One result against a later one.

    answers: those that differ, in the order of the later rubric, then what it no longer asks; None stands for not
    asked. medians: of every dimension, None where nobody rated it. same_rubric: False when the questions or their words
    differ, so that a difference can come from the question.
    """

    same_rubric: bool
    answers: dict[IndicatorId, Change[Answer | None]]
    level: Change[int]
    level_high: Change[int]
    index: Change[Fraction | None]
    profile_level: Change[int | None]
    medians: dict[Dimension, Change[int | None]]
    appeared: tuple[Contradiction, ...]
    resolved: tuple[Contradiction, ...]

    @property
    def index_gain(self) -> Fraction | None:
        """By how much the index rose, negative when it fell; None unless both exist."""
        before, after = self.index.before, self.index.after
        return None if before is None or after is None else after - before


def compare(before: Result, after: Result) -> Changes:
    """What changed from one result to the other."""
    asked = dict.fromkeys([*after.answers, *before.answers])
    answers = {one: Change(before.answers.get(one), after.answers.get(one)) for one in asked}
    pooled = before.profile.pooled, after.profile.pooled
    return Changes(
        same_rubric=before.rubric == after.rubric,
        answers={indicator: change for indicator, change in answers.items() if change.changed},
        level=Change(before.level, after.level),
        level_high=Change(before.high.level, after.high.level),
        index=Change(before.index, after.index),
        profile_level=Change(before.profile.level, after.profile.level),
        medians={one: Change(pooled[0][one].median, pooled[1][one].median) for one in Dimension},
        appeared=tuple(one for one in after.contradictions if one not in before.contradictions),
        resolved=tuple(one for one in before.contradictions if one not in after.contradictions),
    )
