"""Are the meetings whole? What no constraint can say of them, looked at row by row."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, select

from data.store.meetings import rows
from data.store.tables import IMPORTED_RECORDS, RECORDS, SESSIONS, SNAPSHOTS
from scoring.meetings.canonical import parse
from scoring.meetings.records import Record, RecordError
from scoring.meetings.snapshots import Snapshot


def check_meetings(connection: Connection) -> Iterator[str]:
    """What is wrong, one sentence a finding."""
    yield from _records(connection)
    yield from _imported(connection)
    yield from _snapshots(connection)


def _records(connection: Connection) -> Iterator[str]:
    closed = {row.id: row.closed_at for row in connection.execute(select(SESSIONS.c.id, SESSIONS.c.closed_at))}
    found = connection.execute(select(RECORDS)).all()
    hashes = {row.sha256 for row in found}
    for session, at in closed.items():
        if (at is not None) != any(row.session_id == session for row in found):
            yield f"Session {session} is {'open' if at is None else 'closed'}, and its record says otherwise."
    for row in found:
        try:
            record = rows.record_from(row)
        except RecordError as error:
            yield f"The record of session {row.session_id} cannot be trusted: {error}"
            continue
        if not _belongs(record, row.session_id, row.previous):
            yield f"The record of session {row.session_id} belongs to another session or another place in its series."
        if row.previous is not None and row.previous not in hashes:
            yield f"The record of session {row.session_id} follows one ({row.previous[:12]}…) that is not there."


def _imported(connection: Connection) -> Iterator[str]:
    for row in connection.execute(select(IMPORTED_RECORDS)):
        try:
            record = rows.record_from(row)
        except RecordError as error:
            yield f"The imported record {row.id} cannot be trusted: {error}"
            continue
        session = record.session
        if (session.kind, session.title.strip(), session.closed_at) != (row.kind, row.title, row.closed_at):
            yield f"The imported record {row.id} is listed as another than it is."


def _belongs(record: Record, session: int, previous: str | None) -> bool:
    return (record.session.id, record.previous) == (session, previous)


def _snapshots(connection: Connection) -> Iterator[str]:
    for row in connection.execute(select(SNAPSHOTS)):
        try:
            whole = Snapshot.from_json(parse(row.body)).id == row.snapshot_id
        except (KeyError, TypeError, ValueError, AttributeError):
            whole = False
        if not whole:
            yield f"Snapshot {row.number} of session {row.session_id} is not what its id {row.snapshot_id} says."
