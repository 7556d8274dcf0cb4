"""Slides and workbooks of any record: nothing runs over the edge, no row is lost, texts are texts."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pytest
from pptx import Presentation

from dashboard.exports.records import Format, export
from dashboard.exports.slides import FOOT, TOP, Chart, Grid, Slide, as_pptx, paged, row_height
from dashboard.exports.workbook import LONGEST_CELL, as_xlsx, sheet_of
from tests.unit.dashboard.exports.reviews import hard_review

AT = datetime(2026, 11, 21, tzinfo=UTC)


def opened(*slides: Slide) -> Any:
    return Presentation(io.BytesIO(as_pptx(slides, "t\x00itle", "seal", AT)))


def test_a_long_table_goes_on_on_the_next_slide_and_no_row_is_lost() -> None:
    rows = [(str(number), "a word and another one " * (number % 6)) for number in range(60)]
    pages = paged(Slide("Many", ["One line."], grid=Grid(("No", "Words"), rows, (1, 8))))
    assert [row for page in pages if page.grid for row in page.grid.rows] == rows
    assert [page.title for page in pages[:3]] == ["Many", "Many (2)", "Many (3)"]
    for page in pages:
        assert page.grid is not None
        whole = sum(row_height(page.grid, row, 12.1) for row in (page.grid.header, *page.grid.rows))
        assert TOP + whole < FOOT


def test_a_text_that_xml_cannot_carry_and_one_that_is_too_long_are_shown_as_far_as_they_can_be() -> None:
    made = opened(Slide("a\x07b", ["x" * 400], grid=Grid(("H",), [("\x0bcell",)], (1,))))
    texts = [shape.text_frame.text for shape in made.slides[0].shapes if shape.has_text_frame]
    assert "a\ufffdb" in texts
    assert any(text.endswith("…") and len(text) == 150 for text in texts)


def test_what_is_unknown_has_no_bar() -> None:
    chart = Chart("alt", ["a", "b"], {"rated": [None, 3]}, ["#0B6BCB"])
    made = opened(Slide("Chart", chart=chart))
    (drawn,) = [shape.chart for shape in made.slides[0].shapes if shape.has_chart]
    assert list(drawn.plots[0].series[0].values) == [None, 3]


def test_a_workbook_cuts_what_a_cell_cannot_hold_and_leaves_the_unknown_empty() -> None:
    rows = [{"text": "x" * 40_000, "number": 1.5, "none": None, "flag": True, "many": ["a", "b"]}]
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx([sheet_of("S", rows)], "t", AT)))["S"]
    assert len(sheet["A2"].value) == LONGEST_CELL
    assert [cell.value for cell in sheet[2]][1:] == [1.5, None, True, "a\nb"]


def test_a_review_is_slides_and_a_workbook_too() -> None:
    review, before = hard_review()
    made = Presentation(io.BytesIO(export(review, Format.PPTX, before)))
    (chart,) = [shape.chart for slide in made.slides for shape in slide.shapes if shape.has_chart]
    # An overspent budget is none left; the two without data and the invariant have no bar.
    values = list(chart.plots[0].series[0].values)
    assert values[:2] == [0, 19.9]
    sheets = openpyxl.load_workbook(io.BytesIO(export(review, Format.XLSX, before)))
    assert sheets.sheetnames == ["Objectives", "Actions", "Definitions"]
    head, *lines = sheets["Objectives"].iter_rows(values_only=True)
    by_name = {line[0]: dict(zip(head, line, strict=True)) for line in lines}
    assert by_name["produce-success"]["remaining"] == pytest.approx(-3.721)
    assert by_name["silent"]["remaining"] is None
    assert by_name["silent"]["note"].startswith("=cmd|")
    assert all(cell.data_type != "f" for line in sheets["Objectives"].iter_rows() for cell in line)
