"""How fast somebody may send votes: a few at once, then so many a second."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

MOST_KEYS = 10_000
"""Senders that are remembered; beyond, the one that was not heard of for longest is forgotten."""


class Known:
    """Senders that were let in once. It decides nothing but whose pace they go at."""

    def __init__(self) -> None:
        self._keys: OrderedDict[str, None] = OrderedDict()

    def add(self, key: str) -> None:
        """Remember this sender."""
        self._keys[key] = None
        self._keys.move_to_end(key)
        if len(self._keys) > MOST_KEYS:
            self._keys.popitem(last=False)

    def __contains__(self, key: str) -> bool:
        """True for a sender that is remembered."""
        return key in self._keys


class Pace:
    """A token bucket for each sender. Used by one thread: the server's event loop.

    burst: what may come at once. rate: what may come in a second after that. monotonic: seconds that never go back.
    """

    def __init__(self, burst: float, rate: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._burst, self._rate, self._monotonic = burst, rate, monotonic
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, key: str) -> bool:
        """Count one more of this sender; False when it is one too many."""
        now = self._monotonic()
        level, at = self._levels.pop(key, (self._burst, now))
        level = min(self._burst, level + (now - at) * self._rate)
        allowed = level >= 1
        self._levels[key] = (level - 1 if allowed else level, now)
        if len(self._levels) > MOST_KEYS:
            self._levels.popitem(last=False)
        return allowed
