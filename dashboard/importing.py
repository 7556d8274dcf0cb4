"""Taking in a record from elsewhere: only one that every page and export of this version can show."""

from __future__ import annotations

from dashboard.assessing_results import facts, headline
from dashboard.exports.records import Format, export
from dashboard.maturity import told_by
from data.store import Store
from scoring.actors import Actor
from scoring.meetings.records import Record, RecordError


def import_assessment(store: Store, actor: Actor, origin: str, file: bytes, sha256: str = "") -> int:
    """Import the record of an assessment; returns its number. Raises as `Imports.take` does.

    The record is shown once beforehand, to nobody: what cannot be shown is refused here and breaks no page later.
    """
    return store.imports.take(actor, origin, file, sha256, _show)


def _show(record: Record) -> None:
    try:
        headline(record.snapshot), facts(record.snapshot)
        told = told_by(record)
        for one in told.rubric.indicators:
            told.numbers(one.id)
        for form in (Format.MARKDOWN, Format.CSV, Format.XLSX, Format.PPTX):
            export(record, form)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise RecordError(f"The record lacks what its pages show: {error!r}. Export it again.") from error
