"""Is the database whole? Everything that the store promises about its rows, looked at row by row."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, func, or_, select, text

from data.store.engine import Database
from data.store.measurements import unpack_offsets
from data.store.meetings.checking import check_meetings
from data.store.migrate import HEAD, revision
from data.store.slice_rows import unpack_counts, unpack_states
from data.store.tables import AUDIT, AUDIT_HEAD, CONTENTS, FACTS, FINDINGS, LATEST_OFFSETS, RUNS, SLICE_DAYS
from scoring.catalog.estate import ClusterName
from scoring.slo.slices import SliceDay, SliHash


def check(database: Database) -> list[str]:
    """What is wrong, one sentence a finding; an empty list when all is well. Reads one consistent snapshot."""
    with database.reading() as connection:
        found = revision(connection)
        if found != HEAD:
            return [f"The tables are at revision {found}, this version works with {HEAD}."]
        looked_at = (_file, _intervals, _contents, _runs, _offsets, _slices, _findings, _audit, check_meetings)
        return [problem for look in looked_at for problem in look(connection)]


def _file(connection: Connection) -> Iterator[str]:
    """SQLite's own checks of pages, constraints and foreign keys; PostgreSQL enforces its own and offers no such."""
    if connection.dialect.name != "sqlite":
        return
    for (line,) in connection.execute(text("PRAGMA integrity_check")):
        if line != "ok":
            yield f"SQLite finds the file damaged: {line}."
    for table, row, parent, _ in connection.execute(text("PRAGMA foreign_key_check")):
        yield f"Row {row} of {table} points to a row of {parent} that is not there."


def _intervals(connection: Connection) -> Iterator[str]:
    same = (FACTS.c.cluster_id, FACTS.c.kind, FACTS.c.key)
    ended = func.lag(FACTS.c.ended_at).over(partition_by=same, order_by=FACTS.c.first_seen).label("before")
    place = func.row_number().over(partition_by=same, order_by=FACTS.c.first_seen).label("place")
    chain = select(FACTS.c.kind, FACTS.c.key, FACTS.c.first_seen, ended, place).subquery()
    overlapping = or_(chain.c.before.is_(None), chain.c.before > chain.c.first_seen)
    for row in connection.execute(select(chain).where(chain.c.place > 1, overlapping)):
        yield f"Two intervals of the {row.kind} {row.key} overlap at {row.first_seen}."
    backwards = or_(FACTS.c.last_seen < FACTS.c.first_seen, FACTS.c.ended_at < FACTS.c.last_seen)
    for row in connection.execute(select(FACTS.c.kind, FACTS.c.key).where(backwards)):
        yield f"An interval of the {row.kind} {row.key} runs backwards."


def _contents(connection: Connection) -> Iterator[str]:
    for row in connection.execute(select(CONTENTS)):
        if hashlib.sha256(row.body.encode()).digest() != bytes(row.hash):
            yield f"Content {row.id} is not what its hash says."
        elif not _is_json(row.body):
            yield f"Content {row.id} is no JSON."


def _is_json(body: str) -> bool:
    try:
        json.loads(body)
    except ValueError:
        return False
    return True


def _runs(connection: Connection) -> Iterator[str]:
    runs = select(RUNS.c.id)
    for column in (FACTS.c.first_run, FACTS.c.last_run, FACTS.c.ended_run, LATEST_OFFSETS.c.run_id):
        lost = select(func.count()).where(column.is_not(None), column.not_in(runs))
        if count := connection.execute(lost).scalar_one():
            yield f"{count} rows of {column.table.name} name a run ({column.name}) that is not there."


def _offsets(connection: Connection) -> Iterator[str]:
    for row in connection.execute(select(LATEST_OFFSETS.c.series_id, LATEST_OFFSETS.c.offsets)):
        try:
            unpack_offsets(row.offsets)
        except ValueError as error:
            yield f"The offsets of series {row.series_id} cannot be read: {error}."


def _slices(connection: Connection) -> Iterator[str]:
    for row in connection.execute(select(SLICE_DAYS)):
        try:
            _decode(row)
        except (ValueError, zlib.error) as error:
            yield f"Slice day {row.id} ({row.day}) cannot be read: {error}."


def _decode(row: Any) -> SliceDay:
    counts, states = unpack_counts(row.counts), unpack_states(row.states)
    return SliceDay(SliHash(""), ClusterName(""), row.group_key, row.component, row.day, counts, states)


def _findings(connection: Connection) -> Iterator[str]:
    columns = (FINDINGS.c.cluster_id, FINDINGS.c.probe, FINDINGS.c.aspect, FINDINGS.c.object_kind, FINDINGS.c.object)
    rows = select(*columns, FINDINGS.c.id, FINDINGS.c.first_seen, FINDINGS.c.ended_at, FINDINGS.c.sample)
    before: Any = None
    for row in connection.execute(rows.order_by(*columns, FINDINGS.c.first_seen, FINDINGS.c.id)):
        if not _is_json(row.sample):
            yield f"The sample of finding {row.id} is no JSON."
        same = before is not None and before[: len(columns)] == row[: len(columns)]
        if same and (before.ended_at is None or before.ended_at > row.first_seen):
            yield f"Two intervals of what {row.probe} says of {row.object} overlap at {row.first_seen}."
        before = row


def _audit(connection: Connection) -> Iterator[str]:
    head = connection.execute(select(AUDIT_HEAD)).one_or_none()
    if head is None:
        yield "The row that says where the audit log begins and ends is not there."
        return
    first, last, count = connection.execute(select(func.min(AUDIT.c.id), func.max(AUDIT.c.id), func.count())).one()
    expected = head.last_id - head.first_id + 1
    if count != expected or (count and (first, last) != (head.first_id, head.last_id)):
        yield (
            f"The audit log should hold {expected} entries, {head.first_id} to {head.last_id}; "
            f"it holds {count}, {first} to {last}."
        )
    for row in connection.execute(select(AUDIT.c.id, AUDIT.c.detail)):
        if not _is_json(row.detail):
            yield f"The detail of audit entry {row.id} is no JSON."
