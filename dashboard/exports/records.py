"""The one way from a record to a file: PDF, Markdown, CSV and JSON say the same, from the same frozen text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dashboard.exports import slo_review
from dashboard.exports.listing import as_csv
from dashboard.exports.markdown import as_markdown
from dashboard.exports.pdf import as_pdf
from dashboard.exports.report import Report
from dashboard.shapes import Shape
from scoring.meetings.records import Record, RecordError
from scoring.meetings.sessions import SessionKind


class Format(StrEnum):
    """What a record can be written as."""

    PDF = "pdf"
    MARKDOWN = "md"
    CSV = "csv"
    JSON = "json"


MEDIA_TYPES: Mapping[Format, str] = {
    Format.PDF: "application/pdf",
    Format.MARKDOWN: "text/markdown",
    Format.CSV: "text/csv",
    Format.JSON: "application/json",
}


@dataclass(frozen=True, slots=True)
class Form:
    """How the records of one kind of meeting read: as a document, and as rows for a spreadsheet."""

    report: Callable[[Record, Record | None], Report]
    spreadsheet: Callable[[Record, Record | None], list[Shape]]


FORMS: Mapping[SessionKind, Form] = {
    SessionKind.SLO_REVIEW: Form(slo_review.report, slo_review.spreadsheet),
}
"""A further kind of meeting adds one line here."""


def export(record: Record, form: Format, before: Record | None = None) -> bytes:
    """The record as a file; the same record gives the same bytes.

    before: the record that this one names as the one before it, for what changed since; without it the change is left
    out. Raises RecordError when `before` is another one, or when this kind of meeting has no form yet.
    """
    if before is not None and before.sha256 != record.previous:
        raise RecordError("The record to compare with is not the one that this record names as the one before it.")
    if form is Format.JSON:
        return as_json_file(record)
    known = FORMS.get(record.session.kind)
    if known is None:
        raise RecordError(f"A record of this kind ({record.session.kind}) is exported as JSON only.")
    if form is Format.CSV:
        return as_csv(known.spreadsheet(record, before))
    report = known.report(record, before)
    if form is Format.MARKDOWN:
        return as_markdown(report)
    return as_pdf(report, record.session.closed_at or record.session.opened_at)


def as_json_file(record: Record) -> bytes:
    """The record and its hash as JSON that people can read and `streamgauge record verify` can check."""
    whole = {"record": record.as_json(), "sha256": record.sha256}
    return (json.dumps(whole, indent=2, ensure_ascii=False) + "\n").encode()


def file_name(record: Record, form: Format) -> str:
    """A name for the file: kind, day of closing and the beginning of the hash."""
    day = record.session.closed_at or record.session.opened_at
    kind = re.sub(r"[^a-z]+", "-", record.session.kind)
    return f"{kind}-{day:%Y-%m-%d}-{record.sha256[:8]}.{form}"
