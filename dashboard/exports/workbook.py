"""Tables as a workbook (XLSX), set by XlsxWriter: texts stay texts, numbers are numbers, what is unknown is empty."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from dashboard.shapes import Shape

LONGEST_CELL = 32_767
"""Characters that a cell of a workbook holds."""
WIDEST = 60


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: a header and its rows. rows have the same fields; without any the header alone is there."""

    name: str
    columns: tuple[str, ...]
    rows: Sequence[Shape]


def as_xlsx(sheets: Sequence[Sheet], title: str, at: datetime) -> bytes:
    """The workbook. at: the moment that the file carries as its date; the same input gives the same bytes."""
    import xlsxwriter  # 1 MB that only somebody who exports needs

    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "created": at.astimezone(UTC).replace(tzinfo=None, microsecond=0)})
    head = book.add_format({"bold": True, "bottom": 1, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for sheet in sheets:
        page = book.add_worksheet(sheet.name)
        page.freeze_panes(1, 1)
        page.hide_gridlines(2)
        for place, column in enumerate(sheet.columns):
            page.write_string(0, place, column.replace("_", " "), head)
            longest = max((len(str(row.get(column) or "")) for row in sheet.rows), default=0)
            page.set_column(place, place, min(WIDEST, max(len(column), longest) + 2), wrapped)
        for line, row in enumerate(sheet.rows, start=1):
            for place, column in enumerate(sheet.columns):
                _write(page, line, place, row.get(column))
        if sheet.rows:
            page.autofilter(0, 0, len(sheet.rows), len(sheet.columns) - 1)
    book.close()
    return file.getvalue()


def sheet_of(name: str, rows: Sequence[Shape], columns: tuple[str, ...] = ()) -> Sheet:
    """A sheet of rows that have their fields in the order of the columns."""
    return Sheet(name, columns or tuple(rows[0] if rows else ("nothing",)), rows)


def _write(page: Any, line: int, place: int, value: object) -> None:
    """A cell; lists become lines, what is unknown stays empty."""
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_boolean(line, place, value)
    elif isinstance(value, int | float):
        page.write_number(line, place, value)
    else:
        text = "\n".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        page.write_string(line, place, text if len(text) <= LONGEST_CELL else f"{text[: LONGEST_CELL - 1]}…")
