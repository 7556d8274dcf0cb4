"""One vote on its way in: whether it counts, and if not, why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from scoring.meetings.sessions import SessionId
from scoring.voting.choices import VotingError
from scoring.voting.rounds import Phase, RoundId
from scoring.voting.voters import Respondent


class Refusal(StrEnum):
    """Why a vote does not count."""

    STRANGER = "stranger"
    TAKEN_OUT = "taken_out"
    OBSERVER = "observer"
    SOMEONE_ELSE = "someone_else"
    FOREIGN_ORIGIN = "foreign_origin"
    OTHER_SESSION = "other_session"
    NO_ROUND = "no_round"
    SESSION_CLOSED = "session_closed"
    REVEALED = "revealed"
    DROPPED = "dropped"
    TOO_LATE = "too_late"
    NO_CHOICE = "no_choice"


SENTENCES: Mapping[Refusal, str] = MappingProxyType(
    {
        Refusal.STRANGER: "Nobody here knows this phone; join with the PIN on the screen.",
        Refusal.TAKEN_OUT: "The facilitator took this phone out of the session; join again with the PIN.",
        Refusal.OBSERVER: "You look on and do not vote; join again as a voter if you want to.",
        Refusal.SOMEONE_ELSE: "This vote names another voter than the one who sent it; reload the page.",
        Refusal.FOREIGN_ORIGIN: "This vote came from another site; vote on the page that you joined on.",
        Refusal.OTHER_SESSION: "That question belongs to another session; reload the page.",
        Refusal.NO_ROUND: "There is no such vote; reload the page.",
        Refusal.SESSION_CLOSED: "The session is closed; nothing is voted any more.",
        Refusal.REVEALED: "The votes are on the screen already; nothing changes any more.",
        Refusal.DROPPED: "This question was put aside; wait for the next one.",
        Refusal.TOO_LATE: "The deadline has passed; nothing is voted any more.",
        Refusal.NO_CHOICE: "That cannot be voted on this question; choose one of the buttons.",
    }
)


class VoteRefusedError(VotingError):
    """A vote that does not count; nothing was changed, and the refusal is on record."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(SENTENCES[reason])
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Ballot:
    """A vote as it was sent. voter: the pseudonym that the page believed to vote as; empty when it did not say."""

    round: RoundId
    choice: str
    voter: str = ""


@dataclass(frozen=True, slots=True)
class Poll:
    """What decides whether a vote in a round counts. is_open: the round's session is; choices: what can be voted."""

    session: SessionId
    is_open: bool
    phase: Phase
    choices: tuple[str, ...]
    deadline: datetime | None = None


def refusal_of(ballot: Ballot, respondent: Respondent | None, poll: Poll | None, now: datetime) -> Refusal | None:
    """Why a ballot does not count; None when it does.

    respondent: whom its token belongs to, None for nobody. poll: of the round that it names, None when there is none.
    """
    if respondent is None:
        return Refusal.STRANGER
    if respondent.left_at is not None:
        return Refusal.TAKEN_OUT
    if respondent.observer:
        return Refusal.OBSERVER
    if ballot.voter and ballot.voter != respondent.pseudonym:
        return Refusal.SOMEONE_ELSE
    if poll is None:
        return Refusal.NO_ROUND
    if poll.session != respondent.session:
        return Refusal.OTHER_SESSION
    if not poll.is_open:
        return Refusal.SESSION_CLOSED
    if poll.phase is not Phase.OPEN:
        return Refusal.REVEALED if poll.phase is Phase.REVEALED else Refusal.DROPPED
    if poll.deadline is not None and now >= poll.deadline:
        return Refusal.TOO_LATE
    return None if ballot.choice in poll.choices else Refusal.NO_CHOICE
