"""What the page looks at: the closed assessments that the moment knows, and the one that the address names."""

from __future__ import annotations

from typing import TypeVar

from dashboard.components.maturity.choosing import choose
from dashboard.context import PageContext
from dashboard.maturity import Told, told_by
from dashboard.rubrics import instance_rubric
from data.evidence.verdicts import verdicts
from data.store.meetings.imports import ImportedRow
from data.store.meetings.reading import RecordRow
from scoring.evidence.evaluation import over_clusters
from scoring.maturity.rubric import Rubric
from scoring.meetings.assessments import Assessed, assessment_snapshot
from scoring.meetings.records import Record, RecordError
from scoring.meetings.sessions import SessionKind

Row = TypeVar("Row", bound=RecordRow | ImportedRow)

SESSION = "session"
"""Query parameter: the number of the closed assessment that is shown."""
MOST = 1_000
"""Closed assessments that are looked through: more than a weekly one for ten years."""


def closed(context: PageContext) -> tuple[RecordRow, ...]:
    """The closed assessments, the latest first; of a past moment those that were closed by then."""
    rows = context.store.meetings.read.records(SessionKind.ASSESSMENT, MOST)
    return tuple(row for row in rows if context.asof is None or row.closed_at <= context.asof)


def imported(context: PageContext) -> tuple[ImportedRow, ...]:
    """The assessments that were closed elsewhere and imported, the latest first."""
    return context.store.imports.every(SessionKind.ASSESSMENT, context.asof)


def record_of(context: PageContext, row: RecordRow) -> Record:
    """A closed assessment; read and verified once, for it does not change. Raises RecordError when it did."""
    found = context.reader.ask(("record", row.sha256), lambda _: context.store.meetings.read.record(row.session))
    if found is None:
        raise RecordError(f"The record of assessment {row.session} is gone; `streamgauge db check` says more.")
    return found


def told_of(context: PageContext, row: RecordRow | ImportedRow) -> Told:
    """What a closed assessment says. Raises RecordError, ValueError."""
    return context.reader.ask(("told", row.sha256), lambda _: told_by(_record(context, row)))


def _record(context: PageContext, row: RecordRow | ImportedRow) -> Record:
    if isinstance(row, RecordRow):
        return record_of(context, row)
    found = context.store.imports.record(row.key)
    if found is None:
        raise RecordError(f"The imported record {row.key} is gone; `streamgauge db check` says more.")
    return found


def newest(context: PageContext) -> Told | None:
    """What the latest closed assessment says; None before there is one. Raises RecordError, ValueError."""
    rows = closed(context)
    return told_of(context, rows[0]) if rows else None


def choose_row(rows: tuple[Row, ...], label: str, parameter: str) -> Row:
    """A field for one of the assessments, kept in the address; the first one by default."""
    names = {_key(row): _name(row) for row in rows}
    chosen = choose(label, names, parameter)
    return next(row for row in rows if _key(row) == chosen)


def _key(row: RecordRow | ImportedRow) -> str:
    return str(row.session) if isinstance(row, RecordRow) else f"imported-{row.key}"


def _name(row: RecordRow | ImportedRow) -> str:
    place = "" if isinstance(row, RecordRow) else f" (from {row.origin})"
    return f"{row.title}, {row.closed_at:%Y-%m-%d}{place}"


def machines_alone(context: PageContext) -> Told:
    """What evidence says before anybody was asked: every answer unknown, by the rubric of this instance."""
    rubric: Rubric = instance_rubric(context.instance.settings)
    each = verdicts(context.store, rubric, context.now, context.cluster, context.asof)
    found = {one.indicator: one for one in over_clusters(each)}
    snapshot = assessment_snapshot(rubric, context.moment, Assessed(verdicts=found))
    return Told("What machines see", context.moment, "", snapshot)
