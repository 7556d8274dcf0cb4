"""What every step of steering has in common: one transaction on a locked lobby, after which the version has grown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from data.clock import Clock
from data.store.engine import Database
from data.store.meetings.rows import session_of
from data.store.tables import LOBBIES, SESSIONS
from data.store.voting import rows
from data.store.voting.changes import Changes
from data.store.writing import Write, Writer
from scoring.actors import Actor, Role
from scoring.meetings.sessions import Session, SessionId
from scoring.voting.lobbies import Lobby


@dataclass(frozen=True, slots=True)
class Step:
    """An open transaction in which a facilitator steers. now: by the clock of deadlines and timers."""

    write: Write
    session: Session
    lobby: Lobby
    now: datetime

    def set(self, **columns: object) -> None:
        """Change the lobby; its version grows, so that whoever watches looks again."""
        mine = LOBBIES.c.session_id == self.session.id
        self.write.connection.execute(LOBBIES.update().where(mine).values(version=LOBBIES.c.version + 1, **columns))


class Steering:
    """Opens the transactions in which a session's voting is steered.

    clock: of timers, deadlines and of every time in these tables. It is the machine's also where the store's own clock
    stands still, as that of the sample estate does.
    """

    def __init__(self, database: Database, writer: Writer, changes: Changes, clock: Clock) -> None:
        self.database = database
        self.writer = writer
        self.changes = changes
        self.clock = clock

    @contextmanager
    def step(self, actor: Actor, session: SessionId, action: str, *, presenting: bool = True) -> Iterator[Step]:
        """One step by a facilitator, who must be the one that presents unless said otherwise.

        Nobody else steers, and no vote is judged, until it is done. Raises ForbiddenError, SessionClosedError,
        NoLobbyError, and VotingError for a facilitator who does not present.
        """
        with self.database.reading() as connection:
            scope = session_of(connection, session).scope
        with self.writer.write(actor, Role.FACILITATOR, action, f"session {session}", scope) as write:
            connection = write.connection
            # Sessions before lobbies, as everywhere: two transactions never wait for each other.
            connection.execute(select(SESSIONS.c.id).where(SESSIONS.c.id == session).with_for_update(read=True))
            connection.execute(select(LOBBIES.c.version).where(LOBBIES.c.session_id == session).with_for_update())
            found = session_of(connection, session)
            found.require_open()
            lobby = rows.lobby_of(connection, session)
            if presenting:
                lobby.require_presenter(actor.name)
            yield Step(write, found, lobby, self.clock())
        self.changes.tell([session])
