"""The one way from a record to a file: every format says the same, from the same frozen text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dashboard.exports import (
    assessment,
    assessment_book,
    assessment_rows,
    assessment_slides,
    slo_review,
    slo_review_files,
)
from dashboard.exports.listing import as_csv
from dashboard.exports.markdown import as_markdown
from dashboard.exports.pdf import as_pdf
from dashboard.exports.report import Report
from dashboard.exports.slides import Slide, as_pptx
from dashboard.exports.workbook import Sheet, as_xlsx
from dashboard.shapes import Shape
from scoring.meetings.records import Record, RecordError
from scoring.meetings.sessions import SessionKind


class Format(StrEnum):
    """What a record can be written as."""

    PDF = "pdf"
    PPTX = "pptx"
    XLSX = "xlsx"
    MARKDOWN = "md"
    CSV = "csv"
    JSON = "json"


MEDIA_TYPES: Mapping[Format, str] = {
    Format.PDF: "application/pdf",
    Format.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.MARKDOWN: "text/markdown",
    Format.CSV: "text/csv",
    Format.JSON: "application/json",
}


@dataclass(frozen=True, slots=True)
class Form:
    """How the records of one kind of meeting read: as a document, as rows, as sheets of a workbook, as slides."""

    report: Callable[[Record, Record | None], Report]
    spreadsheet: Callable[[Record, Record | None], list[Shape]]
    workbook: Callable[[Record, Record | None], list[Sheet]]
    slides: Callable[[Record, Record | None], list[Slide]]


FORMS: Mapping[SessionKind, Form] = {
    SessionKind.SLO_REVIEW: Form(
        slo_review.report, slo_review.spreadsheet, slo_review_files.workbook, slo_review_files.slides
    ),
    SessionKind.ASSESSMENT: Form(
        assessment.report, assessment_rows.spreadsheet, assessment_book.workbook, assessment_slides.slides
    ),
}
"""A further kind of meeting adds one entry here."""


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
    at, title = record.session.closed_at or record.session.opened_at, record.session.title
    if form is Format.XLSX:
        return as_xlsx(known.workbook(record, before), title, at)
    if form is Format.PPTX:
        return as_pptx(known.slides(record, before), title, f"streamgauge, SHA-256 {record.sha256}", at)
    report = known.report(record, before)
    if form is Format.MARKDOWN:
        return as_markdown(report)
    return as_pdf(report, at)


def as_json_file(record: Record) -> bytes:
    """The record and its hash as JSON that people can read and `streamgauge record verify` can check."""
    whole = {"record": record.as_json(), "sha256": record.sha256}
    return (json.dumps(whole, indent=2, ensure_ascii=False) + "\n").encode()


def file_name(record: Record, form: Format) -> str:
    """A name for the file: kind, day of closing and the beginning of the hash."""
    day = record.session.closed_at or record.session.opened_at
    kind = re.sub(r"[^a-z]+", "-", record.session.kind)
    return f"{kind}-{day:%Y-%m-%d}-{record.sha256[:8]}.{form}"
