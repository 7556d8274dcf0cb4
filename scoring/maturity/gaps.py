"""What separates a platform from its next level: indicators, characteristics by their dimension, and pitfalls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from scoring.maturity.rubric import Answer, Dimension, IndicatorId, Rubric, Statement, StatementKind
from scoring.maturity.staging import TOP, reading, standing


class Reached(StrEnum):
    """Whether people rate a dimension as the next level needs it."""

    YES = "reached"
    NO = "below"
    UNKNOWN = "not rated"


@dataclass(frozen=True, slots=True)
class DimensionGap:
    """One dimension. rated: the lower median of all votes, None when nobody rated it. needed: at the next level."""

    dimension: Dimension
    rated: int | None
    needed: int

    @property
    def reached(self) -> Reached:
        """Whether the rating is at least the one that is needed."""
        if self.rated is None:
            return Reached.UNKNOWN
        return Reached.YES if self.rated >= self.needed else Reached.NO


@dataclass(frozen=True, slots=True)
class CharacteristicGap:
    """One characteristic of the next level. reached: as its dimension is rated; UNKNOWN when it has none."""

    statement: Statement
    reached: Reached


@dataclass(frozen=True, slots=True)
class Gap:
    """The way to one level.

    lacking: gating indicators that are not satisfied, with their answers; an unknown may turn out to be there.
    satisfied: those that are. weaknesses: deficits answered yes up to this level; they gate nothing, and are named so
    that somebody works on them. pitfalls: of the next level, as warnings.
    """

    level: int
    lacking: Mapping[IndicatorId, Answer]
    satisfied: tuple[IndicatorId, ...]
    weaknesses: tuple[IndicatorId, ...]
    dimensions: tuple[DimensionGap, ...]
    characteristics: tuple[CharacteristicGap, ...]
    pitfalls: tuple[Statement, ...]


def gap(rubric: Rubric, answers: Mapping[IndicatorId, Answer], medians: Mapping[Dimension, int | None]) -> Gap | None:
    """What is between these answers and the level after the confirmed one, unknown taken as no; None at the top.

    answers: to every indicator; a missing one is unknown. medians: pooled ratings, missing ones are not rated.
    """
    given = {one.id: answers.get(one.id, Answer.UNKNOWN) for one in rubric.indicators}
    now = reading(given)
    at = standing(rubric, now).level
    if at == TOP:
        return None
    level = rubric.levels[at]
    asked = [one for one in rubric.gating(level.number) if one.id not in now.not_applicable]
    dimensions = {one: DimensionGap(one, medians.get(one), level.profile[one]) for one in Dimension}
    return Gap(
        level=level.number,
        lacking={one.id: given[one.id] for one in asked if not now.satisfies(one)},
        satisfied=tuple(one.id for one in asked if now.satisfies(one)),
        weaknesses=tuple(
            one.id
            for one in rubric.indicators
            if not one.gates and one.level <= level.number and given[one.id] is Answer.YES
        ),
        dimensions=tuple(dimensions.values()),
        characteristics=tuple(
            CharacteristicGap(one, dimensions[one.dimension].reached if one.dimension else Reached.UNKNOWN)
            for one in level.statements
            if one.kind is StatementKind.CHARACTERISTIC
        ),
        pitfalls=tuple(one for one in level.statements if one.kind is StatementKind.PITFALL),
    )
