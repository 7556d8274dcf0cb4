"""One transaction of votes: who sent each, whether it counts, what is written, and what is revealed by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from data.store.dialect import insert
from data.store.meetings.rows import session_of
from data.store.tables import ACTORS, LOBBIES, RESPONDENTS, SESSIONS, VOTES, VOTING_ROUNDS
from data.store.tables.acting import AuditOutcome
from data.store.voting import rows
from data.store.voting.admission import STRANGER
from data.store.voting.steering import Steering
from data.store.writing import Batch, Entry, find_actor
from scoring.actors import Actor, Role
from scoring.meetings.sessions import Session, SessionId
from scoring.voting.ballots import Ballot, Refusal, refusal_of
from scoring.voting.lobbies import Lobby
from scoring.voting.rounds import Phase, Round, RoundId
from scoring.voting.voters import Respondent, RespondentId

LARGEST_KEY = 2**63 - 1
"""No key is larger; what a phone sends may be."""

REVEALER = Actor.system("voting")
"""Who reveals a round when everybody has voted."""


@dataclass(frozen=True, slots=True)
class Cast:
    """A vote as it arrived. foreign: from a page of another site."""

    token: str
    ballot: Ballot
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """An acknowledged vote; it is on disk. changed: False when the same was voted before."""

    round: RoundId
    choice: str
    at: datetime
    changed: bool


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database says about the voters and rounds of a batch, all of it locked until the batch is written."""

    respondents: dict[str, tuple[Respondent, int]]
    rounds: dict[RoundId, Round]
    sessions: dict[SessionId, tuple[Session, Lobby]]
    votes: dict[tuple[RoundId, RespondentId], tuple[str, datetime]]


def write_together(steering: Steering, casts: Sequence[Cast]) -> list[Receipt | Refusal]:
    """Write the votes that count, an audit entry for each of all of them; returns what became of each, in order.

    Raises as `Writer.together` does; then none of them is written.
    """
    now = steering.clock()
    with steering.writer.together() as batch:
        known = _known(batch.connection, casts)
        changed: dict[tuple[RoundId, RespondentId], str] = {}
        entries: list[Entry] = []
        outcomes = [_judge(batch, cast, known, changed, entries, now) for cast in casts]
        _keep(batch.connection, changed, now)
        batch.audit(entries)
        _reveal_complete(batch, known, {found for found, _ in changed}, now)
    steering.changes.tell(sorted({known.rounds[found].session for found, _ in changed}))
    return outcomes


def _judge(
    batch: Batch,
    cast: Cast,
    known: _Known,
    changed: dict[tuple[RoundId, RespondentId], str],
    entries: list[Entry],
    now: datetime,
) -> Receipt | Refusal:
    ballot = cast.ballot
    respondent, actor_id = known.respondents.get(rows.hash_of(cast.token), (None, None))
    found = known.rounds.get(ballot.round)
    session, lobby = known.sessions[found.session] if found else (None, None)
    deadline = lobby.deadline if lobby else None
    refusal: Refusal | None = Refusal.FOREIGN_ORIGIN
    if not cast.foreign:
        refusal = refusal_of(ballot, respondent, found, session, deadline=deadline, now=now)
    about = f"round {ballot.round}" if _is_key(ballot.round) else "no round"
    if (
        refusal is None
        and respondent
        and session
        and not respondent.actor(session.scope).may(Role.VOTER, session.scope)
    ):
        refusal = Refusal.OBSERVER
    if refusal is not None or respondent is None or actor_id is None:
        reason = refusal or Refusal.STRANGER
        who = find_actor(batch.connection, STRANGER, batch.at) if actor_id is None else actor_id
        entries.append(Entry(who, "vote.cast", about, {"reason": reason}, AuditOutcome.REFUSED))
        return reason
    key = (ballot.round, respondent.id)
    before = known.votes.get(key)
    if before is not None and before[0] == ballot.choice:
        return Receipt(ballot.round, ballot.choice, before[1], changed=False)
    changed[key] = ballot.choice
    known.votes[key] = (ballot.choice, now)
    # Never the choice: the log says that somebody voted, and nobody learns from it what.
    entries.append(Entry(actor_id, "vote.cast", about, {"again": before is not None}))
    return Receipt(ballot.round, ballot.choice, now, changed=True)


def _is_key(found: RoundId) -> bool:
    """True for what can be the key of a round at all."""
    return 0 < found <= LARGEST_KEY


def _known(connection: Connection, casts: Sequence[Cast]) -> _Known:
    named = {cast.ballot.round for cast in casts if _is_key(cast.ballot.round)}
    places = select(VOTING_ROUNDS.c.session_id).where(VOTING_ROUNDS.c.id.in_(named)).distinct()
    keys = sorted(connection.execute(places).scalars())
    # Sessions before lobbies, each in order: no two transactions wait for each other.
    for table, key, read in ((SESSIONS, SESSIONS.c.id, True), (LOBBIES, LOBBIES.c.session_id, False)):
        connection.execute(select(key).select_from(table).where(key.in_(keys)).order_by(key).with_for_update(read=read))
    hashes = {rows.hash_of(cast.token) for cast in casts}
    found = (
        select(RESPONDENTS, ACTORS.c.name.label("pseudonym"))
        .join(ACTORS, ACTORS.c.id == RESPONDENTS.c.actor_id)
        .where(RESPONDENTS.c.token_hash.in_(hashes))
    )
    respondents = {row.token_hash: (rows.respondent_from(row), int(row.actor_id)) for row in connection.execute(found)}
    rounds = {one.id: one for one in rows.rounds_where(connection, VOTING_ROUNDS.c.id.in_(named))}
    sessions = {
        SessionId(key): (session_of(connection, SessionId(key)), rows.lobby_of(connection, SessionId(key)))
        for key in keys
    }
    voters = [respondent.id for respondent, _ in respondents.values()]
    before = select(VOTES).where(VOTES.c.round_id.in_(named), VOTES.c.respondent_id.in_(voters))
    votes = {
        (RoundId(row.round_id), RespondentId(row.respondent_id)): (str(row.choice), row.voted_at)
        for row in connection.execute(before)
    }
    return _Known(respondents, rounds, sessions, votes)


def _keep(connection: Connection, changed: dict[tuple[RoundId, RespondentId], str], now: datetime) -> None:
    if not changed:
        return
    fresh = insert(connection, VOTES)
    upsert = fresh.on_conflict_do_update(
        index_elements=["round_id", "respondent_id"],
        set_={"choice": fresh.excluded.choice, "voted_at": fresh.excluded.voted_at},
    )
    values: list[dict[str, Any]] = [
        {"round_id": found, "respondent_id": respondent, "choice": choice, "voted_at": now}
        for (found, respondent), choice in changed.items()
    ]
    connection.execute(upsert, values)


def _reveal_complete(batch: Batch, known: _Known, voted: set[RoundId], now: datetime) -> None:
    """Reveal the rounds that everybody who is there has voted in, where the session is set so."""
    for key in sorted(voted):
        session = known.rounds[key].session
        _, lobby = known.sessions[session]
        if not lobby.settings.auto_reveal or lobby.round != key or known.rounds[key].phase is not Phase.OPEN:
            continue
        turnout = rows.turnouts(batch.connection, session, [key])[key]
        if not turnout.is_complete:
            continue
        revealer = find_actor(batch.connection, REVEALER.name, batch.at)
        ended = VOTING_ROUNDS.update().where(VOTING_ROUNDS.c.id == key)
        batch.connection.execute(ended.values(revealed_at=now, revealed_by=revealer))
        mine = LOBBIES.update().where(LOBBIES.c.session_id == session)
        batch.connection.execute(mine.values(version=LOBBIES.c.version + 1, timer_ends_at=None))
        detail = {"round": key, "votes": turnout.votes, "voters": turnout.voters}
        batch.audit([Entry(revealer, "round.reveal", f"session {session}", detail)])
