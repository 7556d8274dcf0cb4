"""What the given answers say besides the level: contradictions, what is ahead, the paper sheet's literal result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from scoring.maturity.rubric import LEVELS, Answer, IndicatorId, Polarity, Rubric


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A deficit that is answered yes although a capability that supersedes it is answered yes too."""

    deficit: IndicatorId
    capability: IndicatorId


def contradictions(rubric: Rubric, answers: Mapping[IndicatorId, Answer]) -> tuple[Contradiction, ...]:
    """Every contradicting pair once, in the rubric's order; an unknown contradicts nothing."""
    return tuple(
        Contradiction(deficit.id, capability)
        for deficit in rubric.indicators
        if deficit.polarity is Polarity.DEFICIT and answers.get(deficit.id) is Answer.YES
        for capability in dict.fromkeys(deficit.superseded_by)
        if answers.get(capability) is Answer.YES
    )


def ahead(rubric: Rubric, answers: Mapping[IndicatorId, Answer], level: int) -> tuple[IndicatorId, ...]:
    """Gating indicators answered yes above the level after the confirmed one; shown, never added."""
    return tuple(
        one.id for one in rubric.indicators if one.gates and one.level > level + 1 and answers.get(one.id) is Answer.YES
    )


def literal_level(rubric: Rubric, answers: Mapping[IndicatorId, Answer]) -> int | None:
    """What somebody with the paper sheet would say: the highest level all of whose boxes are ticked, deficits too.

    Of a level with at least one applicable box; None when there is no such level. Levels below are not looked at.
    """
    for level in reversed(LEVELS):
        boxes = [answers.get(one.id, Answer.UNKNOWN) for one in rubric.indicators if one.level == level]
        applicable = {answer for answer in boxes if answer is not Answer.NOT_APPLICABLE}
        if applicable == {Answer.YES}:
            return level
    return None
