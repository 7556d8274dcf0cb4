"""Rounds of voting about one subject: the first, at most one more after it was talked about, and both are kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from scoring.meetings.sessions import SessionId
from scoring.meetings.subjects import Subject
from scoring.voting.choices import VotingError
from scoring.voting.questions import Question

RoundId = NewType("RoundId", int)

ROUNDS = (1, 2)
"""A vote and one re-vote: a third would measure patience."""


class Phase(StrEnum):
    """How far a round is. Dropped: parked before it was revealed; nobody ever sees its votes."""

    OPEN = "open"
    REVEALED = "revealed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Round:
    """One round. number: 1, or 2 for the re-vote. question: as it was worded when the round was opened."""

    id: RoundId
    session: SessionId
    number: int
    question: Question
    opened_at: datetime
    opened_by: str
    revealed_at: datetime | None = None
    revealed_by: str | None = None
    dropped_at: datetime | None = None

    @property
    def subject(self) -> Subject:
        """What is voted about."""
        return self.question.subject

    @property
    def phase(self) -> Phase:
        """How far it is."""
        return phase_of(self.revealed_at, self.dropped_at)


def phase_of(revealed_at: datetime | None, dropped_at: datetime | None) -> Phase:
    """How far a round is that was revealed, or put aside, at these moments or not yet."""
    if dropped_at is not None:
        return Phase.DROPPED
    return Phase.OPEN if revealed_at is None else Phase.REVEALED


def next_number(rounds: Iterable[Round], subject: Subject) -> int:
    """The number of the round that may be opened now about a subject. rounds: those of its session.

    Raises VotingError while one is open, and after the re-vote.
    """
    held = [one for one in rounds if one.subject == subject and one.phase is not Phase.DROPPED]
    if any(one.phase is Phase.OPEN for one in held):
        raise VotingError(f"A vote about {subject} is open; reveal it, or park it, before the next one.")
    number = max((one.number for one in held), default=0) + 1
    if number > ROUNDS[-1]:
        raise VotingError(f"{subject} was voted twice; decide it now, or park it.")
    return number
