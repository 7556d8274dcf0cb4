"""Waiting for a condition, with a limit: no test sleeps for luck."""

from __future__ import annotations

import time
from collections.abc import Callable

PATIENCE = 300.0
"""Seconds to wait for what takes a fraction of it on an idle machine; one that is slow fails no test by that alone."""

SHORTEST, LONGEST = 0.01, 0.5


def eventually(true: Callable[[], object], what: str) -> None:
    """Return when `true()` is; AssertionError saying what is not after PATIENCE seconds.

    It is asked at once, then after pauses that grow: a condition may be as dear as a command, or come within a moment.
    """
    limit, pause = time.monotonic() + PATIENCE, SHORTEST
    while not true():
        assert time.monotonic() < limit, f"not within {PATIENCE:.0f} s: {what}"
        time.sleep(pause)
        pause = min(LONGEST, pause * 1.5)
