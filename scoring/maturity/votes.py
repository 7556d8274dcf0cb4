"""Votes, and what a question's votes propose. The scored answer is never a vote: it is what the facilitator records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from scoring.maturity.rubric import RATINGS, Answer, Dimension, IndicatorId
from scoring.maturity.sheets import Basis, Ratings, Sheet


class Vote(StrEnum):
    """What one person says to an indicator. The last three are no opinion on the scale and are counted apart."""

    YES = "yes"
    PARTIAL = "partial"
    NO = "no"
    DONT_KNOW = "don't know"
    NOT_APPLICABLE = "n/a"
    OBSERVER = "observer"


Cast = Vote | int
"""A vote on an indicator, or a rating of a dimension from 1 to 5; who does not rate casts one of the abstentions."""

ANSWER_VALUES = {Vote.NO: 0, Vote.PARTIAL: 1, Vote.YES: 2}
ABSTENTIONS = frozenset({Vote.DONT_KNOW, Vote.NOT_APPLICABLE, Vote.OBSERVER})


class Scale(StrEnum):
    """What the values of a question mean: no, partial, yes as 0, 1, 2; or ratings from 1 to 5."""

    ANSWERS = "answers"
    RATINGS = "ratings"

    @property
    def values(self) -> tuple[int, ...]:
        """The values of the scale, lowest first."""
        return tuple(ANSWER_VALUES.values()) if self is Scale.ANSWERS else RATINGS

    def word(self, value: int) -> str:
        """How a value reads."""
        return tuple(ANSWER_VALUES)[value].value if self is Scale.ANSWERS else str(value)


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes on one question: values on its scale in ascending order, and the abstentions. Observers are not in it.

    Raises ValueError for a value that is not on the scale.
    """

    scale: Scale
    values: tuple[int, ...]
    dont_know: int = 0
    not_applicable: int = 0

    def __post_init__(self) -> None:
        """Refuses values off the scale."""
        off = set(self.values) - set(self.scale.values)
        if off:
            raise ValueError(f"{min(off)} is not on the scale of {self.scale}: {self.scale.values}")

    @property
    def distribution(self) -> dict[int, int]:
        """How many chose each value of the scale, the lowest first, zeros included."""
        counts = Counter(self.values)
        return {value: counts[value] for value in self.scale.values}


def tally(scale: Scale, votes: Iterable[Cast]) -> Tally:
    """Count the votes on a question, in whatever order they came."""
    cast = list(votes)
    values = (ANSWER_VALUES[one] if isinstance(one, Vote) else one for one in cast if one not in ABSTENTIONS)
    return Tally(scale, tuple(sorted(values)), cast.count(Vote.DONT_KNOW), cast.count(Vote.NOT_APPLICABLE))


def proposal(votes: Iterable[Vote]) -> Answer:
    """The strict majority among yes, partial and no; unknown where there is none.

    Don't know, n/a and observers are not counted. n/a is never proposed: it needs a reason and an approver.
    """
    counted = Counter(vote for vote in votes if vote not in ABSTENTIONS)
    for vote, number in counted.items():
        if 2 * number > counted.total():
            return Answer(vote.value)
    return Answer.UNKNOWN


@dataclass(frozen=True, slots=True)
class Ballot:
    """All that one respondent voted. ratings: 1 to 5, or an abstention. group, unit: as in Ratings."""

    respondent: str
    votes: Mapping[IndicatorId, Vote] = field(default_factory=dict)
    ratings: Mapping[Dimension, Cast] = field(default_factory=dict)
    group: str | None = None
    unit: str | None = None


def proposed_sheet(ballots: Sequence[Ballot]) -> Sheet:
    """The sheet that ballots propose; scored, it says "proposed"."""
    asked = dict.fromkeys(indicator for ballot in ballots for indicator in ballot.votes)
    return Sheet(
        answers={one: proposal(ballot.votes[one] for ballot in ballots if one in ballot.votes) for one in asked},
        ratings=tuple(map(_ratings, ballots)),
        basis=Basis.PROPOSED,
    )


def _ratings(ballot: Ballot) -> Ratings:
    given = {dimension: cast for dimension, cast in ballot.ratings.items() if not isinstance(cast, Vote)}
    return Ratings(ballot.respondent, given, ballot.group, ballot.unit)
