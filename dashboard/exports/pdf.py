"""A report as PDF, set by typst with the fonts that it brings: no network, no fonts of this machine, no clock.

The same report and moment give the same bytes everywhere. The exception are letters that those fonts do not have
(Chinese, Japanese, Korean, Thai, emoji): a report with one of them may use this machine's fonts too, since a name that
can be read is worth more than equal bytes. Without such a font they are empty boxes; Markdown, CSV and JSON carry all
letters.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Literal

from dashboard.exports.report import Cell, Report
from dashboard.theme import ICONS, LIGHT

LONGEST_RUN = 14
"""Letters in a row after which a word may be broken when its column is too narrow."""

MOVED = 1_200
"""Characters up to which a cell's whole row moves to the next page instead of being broken."""

_BREAK = "\u200b"
_UNCOVERED = re.compile(
    "[\u0e00-\u0e7f\u1100-\u11ff\u2e80-\ua4cf\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef"
    "\U0001f000-\U0001faff\U00020000-\U0003ffff]"
)
"""Letters that no font of typst's has: Thai, those of Chinese, Japanese and Korean, emoji."""

_HASH = re.compile(r"[0-9a-f]{40,}")


def as_pdf(report: Report, at: datetime) -> bytes:
    """The report as PDF (A4, landscape). at: the moment that the file carries as its date (UTC)."""
    (pdf,) = _set(report, at, "pdf")
    return pdf


def as_pictures(report: Report, at: datetime) -> list[bytes]:
    """The report's pages as PNG, for whoever wants to see what the PDF looks like."""
    return _set(report, at, "png")


def _set(report: Report, at: datetime, form: Literal["pdf", "png"]) -> list[bytes]:
    import typst  # 34 MB that only somebody who exports needs

    template = files("dashboard.exports").joinpath("report.typ").read_bytes()
    content = json.dumps(_content(report), ensure_ascii=False)
    alone = not needs_fonts_of_the_machine(content)
    compiler = typst.Compiler(template, ignore_system_fonts=alone, sys_inputs={"report": content})
    made = compiler.compile(format=form, timestamp=at.astimezone(UTC).replace(microsecond=0), ppi=110)
    return made if isinstance(made, list) else [made or b""]


def _content(report: Report) -> dict[str, Any]:
    return {
        "title": report.title,
        "subtitle": report.subtitle,
        "facts": [[label, breakable(value)] for label, value in report.facts],
        "sections": [
            {
                "heading": section.heading,
                "empty": section.empty,
                "columns": [
                    {"heading": column.heading, "width": column.width, "numeric": column.numeric}
                    for column in section.table.columns
                ],
                "rows": [_row(row) for row in section.table.rows],
            }
            for section in report.sections
        ],
        "seal": report.seal,
        "muted": LIGHT.muted,
        "border": LIGHT.border,
    }


def _row(row: tuple[Cell, ...]) -> list[dict[str, Any]]:
    """A row stays on one page; only one with so much in it that it may need a page of its own is broken."""
    long = any(len(cell.words) + len(cell.detail) > MOVED for cell in row)
    return [
        {
            "words": breakable(cell.words),
            "detail": breakable(cell.detail),
            "mark": None if cell.tone is None else ICONS[cell.tone],
            "colour": None if cell.tone is None else LIGHT.tone(cell.tone),
            "breakable": long,
        }
        for cell in row
    ]


def needs_fonts_of_the_machine(text: str) -> bool:
    """True for a text with letters that the fonts that typst brings do not have."""
    return _UNCOVERED.search(text) is not None


def breakable(text: str) -> str:
    """The text with invisible places to break long words at: after a dot, slash, dash and the like, or anywhere.

    Without them a long topic name would run over its column into the next one. Hashes stay whole: they are copied.
    """
    return "".join(_broken(part) for part in re.split(r"(\s+)", text))


def _broken(word: str) -> str:
    if len(word) <= LONGEST_RUN or _HASH.fullmatch(word):
        return word
    pieces = re.findall(rf"[^./\-_=,:;@]{{1,{LONGEST_RUN}}}[./\-_=,:;@]*|[./\-_=,:;@]+", word)
    return _BREAK.join(pieces)
