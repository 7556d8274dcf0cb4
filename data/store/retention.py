"""What is forgotten, and when. What is still open is never forgotten, and neither is a run that a kept fact names."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, union, update

from data.store.tables import (
    AUDIT,
    AUDIT_HEAD,
    CONTENTS,
    FACTS,
    FINDINGS,
    GROUP_HOURS,
    LATEST_OFFSETS,
    RUNS,
    SLICE_DAYS,
    SOURCE_STATES,
    TOPIC_HOURS,
)
from data.store.writing import Writer
from scoring.actors import Actor, Role


class Retention(Protocol):
    """Days that each kind is kept; None keeps it for ever."""

    @property
    def intervals(self) -> int | None:
        """Facts and findings that have ended."""
        ...

    @property
    def measurements(self) -> int | None:
        """Hours of topics and groups."""
        ...

    @property
    def slices(self) -> int | None:
        """Days of SLI slices."""
        ...

    @property
    def runs(self) -> int | None:
        """Collection runs, and conditions of sources that have ended."""
        ...

    @property
    def audit(self) -> int | None:
        """Audit entries."""
        ...


def prune(writer: Writer, actor: Actor, retention: Retention, now: datetime) -> dict[str, int]:
    """Delete what is older than its retention, in one audited transaction. Returns the rows deleted, by table."""
    with writer.write(actor, Role.SYSTEM, "retention.prune", "database") as write:
        deleted = _prune(write.connection, retention, now)
        write.detail |= deleted
        write.quiet = not any(deleted.values())
        return deleted


def _prune(connection: Connection, retention: Retention, now: datetime) -> dict[str, int]:
    deleted: dict[str, int] = {}

    def drop(table: Table, which: ColumnElement[bool]) -> None:
        deleted[table.name] = connection.execute(delete(table).where(which)).rowcount

    if (facts := _cutoff(retention.intervals, now)) is not None:
        drop(FACTS, FACTS.c.ended_at < facts)
        drop(FINDINGS, FINDINGS.c.ended_at < facts)
        drop(CONTENTS, CONTENTS.c.id.not_in(select(FACTS.c.content_id)))
    if (hours := _cutoff(retention.measurements, now)) is not None:
        drop(TOPIC_HOURS, TOPIC_HOURS.c.hour < hours)
        drop(GROUP_HOURS, GROUP_HOURS.c.hour < hours)
    if (days := _cutoff(retention.slices, now)) is not None:
        drop(SLICE_DAYS, SLICE_DAYS.c.day < days.date())
    if (runs := _cutoff(retention.runs, now)) is not None:
        drop(SOURCE_STATES, SOURCE_STATES.c.ended_at < runs)
        columns = (FACTS.c.first_run, FACTS.c.last_run, FACTS.c.ended_run, LATEST_OFFSETS.c.run_id)
        named = union(*(select(column.label("run")).where(column.is_not(None)) for column in columns)).subquery()
        drop(RUNS, (RUNS.c.finished < runs) & RUNS.c.id.not_in(select(named.c.run)))
    if (audit := _cutoff(retention.audit, now)) is not None:
        deleted[AUDIT.name] = _cut_audit(connection, audit)
    return deleted


def _cutoff(days: int | None, now: datetime) -> datetime | None:
    return None if days is None else now - timedelta(days=days)


def _cut_audit(connection: Connection, before: datetime) -> int:
    """Cut the log's beginning off, never a piece out of its middle, so that its ids stay without gaps."""
    last = connection.execute(select(func.max(AUDIT.c.id)).where(AUDIT.c.at < before)).scalar_one()
    if last is None:
        return 0
    kept = select(func.min(AUDIT.c.id)).where(AUDIT.c.at >= before)
    first = min(int(connection.execute(kept).scalar_one() or last + 1), int(last) + 1)
    connection.execute(update(AUDIT_HEAD).where(AUDIT_HEAD.c.first_id < first).values(first_id=first))
    return connection.execute(delete(AUDIT).where(AUDIT.c.id < first)).rowcount
