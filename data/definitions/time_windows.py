"""The window of an SLO as OpenSLO writes it: rolling, or by the calendar of a time zone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from data.definitions.located import Located
from scoring.slo.windows import CalendarUnit, CalendarWindow, RollingWindow, Window

LONGEST_DAYS = 366
"""Slices are kept for as long as the store is told to, which is more than two years unless it was told otherwise."""

_DURATION = re.compile(r"([1-9][0-9]*)([mhdwMQY])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_START = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?")


def read_window(node: Located) -> Window:
    """The one window of spec.timeWindow."""
    windows = node.items()
    if len(windows) != 1:
        raise node.wrong("must have exactly one window")
    fields = windows[0].record(("duration",), ("isRolling", "calendar"))
    rolling = fields["isRolling"].boolean() if "isRolling" in fields else "calendar" not in fields
    if rolling and "calendar" in fields:
        raise fields["calendar"].wrong(
            "belongs to a window that is not rolling; set isRolling to false or leave it out"
        )
    if not rolling and "calendar" not in fields:
        raise windows[0].wrong("lacks calendar, with startTime and timeZone, which a window that is not rolling has")
    parts = _DURATION.fullmatch(fields["duration"].text())
    if not parts:
        raise fields["duration"].wrong("must be a number and a unit (m, h, d, w; by calendar d, w, M, Q, Y), as in 30d")
    window = _rolling(fields["duration"], parts) if rolling else _calendar(fields, parts)
    if not timedelta(hours=1) <= window.longest <= timedelta(days=LONGEST_DAYS, hours=1):
        raise fields["duration"].wrong(f"must be from 1h to {LONGEST_DAYS}d, as far as slices are kept")
    return window


def _rolling(node: Located, parts: re.Match[str]) -> RollingWindow:
    if parts[2] not in _UNITS:
        raise node.wrong("must be in m, h, d or w where the window is rolling: months differ in length")
    length = timedelta(**{_UNITS[parts[2]]: int(parts[1])})
    if length < timedelta(hours=1):
        raise node.wrong(f"must be from 1h to {LONGEST_DAYS}d, as far as slices are kept")
    return RollingWindow(length)


def _calendar(fields: dict[str, Located], parts: re.Match[str]) -> CalendarWindow:
    calendar = fields["calendar"].record(("startTime", "timeZone"))
    units = [unit.value for unit in CalendarUnit]
    if parts[2] not in units:
        raise fields["duration"].wrong(f"must be in {', '.join(units)} where the window follows the calendar")
    start = calendar["startTime"]
    found = _START.fullmatch(start.text())
    if not found:
        raise start.wrong(f"must be a local day as in 2026-01-01 00:00:00, not {start.text()!r}")
    if any(part is not None and int(part) for part in found.groups()[1:]):
        raise start.wrong("must be midnight: budgets begin with a day")
    try:
        first = datetime.fromisoformat(found[1]).date()
    except ValueError:
        raise start.wrong(f"{found[1]} is no day") from None
    zone = calendar["timeZone"]
    try:
        return CalendarWindow(int(parts[1]), CalendarUnit(parts[2]), zone.text(), first)
    except ValueError as error:
        raise (zone if "time zone" in str(error) else start).wrong(str(error)) from error
