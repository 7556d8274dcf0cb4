"""A report as Markdown with tables (GitHub Flavored Markdown)."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.exports.report import Cell, Report, Section
from dashboard.theme import ICONS, plain


def as_markdown(report: Report) -> bytes:
    """The report in UTF-8. Whatever people typed shows as they typed it and formats nothing."""
    lines = [f"# {_inline(report.title)}", "", _inline(report.subtitle), ""]
    lines += [f"- **{_inline(label)}:** {_inline(value)}" for label, value in report.facts]
    for section in report.sections:
        lines += ["", f"## {_inline(section.heading)}", "", *_table(section)]
    lines += ["", "---", "", _inline(report.seal), ""]
    return "\n".join(lines).encode()


def _table(section: Section) -> Iterable[str]:
    if not section.table.rows:
        yield _inline(section.empty)
        return
    columns = section.table.columns
    yield _line(_inline(column.heading) for column in columns)
    yield _line("---:" if column.numeric else "---" for column in columns)
    for row in section.table.rows:
        yield _line(_cell(cell) for cell in row)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(cell: Cell) -> str:
    mark = f"{ICONS[cell.tone]} " if cell.tone else ""
    detail = f"<br>{_inline(cell.detail)}" if cell.detail else ""
    return f"{mark}{_inline(cell.words)}{detail}"


def _inline(text: str) -> str:
    """Text in one line; a line break would end a table's row."""
    return plain(" ".join(text.split())).replace("&", "\\&")
