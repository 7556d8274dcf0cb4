"""Slides (PPTX) with charts and tables that PowerPoint edits, set by python-pptx; the same input gives the same bytes.

A presentation and the workbooks behind its charts are archives that carry the time of their making. It is replaced by
the moment of the record, so that two exports of one record are one file.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import ceil
from typing import Any

from dashboard.theme import LIGHT

FIRST_DAY = (1980, 1, 1, 0, 0, 0)
"""The time of every file in an archive; the format knows no earlier one."""
TOP, FOOT, WIDTH, BESIDE = 1.35, 6.95, 12.1, 6.0
"""Inches: where the content of a slide begins and ends, how wide it is, and how wide beside a chart."""
LETTER = 0.52
"""Mean width of a letter in its size; letters of a proportional font take less."""
LONGEST_WORDS = 150
"""Characters of a cell: what fits on a slide that is read from the other end of a room."""
_MADE = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars by category. series: by name, a value for each category, None where there is none. colours: hexadecimal."""

    alt: str
    categories: Sequence[str]
    series: Mapping[str, Sequence[float | None]]
    colours: Sequence[str]
    stacked: bool = False
    highest: float | None = None
    digits: str = "0"


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. widths: shares of the slide's width."""

    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    size: int = 14


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide: a title that says what is to be seen, lines of text, then a chart or a table or both beside."""

    title: str
    lines: Sequence[str] = ()
    chart: Chart | None = None
    grid: Grid | None = None


def as_pptx(slides: Sequence[Slide], title: str, seal: str, at: datetime) -> bytes:
    """The presentation, 16:9. seal: a line at the foot of every slide. at: the moment that the file carries."""
    from pptx import Presentation  # with lxml and Pillow 30 MB that only somebody who exports needs
    from pptx.util import Inches

    made = Presentation()
    made.slide_width, made.slide_height = Inches(13.333), Inches(7.5)
    moment = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties = made.core_properties
    properties.title, properties.author, properties.last_modified_by = clean(title), "streamgauge", "streamgauge"
    properties.created, properties.modified, properties.revision = moment, moment, 1
    every = [page for slide in slides for page in paged(slide)]
    for number, slide in enumerate(every, start=1):
        _draw(made, slide, clean(seal), number)
    file = io.BytesIO()
    made.save(file)
    return repacked(file.getvalue(), moment)


def clean(text: str) -> str:
    """A text without what XML cannot carry."""
    return _UNPRINTABLE.sub("\ufffd", text)


def short(text: str) -> str:
    """A text that fits on a slide; the record has all of it."""
    line = " ".join(clean(text).split())
    return line if len(line) <= LONGEST_WORDS else f"{line[: LONGEST_WORDS - 1]}…"


def repacked(archive: bytes, moment: datetime) -> bytes:
    """An archive of the office formats as if it had been made at that moment, archives within it too."""
    stamp = rb"\g<1>" + f"{moment:%Y-%m-%dT%H:%M:%SZ}".encode() + rb"\g<3>"
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as before, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as after:
        for name in before.namelist():
            content = before.read(name)
            if name.endswith(".xlsx"):
                content = repacked(content, moment)
            elif name == "docProps/core.xml":
                content = _MADE.sub(stamp, content)
            entry = zipfile.ZipInfo(name, FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            after.writestr(entry, content)
    return file.getvalue()


def paged(slide: Slide) -> list[Slide]:
    """The slide, or several when its table is longer than the room on one; no row is lost."""
    if slide.grid is None:
        return [slide]
    width = BESIDE if slide.chart is not None else WIDTH
    above = _lines_height(slide.lines) + 0.1 if slide.lines else 0
    room = FOOT - TOP - above - row_height(slide.grid, slide.grid.header, width)
    pages: list[list[Sequence[str]]] = [[]]
    left = room
    for row in slide.grid.rows:
        height = row_height(slide.grid, row, width)
        if pages[-1] and height > left:
            pages.append([])
            left = room
        pages[-1].append(row)
        left -= height
    first = replace(slide, grid=replace(slide.grid, rows=pages[0]))
    further = (
        replace(slide, title=f"{slide.title} ({number})", chart=None, grid=replace(slide.grid, rows=rows))
        for number, rows in enumerate(pages[1:], start=2)
    )
    return [first, *further]


def row_height(grid: Grid, row: Sequence[str], width: float) -> float:
    """Inches that a row takes, by the mean width of a letter; rather too much than too little."""
    most = 1
    for words, share in zip(row, grid.widths, strict=True):
        letters = (width * share / sum(grid.widths) - 0.2) * 72 / (grid.size * LETTER)
        most = max(most, ceil(len(short(words)) / max(letters, 1)))
    return most * grid.size * 1.25 / 72 + 0.06


def _lines_height(lines: Sequence[str]) -> float:
    letters = WIDTH * 72 / (18 * LETTER)
    return 0.1 + 0.34 * sum(max(1, ceil(len(short(line)) / letters)) for line in lines)


def _draw(made: Any, slide: Slide, seal: str, number: int) -> None:
    from pptx.util import Inches

    page = made.slides.add_slide(made.slide_layouts[5])  # title only
    title = page.shapes.title
    title.left, title.top, title.width, title.height = Inches(0.6), Inches(0.3), Inches(12.1), Inches(0.9)
    _text(title.text_frame, [slide.title], 28, bold=True)
    top = TOP
    if slide.lines:
        height = _lines_height(slide.lines)
        box = page.shapes.add_textbox(Inches(0.6), Inches(top), Inches(12.1), Inches(height))
        _text(box.text_frame, [short(line) for line in slide.lines], 18)
        top += height + 0.1
    room = FOOT - top
    beside = slide.chart is not None and slide.grid is not None
    if slide.chart is not None:
        _chart(page, slide.chart, (0.6, top, 5.9 if beside else 12.1, room))
    if slide.grid is not None:
        _grid(page, slide.grid, (6.7 if beside else 0.6, top, 6.0 if beside else 12.1))
    foot = page.shapes.add_textbox(Inches(0.6), Inches(7.05), Inches(12.1), Inches(0.3))
    _text(foot.text_frame, [f"{seal} · {number}"], 10, colour=LIGHT.muted)


def _text(frame: Any, lines: Sequence[str], size: int, *, bold: bool = False, colour: str = LIGHT.text) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Pt

    frame.word_wrap = True
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.LEFT
        run = paragraph.add_run()
        run.text = clean(line)
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = RGBColor.from_string(colour.removeprefix("#"))


def _chart(page: Any, chart: Chart, place: tuple[float, float, float, float]) -> None:
    from pptx.chart.data import CategoryChartData
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION
    from pptx.util import Inches, Pt

    data = CategoryChartData(number_format=chart.digits)
    data.categories = [clean(one) for one in chart.categories]
    for name, values in chart.series.items():
        data.add_series(clean(name), values)
    kind = XL_CHART_TYPE.BAR_STACKED if chart.stacked else XL_CHART_TYPE.BAR_CLUSTERED
    frame = page.shapes.add_chart(kind, *map(Inches, place), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", clean(chart.alt))
    drawn = frame.chart
    drawn.font.size = Pt(14)
    drawn.has_legend = len(chart.series) > 1
    if drawn.has_legend:
        drawn.legend.position, drawn.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    drawn.category_axis.reverse_order = True
    drawn.category_axis.has_major_gridlines = False
    drawn.value_axis.has_major_gridlines = False
    drawn.value_axis.visible = False
    drawn.value_axis.minimum_scale = 0
    if chart.highest is not None:
        drawn.value_axis.maximum_scale = chart.highest
    plot = drawn.plots[0]
    plot.gap_width, plot.has_data_labels = 60, True
    plot.data_labels.font.size, plot.data_labels.number_format = Pt(14), chart.digits
    plot.data_labels.number_format_is_linked = False
    for one, colour in zip(plot.series, chart.colours, strict=True):
        one.format.fill.solid()
        one.format.fill.fore_color.rgb = RGBColor.from_string(colour.removeprefix("#"))
        if chart.stacked:  # a label inside a bar needs the bar's contrast
            one.data_labels.show_value = True
            one.data_labels.font.size = Pt(14)
            one.data_labels.number_format, one.data_labels.number_format_is_linked = f"{chart.digits};;", False
            one.data_labels.font.color.rgb = RGBColor.from_string(_on(colour))


def _on(colour: str) -> str:
    """Black or white, whichever reads better on a colour (relative luminance, WCAG 2)."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return "000000" if 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.179 else "FFFFFF"


def _grid(page: Any, grid: Grid, place: tuple[float, float, float]) -> None:
    from pptx.dml.color import RGBColor
    from pptx.util import Inches, Pt

    left, top, width = place
    size = len(grid.rows) + 1, len(grid.header)
    heights = [row_height(grid, row, width) for row in (grid.header, *grid.rows)]
    table = page.shapes.add_table(*size, Inches(left), Inches(top), Inches(width), Inches(sum(heights))).table
    for column, share in zip(table.columns, grid.widths, strict=True):
        column.width = Inches(width * share / sum(grid.widths))
    for drawn, height in zip(table.rows, heights, strict=True):
        drawn.height = Inches(height)
    for line, row in enumerate((grid.header, *grid.rows)):
        for number, words in enumerate(row):
            cell = table.cell(line, number)
            cell.margin_top = cell.margin_bottom = Inches(0.02)
            cell.fill.solid()
            cell.fill.fore_color.rgb = RGBColor.from_string((LIGHT.surface if line == 0 else LIGHT.page)[1:])
            _text(cell.text_frame, [short(words)], grid.size if line else grid.size - 1, bold=line == 0)
            cell.text_frame.paragraphs[0].runs[0].font.size = Pt(grid.size)
