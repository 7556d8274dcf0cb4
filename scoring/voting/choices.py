"""What can be voted: one set of words for indicators and one for ratings, the same as those of a decision."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from scoring.maturity.rubric import RATINGS, Answer
from scoring.meetings.texts import MeetingError


class VotingError(MeetingError):
    """A vote, or the steering of one, that cannot be done; the message says what to do next."""


class Scale(StrEnum):
    """What a vote is given on: an indicator's yes, partial, no, or a dimension's rating from 1 to 5."""

    INDICATOR = "indicator"
    RATING = "rating"


DONT_KNOW = Answer.UNKNOWN.value
DOES_NOT_APPLY = Answer.NOT_APPLICABLE.value

VALUES: Mapping[Scale, Mapping[str, int]] = MappingProxyType(
    {
        Scale.INDICATOR: MappingProxyType({Answer.NO.value: 0, Answer.PARTIAL.value: 1, Answer.YES.value: 2}),
        Scale.RATING: MappingProxyType({str(rating): rating for rating in RATINGS}),
    }
)
"""The votes that stand somewhere on a scale, lowest first, and where."""

CHOICES: Mapping[Scale, tuple[str, ...]] = MappingProxyType(
    {scale: (*values, DONT_KNOW, DOES_NOT_APPLY) for scale, values in VALUES.items()}
)
"""All that can be voted. “Don't know” and “does not apply” are votes too: they are counted apart from the scale."""


def value_of(scale: Scale, choice: str) -> int | None:
    """Where a vote stands on its scale; None for “don't know” and “does not apply”. Raises VotingError."""
    if choice not in CHOICES[scale]:
        raise VotingError(f"“{choice}” cannot be voted here; choose one of {', '.join(CHOICES[scale])}.")
    return VALUES[scale].get(choice)
