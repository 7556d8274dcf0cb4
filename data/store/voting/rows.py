"""Votes between their rows and the types of `scoring.voting`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from data.store.tables import ACTORS, LOBBIES, RESPONDENTS, VOTES, VOTING_ROUNDS
from scoring.meetings.sessions import SessionId
from scoring.meetings.subjects import Subject
from scoring.voting.choices import VotingError
from scoring.voting.counting import Turnout, Vote
from scoring.voting.lobbies import Lobby, LobbySettings, Mode, Pin
from scoring.voting.questions import Question
from scoring.voting.rounds import Round, RoundId
from scoring.voting.voters import Respondent, RespondentId

OPENER, REVEALER = ACTORS.alias("opener"), ACTORS.alias("revealer")

THERE = (RESPONDENTS.c.observer.is_(False), RESPONDENTS.c.left_at.is_(None))
"""Those whose vote is waited for."""


class NoLobbyError(VotingError):
    """Nobody can vote in that session yet."""

    def __init__(self, session: SessionId) -> None:
        super().__init__(f"Session {session} has no lobby; open it, so that people can join.")


def hash_of(token: str) -> str:
    """What is kept of a phone's token: SHA-256; a random 256-bit token needs no salt."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def lobbies_where(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Lobbies with the name of who presents."""
    presenter = select(LOBBIES, ACTORS.c.name.label("presenter")).join(ACTORS, ACTORS.c.id == LOBBIES.c.presenter_id)
    return presenter.where(*conditions)


def lobby_from(row: Any) -> Lobby:
    """A lobby from a row of `lobbies_where`."""
    return Lobby(
        session=SessionId(row.session_id),
        pin=Pin(row.pin),
        key=row.join_key,
        settings=LobbySettings(
            groups=tuple(json.loads(row.group_names)),
            units=tuple(json.loads(row.units)),
            named=row.named,
            auto_reveal=row.auto_reveal,
        ),
        mode=Mode(row.mode),
        version=row.version,
        presenter=row.presenter,
        subject=None if row.subject is None else Subject(row.subject),
        round=None if row.round_id is None else RoundId(row.round_id),
        timer_ends_at=row.timer_ends_at,
        deadline=row.deadline,
        closed_at=row.closed_at,
    )


def lobby_of(connection: Connection, session: SessionId) -> Lobby:
    """The lobby of a session. Raises NoLobbyError."""
    row = connection.execute(lobbies_where(LOBBIES.c.session_id == session)).one_or_none()
    if row is None:
        raise NoLobbyError(session)
    return lobby_from(row)


def respondents_where(connection: Connection, *conditions: ColumnElement[bool]) -> list[Respondent]:
    """Respondents in the order in which they joined."""
    found = (
        select(RESPONDENTS, ACTORS.c.name.label("pseudonym"))
        .join(ACTORS, ACTORS.c.id == RESPONDENTS.c.actor_id)
        .where(*conditions)
        .order_by(RESPONDENTS.c.id)
    )
    return [respondent_from(row) for row in connection.execute(found)]


def respondent_from(row: Any) -> Respondent:
    """A respondent from a row that has the name of their actor as `pseudonym`."""
    return Respondent(
        id=RespondentId(row.id),
        session=SessionId(row.session_id),
        pseudonym=row.pseudonym,
        group=row.group_name,
        unit=row.unit,
        name=row.name,
        observer=row.observer,
        joined_at=row.joined_at,
        left_at=row.left_at,
    )


def rounds_where(connection: Connection, *conditions: ColumnElement[bool]) -> list[Round]:
    """Rounds in the order in which they were opened."""
    found = (
        select(VOTING_ROUNDS, OPENER.c.name.label("opener"), REVEALER.c.name.label("revealer"))
        .join(OPENER, OPENER.c.id == VOTING_ROUNDS.c.opened_by)
        .outerjoin(REVEALER, REVEALER.c.id == VOTING_ROUNDS.c.revealed_by)
        .where(*conditions)
        .order_by(VOTING_ROUNDS.c.id)
    )
    return [
        Round(
            id=RoundId(row.id),
            session=SessionId(row.session_id),
            number=row.number,
            question=Question.from_json(json.loads(row.question)),
            opened_at=row.opened_at,
            opened_by=row.opener,
            revealed_at=row.revealed_at,
            revealed_by=row.revealer,
            dropped_at=row.dropped_at,
        )
        for row in connection.execute(found)
    ]


def rounds_of(connection: Connection, session: SessionId) -> list[Round]:
    """Every round of a session, those that were put aside too."""
    return rounds_where(connection, VOTING_ROUNDS.c.session_id == session)


def turnouts(connection: Connection, session: SessionId, rounds: Sequence[RoundId]) -> dict[RoundId, Turnout]:
    """How many of those who are there now have voted in each of these rounds of a session."""
    waited = select(func.count()).select_from(RESPONDENTS).where(RESPONDENTS.c.session_id == session, *THERE)
    voters = connection.execute(waited).scalar_one()
    cast = (
        select(VOTES.c.round_id, func.count())
        .join(RESPONDENTS, RESPONDENTS.c.id == VOTES.c.respondent_id)
        .where(VOTES.c.round_id.in_(rounds), *THERE)
        .group_by(VOTES.c.round_id)
    )
    found = {RoundId(key): count for key, count in connection.execute(cast)}
    return {key: Turnout(found.get(key, 0), voters) for key in rounds}


def end_of(connection: Connection, session: SessionId, rounds: Sequence[RoundId], now: datetime) -> datetime:
    """The moment that ends rounds: later than whoever was taken out before, whatever the clock did meanwhile.

    Who was there at a reveal is told by its moment; a clock that stands still or is set back counts in nobody who left.
    """
    opened = select(func.max(VOTING_ROUNDS.c.opened_at)).where(VOTING_ROUNDS.c.id.in_(rounds))
    left = select(func.max(RESPONDENTS.c.left_at)).where(RESPONDENTS.c.session_id == session)
    begun = connection.execute(opened).scalar_one()
    gone = connection.execute(left).scalar_one()
    moments = (now, begun, None if gone is None else gone + timedelta(microseconds=1))
    return max(one for one in moments if one is not None)


def leaving_of(connection: Connection, respondent: Respondent, now: datetime) -> datetime:
    """The moment of being taken out: not before any reveal at which they were there, whatever the clock did."""
    revealed = select(func.max(VOTING_ROUNDS.c.revealed_at)).where(VOTING_ROUNDS.c.session_id == respondent.session)
    last = connection.execute(revealed).scalar_one()
    return max(now, respondent.joined_at) if last is None else max(now, respondent.joined_at, last)


def votes_in(connection: Connection, rounds: Iterable[RoundId]) -> dict[RoundId, list[Vote]]:
    """What was voted in those of these rounds that are revealed, by voters who were there at the reveal."""
    found = (
        select(VOTES, RESPONDENTS.c.group_name, RESPONDENTS.c.unit, RESPONDENTS.c.name)
        .join(RESPONDENTS, RESPONDENTS.c.id == VOTES.c.respondent_id)
        .join(VOTING_ROUNDS, VOTING_ROUNDS.c.id == VOTES.c.round_id)
        .where(
            VOTES.c.round_id.in_(list(rounds)),
            VOTING_ROUNDS.c.revealed_at.is_not(None),
            or_(RESPONDENTS.c.left_at.is_(None), RESPONDENTS.c.left_at >= VOTING_ROUNDS.c.revealed_at),
        )
        .order_by(VOTES.c.round_id, VOTES.c.respondent_id)
    )
    votes: dict[RoundId, list[Vote]] = {}
    for row in connection.execute(found):
        vote = Vote(RespondentId(row.respondent_id), row.choice, row.group_name, row.unit, row.name)
        votes.setdefault(RoundId(row.round_id), []).append(vote)
    return votes
