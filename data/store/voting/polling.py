"""What the database knows of the rounds and the voters of a batch, locked until the batch is written."""

from __future__ import annotations

import json
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, and_, select

from data.store.tables import ACTORS, LOBBIES, RESPONDENTS, SESSIONS, VOTES, VOTING_ROUNDS
from data.store.voting import rows
from scoring.actors import Scope, ScopeKind
from scoring.meetings.sessions import SessionId
from scoring.voting.ballots import Poll
from scoring.voting.questions import Question
from scoring.voting.rounds import RoundId, phase_of
from scoring.voting.voters import Respondent, RespondentId

LARGEST_KEY = 2**63 - 1
"""No key is larger; what a phone sends may be."""


@dataclass(frozen=True, slots=True)
class OpenPoll:
    """A round as votes need it. scope: its session's. reveals: it is revealed when everybody has voted."""

    rules: Poll
    scope: Scope
    reveals: bool


@dataclass(frozen=True, slots=True)
class Voter:
    """Whose token it is, and their key as an actor."""

    respondent: Respondent
    actor_id: int


@dataclass(frozen=True, slots=True)
class Known:
    """All of it. voters: by the hash of their token. votes: the choice that stands, and since when."""

    polls: dict[RoundId, OpenPoll] = field(default_factory=dict)
    voters: dict[str, Voter] = field(default_factory=dict)
    votes: dict[tuple[RoundId, RespondentId], tuple[str, datetime]] = field(default_factory=dict)


def is_key(found: RoundId) -> bool:
    """True for what can be the key of a round at all."""
    return 0 < found <= LARGEST_KEY


def known(connection: Connection, named: AbstractSet[RoundId], hashes: AbstractSet[str]) -> Known:
    """What is known of these rounds and tokens."""
    keys = [found for found in named if is_key(found)]
    if connection.dialect.name != "sqlite":
        _lock(connection, keys)
    found = Known()
    polls = (
        select(
            VOTING_ROUNDS.c.id,
            VOTING_ROUNDS.c.session_id,
            VOTING_ROUNDS.c.question,
            VOTING_ROUNDS.c.revealed_at,
            VOTING_ROUNDS.c.dropped_at,
            SESSIONS.c.closed_at,
            SESSIONS.c.scope_kind,
            SESSIONS.c.scope_name,
            LOBBIES.c.deadline,
            LOBBIES.c.auto_reveal,
            LOBBIES.c.round_id,
        )
        .join(SESSIONS, SESSIONS.c.id == VOTING_ROUNDS.c.session_id)
        .join(LOBBIES, LOBBIES.c.session_id == VOTING_ROUNDS.c.session_id)
        .where(VOTING_ROUNDS.c.id.in_(keys))
    )
    for row in connection.execute(polls):
        choices = Question.from_json(json.loads(row.question)).choices
        phase = phase_of(row.revealed_at, row.dropped_at)
        rules = Poll(SessionId(row.session_id), row.closed_at is None, phase, choices, row.deadline)
        scope = Scope(ScopeKind(row.scope_kind), row.scope_name)
        found.polls[RoundId(row.id)] = OpenPoll(rules, scope, row.auto_reveal and row.round_id == row.id)
    voters = (
        select(RESPONDENTS, ACTORS.c.name.label("pseudonym"), VOTES.c.round_id, VOTES.c.choice, VOTES.c.voted_at)
        .join(ACTORS, ACTORS.c.id == RESPONDENTS.c.actor_id)
        .outerjoin(VOTES, and_(VOTES.c.respondent_id == RESPONDENTS.c.id, VOTES.c.round_id.in_(keys)))
        .where(RESPONDENTS.c.token_hash.in_(hashes))
    )
    for row in connection.execute(voters):
        respondent = rows.respondent_from(row)
        found.voters[row.token_hash] = Voter(respondent, row.actor_id)
        if row.round_id is not None:
            found.votes[RoundId(row.round_id), respondent.id] = (row.choice, row.voted_at)
    return found


def _lock(connection: Connection, keys: list[RoundId]) -> None:
    """Let nobody steer or close these sessions until the votes are written; SQLite has one writer anyway.

    Sessions before lobbies, each in order, as everywhere: no two transactions wait for each other.
    """
    places = select(VOTING_ROUNDS.c.session_id).where(VOTING_ROUNDS.c.id.in_(keys)).distinct()
    sessions = sorted(connection.execute(places).scalars())
    for key, read in ((SESSIONS.c.id, True), (LOBBIES.c.session_id, False)):
        connection.execute(select(key).where(key.in_(sessions)).order_by(key).with_for_update(read=read))
