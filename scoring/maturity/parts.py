"""The result by respondent group and by unit of the organisation, and how far such results lie apart.

For talking about differences, not for ranking: parts come by name, and a roll-up names none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from scoring.maturity.disclosure import Disclosure, disclosed
from scoring.maturity.profile import lower_median
from scoring.maturity.results import Result, score
from scoring.maturity.rubric import Dimension, IndicatorId, Rubric
from scoring.maturity.sheets import Sheet
from scoring.maturity.votes import ABSTENTIONS, Ballot, Cast, Vote, proposed_sheet

Question = IndicatorId | Dimension


class Part(StrEnum):
    """By what respondents are told apart."""

    GROUP = "group"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Spread:
    """How far n levels lie apart, without saying whose they are. median: the lower one."""

    n: int
    lowest: int
    median: int
    highest: int


@dataclass(frozen=True, slots=True)
class PartResults:
    """What each part's own votes propose, by name. withheld: parts of which no question may be shown."""

    results: Mapping[str, Result]
    withheld: tuple[str, ...]

    @property
    def spread(self) -> Spread | None:
        """How far the parts' levels lie apart; None when there is no part to show."""
        return spread(result.level for result in self.results.values())


def spread(levels: Iterable[int]) -> Spread | None:
    """The roll-up of several teams' levels; None of none."""
    ordered = sorted(levels)
    median = lower_median(ordered)
    return None if median is None else Spread(len(ordered), ordered[0], median, ordered[-1])


def by_part(rubric: Rubric, ballots: Sequence[Ballot]) -> Mapping[Part, PartResults]:
    """Results of every group and every unit, each from its own votes.

    A part's votes on a question count only where its distribution may be shown beside all others that are; elsewhere
    its answer is unknown and its rating not given, so that no result says what one or two people voted.
    """
    members: dict[tuple[Part, str], list[Ballot]] = {}
    for ballot in ballots:
        for part, name in ((Part.GROUP, ballot.group), (Part.UNIT, ballot.unit)):
            if name is not None:
                members.setdefault((part, name), []).append(ballot)
    shown = _shown(members, ballots)
    found: dict[Part, PartResults] = {}
    for part in Part:
        names = sorted(name for kind, name in members if kind is part)
        sheets = {name: _sheet(members[part, name], shown[part, name]) for name in names if shown[part, name]}
        found[part] = PartResults(
            results={name: score(rubric, sheet) for name, sheet in sheets.items()},
            withheld=tuple(name for name in names if name not in sheets),
        )
    return found


def _shown(
    members: Mapping[tuple[Part, str], Sequence[Ballot]], ballots: Sequence[Ballot]
) -> Mapping[tuple[Part, str], frozenset[Question]]:
    """The questions of which each part's votes may be shown."""
    people = {f"{part} {name}": frozenset(one.respondent for one in of) for (part, name), of in members.items()}
    shown: dict[str, set[Question]] = {key: set() for key in people}
    questions: dict[Question, None] = {}
    for ballot in ballots:
        questions |= dict.fromkeys(ballot.votes) | dict.fromkeys(ballot.ratings)
    # The same people vote on many questions, and then the same may be shown.
    found: dict[tuple[frozenset[str], frozenset[str]], Disclosure] = {}
    for question in questions:
        cast = {one.respondent: vote for one in ballots if (vote := _vote(one, question)) is not None}
        counted = frozenset(who for who, vote in cast.items() if vote not in ABSTENTIONS)
        voters = frozenset(cast), counted
        if voters not in found:
            found[voters] = disclosed(people, *voters)
        for key in found[voters].parts:
            shown[key].add(question)
    return {(part, name): frozenset(shown[f"{part} {name}"]) for part, name in members}


def _vote(ballot: Ballot, question: Question) -> Cast | None:
    """What was cast on a question; None for nothing and for an observer."""
    cast: Cast | None = ballot.ratings.get(question) if isinstance(question, Dimension) else ballot.votes.get(question)
    return None if cast is Vote.OBSERVER else cast


def _sheet(ballots: Sequence[Ballot], questions: frozenset[Question]) -> Sheet:
    return proposed_sheet(
        [
            Ballot(
                one.respondent,
                {indicator: vote for indicator, vote in one.votes.items() if indicator in questions},
                {dimension: cast for dimension, cast in one.ratings.items() if dimension in questions},
                one.group,
                one.unit,
            )
            for one in ballots
        ]
    )
