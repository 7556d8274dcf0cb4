"""Tells whoever watches in this process that a session's voting has changed; other processes look at the version."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from scoring.meetings.sessions import SessionId

Listener = Callable[[SessionId], None]


class Changes:
    """Calls its listeners after each commit. A listener returns at once and raises nothing; any thread may call it."""

    def __init__(self) -> None:
        self._listeners: tuple[Listener, ...] = ()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call this listener from now on. Returns what ends that."""
        self._listeners = (*self._listeners, listener)

        def end() -> None:
            self._listeners = tuple(one for one in self._listeners if one is not listener)

        return end

    def tell(self, sessions: Iterable[SessionId]) -> None:
        """Something was written in these sessions."""
        for session in sessions:
            for listener in self._listeners:
                listener(session)
