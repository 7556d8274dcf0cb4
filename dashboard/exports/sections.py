"""What the report of every kind of meeting has: when and by whom, what is to be done, what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.exports.report import Cell, Column, Section, Table
from dashboard.theme import Tone
from scoring.meetings.actions import Action, ActionStatus, in_order
from scoring.meetings.records import Record

STATUS_TONES = {ActionStatus.OPEN: None, ActionStatus.DONE: Tone.HEALTHY, ActionStatus.DROPPED: Tone.NO_DATA}


def facts_of(record: Record) -> tuple[tuple[str, str], ...]:
    """Period, zone, who and when, the snapshot; and what the meeting adds up to."""
    return (
        *held(record),
        *((_label(name).capitalize(), flat(value)) for name, value in record.snapshot.result.items()),
    )


def held(record: Record) -> tuple[tuple[str, str], ...]:
    """Period, zone, who and when, the snapshot."""
    session, zone = record.session, ZoneInfo(record.session.zone)

    def local(moment: datetime | None) -> str:
        return "" if moment is None else f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"

    return (
        ("Period", f"{local(session.period_start)} to {local(record.snapshot.as_of)}, {session.zone}"),
        ("Scope", session.scope.name or "everything"),
        ("Closed", f"{local(session.closed_at)} by {session.closed_by}, opened {local(session.opened_at)}"),
        ("Snapshot", record.snapshot.id),
    )


def flat(value: Any) -> str:
    """A value of JSON in one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{_label(str(key))} {flat(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(flat(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "unknown" if value is None else str(value)


def actions(record: Record) -> Section:
    """What is to be done, as a meeting goes through it; carried ones say from which session."""
    closed = record.session.closed_at or record.session.opened_at
    today = closed.astimezone(ZoneInfo(record.session.zone)).date()
    columns = (Column("Status", 1.0), Column("Action", 5.0), Column("Owner", 1.5), Column("Due", 1.2))
    rows = tuple(_action(action, record, today) for action in in_order(record.actions, today))
    return Section("Actions", Table(columns, rows), "Nothing is to be done.")


def _action(action: Action, record: Record, today: date) -> tuple[Cell, ...]:
    overdue = action.is_overdue(today)
    carried = "" if action.session == record.session.id else f"carried from session {action.session}"
    detail = " · ".join(text for text in (action.subject, carried, action.note) if text)
    return (
        Cell("overdue" if overdue else action.status, tone=Tone.INCIDENT if overdue else STATUS_TONES[action.status]),
        Cell(action.text, detail),
        Cell(action.owner or "nobody"),
        Cell("" if action.due is None else action.due.isoformat()),
    )


def definitions(record: Record) -> Section:
    """Which texts of which definitions the numbers were made with."""
    columns = (Column("Definition", 3.0), Column("Kind", 1.5), Column("Version", 1.0), Column("Hash", 4.5))
    rows = tuple(
        (Cell(pin.id), Cell(pin.kind), Cell(pin.version), Cell(pin.hash)) for pin in record.snapshot.definitions
    )
    return Section("Definitions", Table(columns, rows), "No definition was used.")


def evidence(record: Record) -> Section:
    """What stood beside the numbers."""
    columns = (Column("Evidence", 1.0),)
    rows = tuple((Cell(flat(item)),) for item in record.snapshot.evidence)
    return Section("Evidence", Table(columns, rows), "Nothing stood beside the numbers.")


def _label(name: str) -> str:
    return name.replace("_", " ")
