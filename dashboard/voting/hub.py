"""Tells whoever watches a session that it has changed: at once what this process wrote, within a second all else.

One task for each session that is watched reads its mark once a second, or as soon as this process wrote; only when the
mark differs is anything read that costs more. What phones are told is made once and sent to all of them, after steps
and never after votes. Whoever presents is told of votes too, at most five times a second.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

from anyio import CapacityLimiter, to_thread

from dashboard.voting.phone import asked_json, event
from scoring.meetings.sessions import SessionId

if TYPE_CHECKING:
    from data.store.voting.reading import Asked, Mark
    from data.store.voting.voting import Voting

LOGGER = logging.getLogger(__name__)

POLL_SECONDS = 1.0
"""How soon a change by another process is seen."""

COALESCE_SECONDS = 0.2
"""How long what follows a change is collected before it is told."""

BEAT_SECONDS = 10.0
"""How often a stream says that it is alive; a phone that hears nothing for longer asks by itself."""

READERS = 6
"""Threads that read the database for phones; the pages need theirs."""

T = TypeVar("T")


@dataclass(slots=True)
class Told:
    """Something that is told to many: its latest form, and what to wait on for the next one."""

    content: bytes = b""
    number: int = 0
    next: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, content: bytes) -> None:
        """Tell this to all who wait, unless it was told last."""
        if content == self.content:
            return
        self.content = content
        self.number += 1
        self.next.set()
        self.next = asyncio.Event()


@dataclass(slots=True)
class Watched:
    """A session that somebody watches."""

    session: SessionId
    watchers: int = 0
    asked: Asked | None = None
    phones: Told = field(default_factory=Told)
    presenters: Told = field(default_factory=Told)
    nudge: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class Hub:
    """One for each server process; everything but `_heard` and `stop_soon` runs in its event loop."""

    def __init__(self) -> None:
        self._watched: dict[SessionId, Watched] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listening: Callable[[], None] | None = None
        self._limiter: CapacityLimiter | None = None
        self._stopping = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """While the server runs."""
        self._loop = asyncio.get_running_loop()
        self._limiter = CapacityLimiter(READERS)
        self._stopping = asyncio.Event()
        try:
            yield
        finally:
            self.stop()
            if self._listening is not None:
                self._listening()
                self._listening = None
            self._loop = None

    def stop(self) -> None:
        """End every stream, so that the server can end; called in its event loop."""
        self._stopping.set()
        for watched in self._watched.values():
            watched.phones.next.set()
            watched.presenters.next.set()

    def stop_soon(self) -> None:
        """The same from a signal handler or another thread."""
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop has ended, and every stream with it
                self._loop.call_soon_threadsafe(self.stop)

    @property
    def stopping(self) -> bool:
        """True once the server is about to end."""
        return self._stopping.is_set()

    async def read(self, question: Callable[[], T]) -> T:
        """Ask the database in one of a few threads."""
        return await to_thread.run_sync(question, limiter=self._limiter)

    @asynccontextmanager
    async def watching(self, voting: Voting, session: SessionId) -> AsyncGenerator[Watched]:
        """While somebody watches a session. Raises NoLobbyError when it has no lobby."""
        if self._listening is None:
            self._listening = voting.changes.listen(self._heard)
        watched = self._watched.get(session)
        if watched is None:
            watched = self._watched[session] = Watched(session)
        watched.watchers += 1
        try:
            if watched.task is None:
                watched.task = asyncio.get_running_loop().create_task(self._follow(voting, watched))
            yield watched
        finally:
            watched.watchers -= 1
            if not watched.watchers and watched.task is not None:
                watched.task.cancel()
                self._watched.pop(session, None)

    async def stream(self, told: Told, first: bytes, number: int) -> AsyncGenerator[bytes]:
        """What is told after `number`, with a beat in between; ends when the server is about to.

        first: what was read after `number` was the latest, so that nothing between the two is missed.
        """
        yield first
        while not self.stopping:
            waiting = told.next
            if told.number == number:
                with suppress(TimeoutError):
                    await asyncio.wait_for(waiting.wait(), BEAT_SECONDS)
            if self.stopping:
                return
            if told.number == number:
                yield event("beat", {})
            else:
                number = told.number
                yield told.content

    def _heard(self, session: SessionId) -> None:
        """A commit of this process; called in whatever thread made it."""
        loop = self._loop
        if loop is not None:
            with suppress(RuntimeError):  # the loop has ended meanwhile
                loop.call_soon_threadsafe(self._nudge, session)

    def _nudge(self, session: SessionId) -> None:
        watched = self._watched.get(session)
        if watched is not None:
            watched.nudge.set()

    async def _follow(self, voting: Voting, watched: Watched) -> None:
        """Look whether the session has changed, until nobody watches it any more."""
        loop = asyncio.get_running_loop()
        before: Mark | None = None
        while not self.stopping:
            watched.nudge.clear()
            looked = loop.time()
            try:
                before = await self._look(voting, watched, before)
            except Exception:  # whatever the database met, those who watch are told again once it answers
                LOGGER.warning("session %s cannot be read; trying again", watched.session, exc_info=True)
            with suppress(TimeoutError):
                await asyncio.wait_for(watched.nudge.wait(), POLL_SECONDS)
            await asyncio.sleep(max(0.0, looked + COALESCE_SECONDS - loop.time()))

    async def _look(self, voting: Voting, watched: Watched, before: Mark | None) -> Mark | None:
        session = watched.session
        mark = await self.read(lambda: voting.read.mark(session))
        if mark is None or mark == before:
            return mark
        if before is None or (mark.version, mark.closed) != (before.version, before.closed):
            watched.asked = await self.read(lambda: voting.read.asked(session))
            watched.phones.tell(event("asked", asked_json(watched.asked, voting.clock())))
        turnouts = await self.read(lambda: voting.read.turnout(session))
        counts = {
            "version": mark.version,
            "closed": mark.closed,
            "people": mark.people,
            "rounds": {str(key): [one.votes, one.voters] for key, one in turnouts.items()},
        }
        watched.presenters.tell(event("room", counts))
        return mark
