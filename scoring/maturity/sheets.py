"""A sheet: what was answered to the indicators, and how people rated the dimensions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from scoring.maturity.rubric import RATINGS, Answer, Dimension, IndicatorId, Rubric


class SheetError(ValueError):
    """A sheet says something that its rubric does not know. way: to the value, such as ("answers", "L9.9")."""

    def __init__(self, way: tuple[str | int, ...], problem: str) -> None:
        super().__init__(f"{'.'.join(map(str, way))} {problem}")
        self.way = way
        self.problem = problem


class Basis(StrEnum):
    """What the answers of a sheet are: recorded decisions, or what votes propose and nobody has decided yet."""

    DECIDED = "decided"
    PROPOSED = "proposed"


@dataclass(frozen=True, slots=True)
class Ratings:
    """How one respondent rates the dimensions, 1 to 5; what they did not rate is not among them.

    group: platform team, consumers, business sponsors or an own one. unit: their part of the organisation.
    Raises SheetError for a rating that is not 1 to 5.
    """

    respondent: str
    ratings: Mapping[Dimension, int]
    group: str | None = None
    unit: str | None = None

    def __post_init__(self) -> None:
        """Refuses ratings off the scale."""
        for dimension, rating in self.ratings.items():
            if rating not in RATINGS:
                raise SheetError((dimension.value,), f"must be a rating from 1 to 5, not {rating}")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Answers and ratings of one assessment. An indicator that is not among the answers is unknown.

    An answer n/a stands for an approved one: reason and approver are kept with the decision, not here.
    """

    answers: Mapping[IndicatorId, Answer] = field(default_factory=dict)
    ratings: tuple[Ratings, ...] = ()
    basis: Basis = Basis.DECIDED

    def answered(self, rubric: Rubric) -> dict[IndicatorId, Answer]:
        """The answer to every indicator of the rubric, in its order; raises SheetError for one that it does not ask."""
        for indicator in self.answers:
            if indicator not in rubric.by_id:
                raise SheetError(("answers", indicator), _unasked(rubric, indicator))
        return {one.id: self.answers.get(one.id, Answer.UNKNOWN) for one in rubric.indicators}


def _unasked(rubric: Rubric, indicator: IndicatorId) -> str:
    for disabled in rubric.disabled:
        if disabled.indicator == indicator:
            return f"is not asked: the rubric has taken it out ({disabled.reason}); leave it out of the sheet"
    asked = ", ".join(one.id for one in rubric.indicators)
    return f"is no indicator of rubric {rubric.id} {rubric.version}; it asks {asked}"
