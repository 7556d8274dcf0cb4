"""Lets people in by PIN or link, knows them again by their token, and keeps PINs from being guessed.

Wrong PINs are counted in the database, so that a restart, another process or another address changes nothing: at most
PER_CALLER from one address and OVERALL from all of them within WINDOW. Many people share an office's address, so the
first bound is wide; the second decides how often a PIN can be guessed at all: 60 in ten minutes are 360 an hour, which
hits the PIN of one open lobby in one hour of 2 800. While guessing is blocked a link still lets people in, since its
key cannot be guessed, and whoever has joined is not asked for a PIN again.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, func, select

from data.store.meetings.rows import session_of
from data.store.tables import AUDIT_HEAD, JOIN_FAILURES, LOBBIES, RESPONDENTS, SESSIONS
from data.store.tables.acting import AuditOutcome
from data.store.voting import rows
from data.store.voting.steering import Steering
from data.store.writing import Batch, Entry, find_actor
from scoring.meetings.sessions import Session
from scoring.voting.admitting import Admitted, JoinRefusal, JoinRefusedError
from scoring.voting.choices import VotingError
from scoring.voting.lobbies import MOST_RESPONDENTS, PIN_DIGITS, Lobby
from scoring.voting.voters import Joining, Respondent

WINDOW = timedelta(minutes=10)
PER_CALLER = 20
OVERALL = 60

STRANGER = "stranger"
"""Who is named in the audit log for a write of somebody who has not joined."""

_TOKEN_BYTES = 32


class Admission:
    """The door of all lobbies. May be used from any thread."""

    def __init__(self, steering: Steering) -> None:
        self._steering = steering

    def lobby(self, caller: str, pin: str, key: str = "") -> tuple[Session, Lobby]:
        """The open lobby of a PIN, or of a link's PIN and key. caller: the address that asks.

        Raises JoinRefusedError; a wrong PIN is counted and left in the audit log.
        """
        with self._steering.database.reading() as connection:
            found = _by_link(connection, pin, key)
            if found is not None:
                return found
            wait = self._wait(connection, caller)
        if wait is not None:  # refused without a write, so that a flood of guesses holds up no vote
            raise JoinRefusedError(JoinRefusal.BLOCKED, wait)
        with self._guessing() as (batch, stranger):
            wait = self._wait(batch.connection, caller)
            found = _by_pin(batch.connection, pin) if wait is None else None
            if wait is None and found is None:
                self._count(batch, stranger, caller, JoinRefusal.WRONG_PIN)
        if wait is not None:
            raise JoinRefusedError(JoinRefusal.BLOCKED, wait)
        if found is None:
            raise JoinRefusedError(JoinRefusal.WRONG_PIN)
        return found

    def join(self, caller: str, pin: str, joining: Joining, key: str = "") -> Admitted:
        """Come in. Raises JoinRefusedError, VotingError for what cannot be said when joining, SessionClosedError."""
        session, _ = self.lobby(caller, pin, key)
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        with self._steering.writer.together() as batch:
            connection = batch.connection
            connection.execute(select(SESSIONS.c.id).where(SESSIONS.c.id == session.id).with_for_update(read=True))
            connection.execute(select(LOBBIES.c.pin).where(LOBBIES.c.session_id == session.id).with_for_update())
            session = session_of(connection, session.id)
            session.require_open()
            lobby = rows.lobby_of(connection, session.id)
            if not lobby.is_open or lobby.pin != pin:
                raise JoinRefusedError(JoinRefusal.WRONG_PIN)
            said = joining.checked(lobby.settings)
            mine = RESPONDENTS.c.session_id == session.id
            joined = connection.execute(select(func.count()).select_from(RESPONDENTS).where(mine)).scalar_one()
            if joined >= MOST_RESPONDENTS:
                raise VotingError(f"{MOST_RESPONDENTS} people have joined already; tell the facilitator.")
            pseudonym = f"voter:{session.id}-{secrets.token_hex(6)}"
            actor_id = find_actor(connection, pseudonym, batch.at)
            row = {
                "session_id": session.id,
                "token_hash": rows.hash_of(token),
                "actor_id": actor_id,
                "group_name": said.group,
                "unit": said.unit,
                "name": said.name,
                "observer": said.observer,
                "joined_at": self._steering.clock(),
            }
            connection.execute(RESPONDENTS.insert(), row)
            (respondent,) = rows.respondents_where(connection, RESPONDENTS.c.actor_id == actor_id)
            # Neither name nor group: who reads the audit log learns that somebody joined, and under which pseudonym.
            batch.audit([Entry(actor_id, "lobby.join", f"session {session.id}", {"observer": said.observer})])
        self._steering.changes.tell([session.id])
        return Admitted(respondent, token)

    def rejoin(self, token: str) -> Respondent | None:
        """Whose token it is; None for nobody's, and for that of somebody who was taken out."""
        with self._steering.database.reading() as connection:
            found = rows.respondents_where(
                connection, RESPONDENTS.c.token_hash == rows.hash_of(token), RESPONDENTS.c.left_at.is_(None)
            )
            return found[0] if found else None

    def refuse_foreign(self, caller: str) -> JoinRefusedError:
        """Put on record that another site tried to join in a visitor's name; returns what to raise or to say."""
        with self._guessing() as (batch, stranger):
            if self._wait(batch.connection, caller) is None:
                self._count(batch, stranger, caller, JoinRefusal.FOREIGN_ORIGIN)
        return JoinRefusedError(JoinRefusal.FOREIGN_ORIGIN)

    @contextmanager
    def _guessing(self) -> Iterator[tuple[Batch, int]]:
        """A transaction beside which no other guess is looked at, and the key of whoever guesses in the audit log."""
        with self._steering.writer.together() as batch:
            stranger = find_actor(batch.connection, STRANGER, batch.at)
            batch.connection.execute(select(AUDIT_HEAD.c.id).with_for_update())
            yield batch, stranger

    def _wait(self, connection: Connection, caller: str) -> timedelta | None:
        """How long until a PIN from this address is looked at again; None when it is now."""
        now = self._steering.clock()
        recent = JOIN_FAILURES.c.at > now - WINDOW
        waits = [
            wait
            for limit, conditions in ((PER_CALLER, (recent, JOIN_FAILURES.c.caller == caller)), (OVERALL, (recent,)))
            if (wait := _until_below(connection, limit, conditions, now)) is not None
        ]
        return max(waits, default=None)

    def _count(self, batch: Batch, stranger: int, caller: str, reason: JoinRefusal) -> None:
        """Count a failure, forget those that no longer count, and leave an entry; none is left without being counted.

        So a flood leaves no more entries than OVERALL in a window.
        """
        now = self._steering.clock()
        batch.connection.execute(delete(JOIN_FAILURES).where(JOIN_FAILURES.c.at <= now - WINDOW))
        batch.connection.execute(JOIN_FAILURES.insert(), {"caller": caller, "at": now})
        blocked = self._wait(batch.connection, caller)
        detail = {"reason": reason, "from": caller, "blocked_for": None if blocked is None else blocked.total_seconds()}
        batch.audit([Entry(stranger, "lobby.join", "lobby", detail, AuditOutcome.REFUSED)])


def _until_below(
    connection: Connection, limit: int, conditions: tuple[ColumnElement[bool], ...], now: datetime
) -> timedelta | None:
    """How long until fewer than `limit` failures count; None when there are fewer now."""
    latest = select(JOIN_FAILURES.c.at).where(*conditions).order_by(JOIN_FAILURES.c.at.desc())
    deciding = connection.execute(latest.offset(limit - 1).limit(1)).scalar_one_or_none()
    return None if deciding is None else max(deciding + WINDOW - now, timedelta(seconds=1))


def _by_link(connection: Connection, pin: str, key: str) -> tuple[Session, Lobby] | None:
    found = _by_pin(connection, pin) if key else None
    if found is None or not secrets.compare_digest(found[1].key.encode(), key.encode("utf-8", "surrogatepass")):
        return None
    return found


def _by_pin(connection: Connection, pin: str) -> tuple[Session, Lobby] | None:
    """The open session of a PIN, with its lobby; None also for what cannot be one, such as a text with a NUL."""
    if len(pin) != PIN_DIGITS or not pin.isascii() or not pin.isdigit():
        return None
    row = connection.execute(rows.lobbies_where(LOBBIES.c.pin == pin, LOBBIES.c.closed_at.is_(None))).one_or_none()
    if row is None:
        return None
    lobby = rows.lobby_from(row)
    session = session_of(connection, lobby.session)
    return (session, lobby) if session.is_open else None
