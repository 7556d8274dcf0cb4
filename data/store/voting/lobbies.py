"""Opens and closes the lobby of a session, and says who presents."""

from __future__ import annotations

import secrets
from datetime import timedelta

from sqlalchemy import Connection, select

from data.store.content import canonical
from data.store.dialect import insert
from data.store.meetings.rows import session_of
from data.store.tables import LOBBIES, RESPONDENTS, SESSIONS
from data.store.voting import rows
from data.store.voting.holding import reveal_complete
from data.store.voting.steering import Steering, Step
from scoring.actors import Actor, Role
from scoring.meetings.sessions import SessionId, SessionKind
from scoring.voting.choices import VotingError
from scoring.voting.lobbies import PIN_DIGITS, Lobby, LobbySettings, Mode, Pin
from scoring.voting.voters import RespondentId

_KEY_BYTES = 8
"""Of the key in a link: nobody guesses 64 bits, so a link is good also while PINs are being guessed."""

_TRIES = 50
"""PINs that are drawn before it is said that too many are in use."""

LONGEST_TIMER = timedelta(hours=4)


class Lobbies:
    """Steers how a session is joined. Every step needs facilitator."""

    def __init__(self, steering: Steering) -> None:
        self._steering = steering

    def open(self, actor: Actor, session: SessionId, settings: LobbySettings) -> Lobby:
        """Let people join an assessment; whoever opens presents. A lobby that was closed is opened with a new PIN.

        Raises VotingError for another kind of meeting, or when the lobby is open already; SessionClosedError.
        """
        kept = settings.checked()
        with self._steering.database.reading() as connection:
            scope = session_of(connection, session).scope
        writing = self._steering.writer.write(actor, Role.FACILITATOR, "lobby.open", f"session {session}", scope)
        with writing as write:
            connection = write.connection
            connection.execute(select(SESSIONS.c.id).where(SESSIONS.c.id == session).with_for_update(read=True))
            found = session_of(connection, session)
            found.require_open()
            if found.kind is not SessionKind.ASSESSMENT:
                raise VotingError("Only an assessment is voted in; open one.")
            columns = {
                "session_id": session,
                "pin": _free_pin(connection),
                "join_key": _key(),
                "group_names": canonical(kept.groups),
                "units": canonical(kept.units),
                "named": kept.named,
                "auto_reveal": kept.auto_reveal,
                "presenter_id": write.actor_id,
                "opened_at": self._steering.clock(),
                "opened_by": write.actor_id,
                "closed_at": None,
                "closed_by": None,
            }
            again = columns | {"version": LOBBIES.c.version + 1}
            if _joined(connection, session) is not None and _joined(connection, session) != kept.named:
                raise VotingError("People have joined already; whether they give their names does not change any more.")
            opened = (
                insert(connection, LOBBIES)
                .values(columns | {"mode": Mode.LIVE, "version": 1})
                .on_conflict_do_update(
                    index_elements=["session_id"], set_=again, where=LOBBIES.c.closed_at.is_not(None)
                )
                .returning(LOBBIES.c.session_id)
            )
            if connection.execute(opened).scalar_one_or_none() is None:
                raise VotingError("The lobby is open already; show its PIN, or draw a new one.")
            lobby = rows.lobby_of(connection, session)
            write.detail |= {"named": kept.named, "groups": kept.groups, "auto_reveal": kept.auto_reveal}
        self._steering.changes.tell([session])
        return lobby

    def close(self, actor: Actor, session: SessionId) -> None:
        """Nobody joins any more; those who have joined go on voting. Its PIN may be given to another session."""
        with self._steering.step(actor, session, "lobby.close", presenting=False) as step:
            if not step.lobby.is_open:
                step.write.quiet = True
                return
            step.set(closed_at=step.now, closed_by=step.write.actor_id)

    def new_pin(self, actor: Actor, session: SessionId) -> Pin:
        """Draw another PIN and another link; the ones before let nobody in any more. Raises VotingError when closed."""
        with self._steering.step(actor, session, "lobby.new_pin", presenting=False) as step:
            if not step.lobby.is_open:
                raise VotingError("The lobby is closed; open it again, which draws a new PIN.")
            pin = _free_pin(step.write.connection)
            step.set(pin=pin, join_key=_key())
            return pin

    def take_over(self, actor: Actor, session: SessionId) -> None:
        """Present from now on, in place of whoever did; nothing that was done is lost."""
        with self._steering.step(actor, session, "lobby.take_over", presenting=False) as step:
            step.write.detail |= {"from": step.lobby.presenter}
            step.set(presenter_id=step.write.actor_id)

    def set_timer(self, actor: Actor, session: SessionId, length: timedelta | None) -> None:
        """Let a timer run from now on; None: take it away. Nothing happens at its end but that everybody sees it."""
        if length is not None and not timedelta(0) < length <= LONGEST_TIMER:
            raise VotingError(f"A timer runs for up to {LONGEST_TIMER // timedelta(hours=1)} hours.")
        with self._steering.step(actor, session, "lobby.timer") as step:
            step.write.detail |= {"seconds": None if length is None else length.total_seconds()}
            step.set(timer_ends_at=None if length is None else step.now + length)

    def set_auto_reveal(self, actor: Actor, session: SessionId, *, auto_reveal: bool) -> None:
        """Say whether a round is revealed as soon as everybody who is there has voted."""
        with self._steering.step(actor, session, "lobby.auto_reveal") as step:
            step.write.detail |= {"auto_reveal": auto_reveal}
            step.set(auto_reveal=auto_reveal)

    def take_out(self, actor: Actor, session: SessionId, respondent: RespondentId) -> None:
        """Take somebody out who left, or who should not be there: their token opens nothing any more.

        Their votes in rounds that are revealed stay; in an open one they are not counted, and it is revealed by itself
        if it was waiting for them alone and is set so. Raises VotingError.
        """
        with self._steering.step(actor, session, "lobby.take_out", presenting=False) as step:
            if self._leave(step, respondent):
                reveal_complete(step)

    def _leave(self, step: Step, respondent: RespondentId) -> bool:
        mine = (RESPONDENTS.c.id == respondent, RESPONDENTS.c.session_id == step.session.id)
        found = rows.respondents_where(step.write.connection, *mine)
        if not found:
            raise VotingError("Nobody of that number has joined this session; look at the list again.")
        step.write.detail |= {"respondent": found[0].pseudonym}
        if found[0].left_at is not None:
            return False
        left = rows.leaving_of(step.write.connection, found[0], step.now)
        step.write.connection.execute(RESPONDENTS.update().where(*mine).values(left_at=left))
        step.set()
        return True


def _joined(connection: Connection, session: SessionId) -> bool | None:
    """Whether those who have joined gave their names; None when nobody has joined."""
    found = select(LOBBIES.c.named).join(RESPONDENTS, RESPONDENTS.c.session_id == LOBBIES.c.session_id)
    return connection.execute(found.where(LOBBIES.c.session_id == session).limit(1)).scalar_one_or_none()


def _free_pin(connection: Connection) -> Pin:
    """Six random digits that no open lobby has. Raises VotingError when there are hardly any left."""
    for _ in range(_TRIES):
        pin = Pin(f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}")
        taken = select(LOBBIES.c.pin).where(LOBBIES.c.pin == pin, LOBBIES.c.closed_at.is_(None))
        if connection.execute(taken).first() is None:
            return pin
    raise VotingError("No free PIN was found; close the lobbies that nobody needs any more.")


def _key() -> str:
    return secrets.token_urlsafe(_KEY_BYTES)
