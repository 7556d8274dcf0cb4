"""What may be told of a round: how many votes are in, and after the reveal how they are spread.

A spread is shown only of three or more votes, and only where what is left when it is taken from the whole is nothing or
three or more as well: otherwise a single vote could be found by subtraction.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from scoring.voting.choices import CHOICES, Scale, VotingError
from scoring.voting.rounds import Phase, Round
from scoring.voting.voters import RespondentId

FEWEST = 3
"""Votes below which a spread is not shown."""

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Vote:
    """One vote of a revealed round. name: empty unless the session is named."""

    respondent: RespondentId
    choice: str
    group: str
    unit: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Turnout:
    """All that whoever steers may know before the reveal: how many of those who are there have voted."""

    votes: int
    voters: int

    @property
    def is_complete(self) -> bool:
        """True when everybody who is there has voted, and somebody is."""
        return 0 < self.voters <= self.votes

    def __str__(self) -> str:
        """As it is shown: 5 of 7 in."""
        return f"{self.votes} of {self.voters} in"


@dataclass(frozen=True, slots=True)
class Spread:
    """How votes are spread. n: their number; counts: by choice, zeros too, None where they may not be shown."""

    n: int
    counts: Mapping[str, int] | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a revealed round says: all of it, and by group and unit as far as nobody is exposed."""

    round: Round
    whole: Spread
    groups: Mapping[str, Spread]
    units: Mapping[str, Spread]


def outcome(found: Round, votes: Iterable[Vote]) -> Outcome:
    """What may be told of a round. Raises VotingError before its reveal."""
    if found.phase is not Phase.REVEALED:
        raise VotingError(f"The votes about {found.subject} are not revealed; reveal them first.")
    cast, scale = list(votes), found.question.scale
    whole = Spread(len(cast), counted(scale, cast) if len(cast) >= FEWEST else None)
    return Outcome(
        round=found,
        whole=whole,
        groups=_parts(scale, cast, {vote.respondent: vote.group for vote in cast}),
        units=_parts(scale, cast, {vote.respondent: vote.unit for vote in cast if vote.unit}),
    )


def counted(scale: Scale, votes: Iterable[Vote]) -> dict[str, int]:
    """How many votes each choice has, in the scale's order."""
    found = Counter(vote.choice for vote in votes)
    return {choice: found[choice] for choice in CHOICES[scale]}


def showable(sizes: Mapping[K, int], whole: int) -> frozenset[K]:
    """The parts of a whole that may be shown without exposing anybody.

    sizes: votes of each part; whole: of all of them, those in no part too. Each part shown has three or more, and so
    has what is left of the whole when any one of them, or all of them, are taken away, unless nothing is left.
    """
    shown = {part for part, size in sizes.items() if size >= FEWEST and (whole == size or whole - size >= FEWEST)}
    while shown and 0 < whole - sum(sizes[part] for part in shown) < FEWEST:
        shown.remove(min(shown, key=lambda part: (sizes[part], str(part))))
    return frozenset(shown)


def _parts(scale: Scale, cast: list[Vote], part_of: Mapping[RespondentId, str]) -> dict[str, Spread]:
    members: dict[str, list[Vote]] = {part: [] for part in sorted(set(part_of.values()))}
    for vote in cast:
        if vote.respondent in part_of:
            members[part_of[vote.respondent]].append(vote)
    shown = showable({part: len(votes) for part, votes in members.items()}, len(cast))
    return {
        part: Spread(len(votes), counted(scale, votes) if part in shown else None) for part, votes in members.items()
    }
