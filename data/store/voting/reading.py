"""What the store answers about votes: to the room before a reveal only how many are in, to a phone only its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from data.store.engine import Database
from data.store.meetings.rows import session_of
from data.store.tables import LOBBIES, RESPONDENTS, SESSIONS, VOTES, VOTING_ROUNDS
from data.store.voting import rows
from scoring.meetings.sessions import Session, SessionId
from scoring.meetings.subjects import Subject
from scoring.voting.counting import Turnout, Vote
from scoring.voting.lobbies import Lobby, Mode
from scoring.voting.rounds import Phase, Round, RoundId
from scoring.voting.voters import Respondent, RespondentId


@dataclass(frozen=True, slots=True)
class Mark:
    """Differs after every step and every vote of a session; so cheap that everybody who watches may ask for it.

    version: of the lobby, which grows with steps and not with votes. votes: in rounds that are open; people: joined.
    """

    version: int
    closed: bool
    votes: int
    people: int


@dataclass(frozen=True, slots=True)
class Room:
    """What whoever steers sees of a session.

    round: the one before the room, open or revealed; None before the first. earlier: rounds held about the same
    subject before it. turnouts: of every open round. votes: of the round before the room and the earlier ones, as far
    as they are revealed; what may be told of them is `scoring.meetings.assessment_rounds.told`. voters, observers: who
    are there now.
    """

    lobby: Lobby
    round: Round | None
    earlier: tuple[Round, ...]
    turnouts: Mapping[RoundId, Turnout]
    votes: Mapping[RoundId, tuple[Vote, ...]]
    voters: int
    observers: int

    @property
    def turnout(self) -> Turnout | None:
        """How many are in, while a round is open."""
        return None if self.round is None else self.turnouts.get(self.round.id)


@dataclass(frozen=True, slots=True)
class Answered:
    """How far a survey is. questions: asked; voters: who are there; begun, finished: those with a vote, with all."""

    questions: int
    voters: int
    begun: int
    finished: int


@dataclass(frozen=True, slots=True)
class Asked:
    """What phones are asked, the same for each of them.

    rounds: the one before the room, or all of a survey. gone: who was taken out, and is asked nothing any more.
    """

    session: Session
    lobby: Lobby
    rounds: tuple[Round, ...]
    gone: frozenset[RespondentId]


class VotingReader:
    """Answers questions about votes. May be used from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def lobby(self, session: SessionId) -> Lobby | None:
        """The lobby of a session; None when it was never opened."""
        with self._database.reading() as connection:
            row = connection.execute(rows.lobbies_where(LOBBIES.c.session_id == session)).one_or_none()
            return None if row is None else rows.lobby_from(row)

    def mark(self, session: SessionId) -> Mark | None:
        """What differs after every change; None when the session has no lobby."""
        return self.marks([session]).get(session)

    def marks(self, sessions: Sequence[SessionId]) -> dict[SessionId, Mark]:
        """The marks of several sessions at once; those without a lobby are left out."""
        still = (VOTING_ROUNDS.c.revealed_at.is_(None), VOTING_ROUNDS.c.dropped_at.is_(None))
        votes = (
            select(func.count())
            .select_from(VOTES.join(VOTING_ROUNDS, VOTING_ROUNDS.c.id == VOTES.c.round_id))
            .where(VOTING_ROUNDS.c.session_id == LOBBIES.c.session_id, *still)
            .correlate(LOBBIES)
            .scalar_subquery()
        )
        people = (
            select(func.count())
            .select_from(RESPONDENTS)
            .where(RESPONDENTS.c.session_id == LOBBIES.c.session_id)
            .correlate(LOBBIES)
            .scalar_subquery()
        )
        found = (
            select(LOBBIES.c.session_id, LOBBIES.c.version, SESSIONS.c.closed_at, votes, people)
            .join(SESSIONS, SESSIONS.c.id == LOBBIES.c.session_id)
            .where(LOBBIES.c.session_id.in_(sessions))
        )
        with self._database.reading() as connection:
            return {
                SessionId(key): Mark(version, closed_at is not None, count, joined)
                for key, version, closed_at, count, joined in connection.execute(found)
            }

    def room(self, session: SessionId) -> Room:
        """What whoever steers sees; before a reveal that is how many are in. Raises NoLobbyError, NoSessionError."""
        with self._database.reading() as connection:
            lobby = rows.lobby_of(connection, session)
            held = [one for one in rows.rounds_of(connection, session) if one.phase is not Phase.DROPPED]
            before = next((one for one in held if one.id == lobby.round), None)
            about = [one for one in held if one.subject == lobby.subject]
            still = [one.id for one in held if one.phase is Phase.OPEN]
            shown = [one for one in about if one.phase is Phase.REVEALED]
            votes = rows.votes_in(connection, [one.id for one in shown])
            people = rows.respondents_where(connection, RESPONDENTS.c.session_id == session)
            return Room(
                lobby=lobby,
                round=before,
                earlier=tuple(one for one in about if before is None or one.id < before.id),
                turnouts=rows.turnouts(connection, session, still) if still else {},
                votes={one.id: tuple(votes.get(one.id, ())) for one in shown},
                voters=sum(one.votes for one in people),
                observers=sum(one.observer and one.left_at is None for one in people),
            )

    def turnout(self, session: SessionId) -> dict[RoundId, Turnout]:
        """How many are in, for each open round."""
        still = (VOTING_ROUNDS.c.revealed_at.is_(None), VOTING_ROUNDS.c.dropped_at.is_(None))
        opened = select(VOTING_ROUNDS.c.id).where(VOTING_ROUNDS.c.session_id == session, *still)
        with self._database.reading() as connection:
            found = [RoundId(key) for key in connection.execute(opened).scalars()]
            return rows.turnouts(connection, session, found) if found else {}

    def answered(self, session: SessionId) -> Answered:
        """How many have answered how much of what is open."""
        still = (VOTING_ROUNDS.c.revealed_at.is_(None), VOTING_ROUNDS.c.dropped_at.is_(None))
        opened = select(VOTING_ROUNDS.c.id).where(VOTING_ROUNDS.c.session_id == session, *still)
        mine = (
            select(func.count())
            .select_from(VOTES)
            .where(VOTES.c.respondent_id == RESPONDENTS.c.id, VOTES.c.round_id.in_(opened))
            .correlate(RESPONDENTS)
            .scalar_subquery()
        )
        with self._database.reading() as connection:
            asked = connection.execute(select(func.count()).select_from(opened.subquery())).scalar_one()
            there = select(mine).where(RESPONDENTS.c.session_id == session, *rows.THERE)
            counts = connection.execute(there).scalars().all()
        finished = sum(count == asked for count in counts) if asked else 0
        return Answered(asked, len(counts), sum(count > 0 for count in counts), finished)

    def revealed_votes(self, session: SessionId) -> dict[Subject, tuple[tuple[Round, tuple[Vote, ...]], ...]]:
        """The votes of every revealed round, by subject, the first round before the re-vote.

        They are there to be judged; what may be told of them is `scoring.meetings.assessment_rounds.told`.
        """
        with self._database.reading() as connection:
            held = [one for one in rows.rounds_of(connection, session) if one.phase is Phase.REVEALED]
            votes = rows.votes_in(connection, [one.id for one in held])
        found: dict[Subject, tuple[tuple[Round, tuple[Vote, ...]], ...]] = {}
        for one in held:
            found[one.subject] = (*found.get(one.subject, ()), (one, tuple(votes.get(one.id, ()))))
        return found

    def respondents(self, session: SessionId) -> tuple[Respondent, ...]:
        """All who have joined, those who were taken out too."""
        with self._database.reading() as connection:
            return tuple(rows.respondents_where(connection, RESPONDENTS.c.session_id == session))

    def asked(self, session: SessionId) -> Asked:
        """What its phones are asked now. Raises NoLobbyError, NoSessionError."""
        with self._database.reading() as connection:
            lobby = rows.lobby_of(connection, session)
            left = (RESPONDENTS.c.session_id == session, RESPONDENTS.c.left_at.is_not(None))
            gone = connection.execute(select(RESPONDENTS.c.id).where(*left)).scalars()
            if lobby.mode is Mode.SURVEY:
                still = (VOTING_ROUNDS.c.revealed_at.is_(None), VOTING_ROUNDS.c.dropped_at.is_(None))
                rounds = rows.rounds_where(connection, VOTING_ROUNDS.c.session_id == session, *still)
            else:
                rounds = rows.rounds_where(connection, VOTING_ROUNDS.c.id == lobby.round)
            taken_out = frozenset(RespondentId(key) for key in gone)
            return Asked(session_of(connection, session), lobby, tuple(rounds), taken_out)

    def own_votes(self, respondent: RespondentId, rounds: Sequence[RoundId]) -> dict[RoundId, str]:
        """What one respondent voted in these rounds: for their own phone."""
        mine = select(VOTES.c.round_id, VOTES.c.choice).where(
            VOTES.c.respondent_id == respondent, VOTES.c.round_id.in_(rounds)
        )
        with self._database.reading() as connection:
            return {RoundId(key): choice for key, choice in connection.execute(mine)}
