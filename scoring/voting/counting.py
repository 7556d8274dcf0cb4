"""What may be told of a round while it is open: how many votes are in. And how the votes of a revealed one count.

What may be told of a revealed round without exposing anybody is `scoring.meetings.assessment_rounds.told`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from scoring.voting.choices import CHOICES, Scale
from scoring.voting.voters import RespondentId


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


def counted(scale: Scale, votes: Iterable[Vote]) -> dict[str, int]:
    """How many votes each choice has, in the scale's order."""
    found = Counter(vote.choice for vote in votes)
    return {choice: found[choice] for choice in CHOICES[scale]}
