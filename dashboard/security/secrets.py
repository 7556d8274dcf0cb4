"""The secret that opens a shared instance: kept only as a hash, compared in constant time, guessed slowly."""

from __future__ import annotations

import hashlib
import hmac
import os
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

MINIMUM_LENGTH = 12
"""Shorter secrets are refused at the start."""

_COST = {"n": 2**14, "r": 8, "p": 1}


@dataclass(frozen=True, slots=True, repr=False)
class HashedSecret:
    """A secret's scrypt hash with its own salt (RFC 7914, 16 MiB and about 50 ms a guess)."""

    salt: bytes
    digest: bytes

    @classmethod
    def of(cls, secret: str) -> HashedSecret:
        """Hash a secret. Raises ValueError when it is shorter than MINIMUM_LENGTH."""
        if len(secret) < MINIMUM_LENGTH:
            raise ValueError(f"the admin secret has {len(secret)} characters; it needs at least {MINIMUM_LENGTH}")
        salt = os.urandom(16)
        return cls(salt, _scrypt(secret, salt))

    def matches(self, guess: str) -> bool:
        """True when the guess is the secret; takes the same time either way."""
        return hmac.compare_digest(self.digest, _scrypt(guess, self.salt))


def _scrypt(secret: str, salt: bytes) -> bytes:
    return hashlib.scrypt(secret.encode(), salt=salt, n=_COST["n"], r=_COST["r"], p=_COST["p"])


class FailureLimit:
    """Counts guesses and says how long to wait after too many of them.

    limit: wrong guesses allowed within `window` seconds for one caller. overall: for all callers together, so that many
    addresses guess no faster than a few. monotonic: a clock in seconds that never goes back.
    """

    def __init__(self, limit: int, overall: int, window: float, monotonic: Callable[[], float]) -> None:
        self._limit, self._overall, self._window, self._monotonic = limit, overall, window, monotonic
        self._failures: dict[str, deque[float]] = {}
        self._all: deque[float] = deque()
        self._lock = threading.Lock()

    def wait(self, caller: str) -> float:
        """Seconds until the caller may guess again; 0 when it may now."""
        with self._lock:
            self._forget()
            own = self._failures.get(caller, deque())
            waits = [
                times[-limit] + self._window - self._monotonic()
                for times, limit in ((own, self._limit), (self._all, self._overall))
                if len(times) >= limit
            ]
            return max(waits, default=0.0)

    def guessing(self, caller: str) -> None:
        """Count a guess before it is checked, so that guesses made at the same moment are counted too."""
        with self._lock:
            now = self._monotonic()
            self._failures.setdefault(caller, deque()).append(now)
            self._all.append(now)

    def succeeded(self, caller: str) -> None:
        """Forget the caller's guesses: it knew the secret."""
        with self._lock:
            self._failures.pop(caller, None)

    def _forget(self) -> None:
        """Drop what is older than the window, callers without failures too."""
        oldest = self._monotonic() - self._window
        for times in (self._all, *self._failures.values()):
            while times and times[0] <= oldest:
                times.popleft()
        for caller in [caller for caller, times in self._failures.items() if not times]:
            del self._failures[caller]
