"""Small assessments for the tests: a lobby, people in it, and questions to vote about."""

from __future__ import annotations

from dataclasses import dataclass

from data.store import Store
from data.store.voting.judging import Receipt
from data.store.voting.voting import Voting
from scoring.actors import EVERYTHING, Actor, Grant, Role, Scope
from scoring.meetings.sessions import Session, SessionKind
from scoring.meetings.snapshots import Snapshot
from scoring.meetings.subjects import Subject
from scoring.voting.admitting import Admitted
from scoring.voting.ballots import Ballot
from scoring.voting.choices import Scale
from scoring.voting.lobbies import Lobby, LobbySettings
from scoring.voting.questions import Option, Question
from scoring.voting.rounds import Round, RoundId
from scoring.voting.voters import Joining
from tests.unit.data.store.estates import NOON, Clock

FAY = Actor("fay", frozenset({Grant(Role.FACILITATOR)}))
GUS = Actor("gus", frozenset({Grant(Role.FACILITATOR)}))
VERA = Actor("vera", frozenset({Grant(Role.VIEWER)}))

PHONE = "198.51.100.7"
"""The address that phones come from."""


def question(subject: str = "L3.2", scale: Scale = Scale.INDICATOR) -> Question:
    """A question about an indicator, or about how a dimension is rated."""
    told = ("yes", "partial", "no") if scale is Scale.INDICATOR else ("1", "2", "3", "4", "5")
    options = tuple(Option(choice, choice.title(), f"What {choice} looks like.") for choice in told)
    beside = (Option("unknown", "Don't know"), Option("n/a", "Does not apply"))
    return Question(Subject(subject), scale, f"About {subject}", "Does a registry enforce it?", (*options, *beside))


@dataclass(frozen=True, slots=True)
class RoomFull:
    """An assessment with its lobby open and people in it."""

    voting: Voting
    session: Session
    lobby: Lobby
    people: tuple[Admitted, ...]

    def join(self, group: str = "Consumers", caller: str = PHONE, **said: object) -> Admitted:
        """One more comes in by PIN."""
        joining = Joining(group, **said)  # type: ignore[arg-type]
        return self.voting.admission.join(caller, self.lobby.pin, joining)

    def start(self, subject: str = "L3.2", scale: Scale = Scale.INDICATOR) -> Round:
        """Fay opens a round."""
        return self.voting.rounds.start(FAY, self.session.id, question(subject, scale))

    def vote(self, who: Admitted, found: RoundId, choice: str, **more: object) -> Receipt:
        """Somebody votes, and waits for the acknowledgement."""
        return self.voting.casting.cast(who.token, Ballot(found, choice), **more).result(30)  # type: ignore[arg-type]


def assessment(store: Store, scope: Scope = EVERYTHING) -> Session:
    """An open assessment."""
    return store.meetings.open(
        FAY, SessionKind.ASSESSMENT, "Assessment", Snapshot(NOON, {Subject("L3.2"): {}}), scope=scope
    )


def room(store: Store, clock: Clock, people: int = 3, **settings: object) -> RoomFull:
    """An assessment with so many voters in it, all of one group."""
    voting = Voting(store.database, store.writer, clock)
    session = assessment(store)
    lobby = voting.lobbies.open(FAY, session.id, LobbySettings(**settings))  # type: ignore[arg-type]
    empty = RoomFull(voting, session, lobby, ())
    name = {"name": "Ann"} if lobby.settings.named else {}
    return RoomFull(voting, session, lobby, tuple(empty.join(**name) for _ in range(people)))
