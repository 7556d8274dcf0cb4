"""How moments, ages, counts and shares read on screen and in the terminal."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from scoring.slo.budget import percent

_NARROW = "\u202f"
"""Narrow no-break space: groups digits and holds a number to its unit."""

UNKNOWN = "unknown"

_WINDOW_UNITS = {"m": "minute", "h": "hour", "d": "day", "w": "week", "M": "month", "Q": "quarter", "Y": "year"}

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def age(span: timedelta) -> str:
    """The span in its largest fitting unit, rounded down: 12 s, 3 min, 5 h, 2 d; never negative."""
    seconds = max(0, int(span.total_seconds()))
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds // size}{_NARROW}{unit}"
    return f"0{_NARROW}s"


def duration(seconds: float) -> str:
    """A duration with its two largest units: 1 h 12 min, 3 d 2 h, 13 s."""
    left = max(0, int(seconds))
    parts: list[str] = []
    for size, unit in _UNITS:
        if left >= size and len(parts) < 2:
            parts.append(f"{left // size}{_NARROW}{unit}")
            left %= size
    return " ".join(parts) or f"0{_NARROW}s"


def count(value: int | float | None) -> str:
    """A whole number with its digits in groups of three; `unknown` for None."""
    return UNKNOWN if value is None else f"{round(value):,}".replace(",", _NARROW)


def plural(number: int, noun: str) -> str:
    """A number and its noun: 1 topic, 2 topics."""
    return f"{count(number)} {noun if number == 1 else noun + 's'}"


def moment(at: datetime | None) -> str:
    """A moment to the second in UTC; `never` for None."""
    return "never" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"


def clock(at: datetime) -> str:
    """The time of day of a moment, in UTC."""
    return f"{at:%H:%M:%S} UTC"


def instant(at: datetime | None) -> str | None:
    """A moment as machines read it (ISO 8601, Z); None stays None."""
    return None if at is None else at.isoformat(timespec="seconds").replace("+00:00", "Z")


def percents(share: float, digits: int) -> str:
    """A share as percent, cut (never rounded up over a band's edge), with a minus sign that is as wide as a digit."""
    return percent(share, digits).replace("-", "\u2212")


def window_words(window: str) -> str:
    """A window in words: 30d is 30 days, 1M is 1 month."""
    return plural(int(window[:-1]), _WINDOW_UNITS[window[-1]])


def goal_words(objective: Decimal | None) -> str:
    """An objective as percent, with the digits that it was written with and no more; an invariant's is in words."""
    if objective is None:
        return "none at all"
    return f"{(objective * 100).normalize():f} %"
