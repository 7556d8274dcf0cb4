"""Signed sessions: the cookie that lets a person who signed in reload the page."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from dataclasses import dataclass, field

COOKIE = "streamgauge_session"
LIFETIME_SECONDS = 12 * 3600
"""A working day; then the secret is asked for again."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """Issues and checks session tokens.

    A token is its expiry and a nonce, signed with a key that lives as long as the process: a restart signs everybody
    out, and no file holds a key that opens the pages.
    """

    key: bytes = field(default_factory=lambda: os.urandom(32), repr=False)

    def issue(self, now: float) -> str:
        """A token that is good for LIFETIME_SECONDS from `now` (seconds since the epoch)."""
        body = f"{int(now) + LIFETIME_SECONDS}.{os.urandom(12).hex()}"
        return f"{body}.{self._sign(body)}"

    def admits(self, token: str | None, now: float) -> bool:
        """True when the token was issued here and has not expired."""
        if not token:
            return False
        body, _, signature = token.rpartition(".")
        if not body or not hmac.compare_digest(signature.encode(), self._sign(body).encode()):
            return False
        return now < int(body.partition(".")[0])

    def _sign(self, body: str) -> str:
        digest = hmac.new(self.key, body.encode(), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")
