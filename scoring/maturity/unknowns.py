"""What is not known: which unknowns can still change the level or the index, and which one matters most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.maturity.rubric import Answer, Indicator, IndicatorId, Rubric
from scoring.maturity.sheets import Sheet
from scoring.maturity.staging import Reading, reading, standing


@dataclass(frozen=True, slots=True)
class UnknownWeight:
    """What one unknown is worth in index.

    raises: the index with this one a yes and every other unknown a no, above the lower bound.
    lowers: the index with this one a no and every other unknown a yes, below the upper bound.
    """

    indicator: IndicatorId
    raises: Fraction
    lowers: Fraction

    @property
    def narrows(self) -> Fraction:
        """By how much an answer narrows the bounds, a yes and a no taken together."""
        return self.raises + self.lowers


def deciding(rubric: Rubric, answers: Mapping[IndicatorId, Answer]) -> tuple[IndicatorId, ...]:
    """Unknowns whose answer can change level or index, whatever the other unknowns turn out to be; as the rubric asks.

    One can when there are answers to the others with which a yes to it newly satisfies an indicator of the lowest level
    that is not complete. More yes below only helps to get there, so it is enough to look at the one case in which all
    other unknowns are yes but those that would satisfy the very indicator. answers: to every indicator.
    """
    generous = reading(answers, unknown_as_yes=True)
    return tuple(
        unknown
        for unknown in answers
        if answers[unknown] is Answer.UNKNOWN
        and any(_decides(rubric, generous, answers, unknown, one) for one in rubric.indicators if one.gates)
    )


def _decides(
    rubric: Rubric,
    generous: Reading,
    answers: Mapping[IndicatorId, Answer],
    unknown: IndicatorId,
    indicator: Indicator,
) -> bool:
    """True when a yes to the unknown can newly satisfy the indicator while its level is the next to be reached."""
    satisfying = {indicator.id, *indicator.superseded_by}
    if unknown not in satisfying or indicator.id in generous.not_applicable:
        return False
    if any(answers.get(one) is Answer.YES for one in satisfying):
        return False
    without = standing(rubric, Reading(generous.yes - satisfying, generous.not_applicable))
    return without.level == indicator.level - 1 and without.counts[indicator.level - 1].assessable


def weights(rubric: Rubric, sheet: Sheet) -> tuple[UnknownWeight, ...]:
    """The unknowns that can change level or index, the one that matters most first. Raises SheetError as `score` does.

    That is the one whose answer narrows the bounds most; of equal ones, the one that the rubric asks first.
    """
    answers = sheet.answered(rubric)
    low, high = reading(answers), reading(answers, unknown_as_yes=True)

    def weight(unknown: IndicatorId) -> UnknownWeight:
        return UnknownWeight(
            unknown,
            raises=_index(rubric, Reading(low.yes | {unknown}, low.not_applicable)) - _index(rubric, low),
            lowers=_index(rubric, high) - _index(rubric, Reading(high.yes - {unknown}, high.not_applicable)),
        )

    return tuple(sorted(map(weight, deciding(rubric, answers)), key=lambda one: -one.narrows))


def _index(rubric: Rubric, of: Reading) -> Fraction:
    """The index of a reading; 0 without one, where no unknown changes anything."""
    return standing(rubric, of).index or Fraction(0)
