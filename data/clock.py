"""The clock that everything outside of judgement reads, so that a test can hold it still."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Tells the time, in UTC."""


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)
