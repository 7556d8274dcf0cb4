"""The PDF: nothing runs off the page or into the next column, whatever names people choose."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from dashboard.exports.pdf import as_pdf, as_pictures, breakable, needs_fonts_of_the_machine
from dashboard.exports.report import Cell, Column, Report, Section, Table
from dashboard.exports.slo_review import report
from tests.unit.dashboard.exports.reviews import hard_review
from tests.unit.scoring.meetings.meetings import NOON

ROOT = Path(__file__).parents[4]
PIXELS_PER_MM = 110 / 25.4
MARGIN_MM, WIDTH_MM, GUTTER_MM = 12.0, 273.0, 1.2
DARK = 150
"""Grey values below it are text; the lines between rows are lighter."""


def pages(shown: Report) -> list[NDArray[np.uint8]]:
    """Each page as grey values, rows × columns."""
    return [np.asarray(Image.open(io.BytesIO(page)).convert("L")) for page in as_pictures(shown, NOON)]


def between(page: NDArray[np.uint8], left_mm: float, right_mm: float) -> NDArray[np.bool_]:
    """Where there is text in a vertical strip, without the lines that run over the whole width."""
    across = (page[:, round(20 * PIXELS_PER_MM) : round(270 * PIXELS_PER_MM)] < DARK).mean(axis=1) > 0.9
    strip = page[:, round(left_mm * PIXELS_PER_MM) : round(right_mm * PIXELS_PER_MM)] < DARK
    return np.asarray(strip[~across], dtype=np.bool_)


def test_nothing_runs_into_the_next_column_or_off_the_page() -> None:
    review, before = hard_review()
    whole = report(review, before)
    alone = replace(whole.sections[0], heading="")
    found = pages(replace(whole, title="", subtitle="", facts=(), sections=(alone,), seal=""))
    columns = whole.sections[0].table.columns
    edges = MARGIN_MM + np.cumsum([column.width for column in columns]) / sum(c.width for c in columns) * WIDTH_MM
    for page in found:
        body = page[: round(192 * PIXELS_PER_MM)]
        for edge in edges[:-1]:
            assert not between(body, edge - GUTTER_MM, edge + GUTTER_MM).any(), f"text crosses {edge:.0f} mm"
    for page in pages(whole):
        assert not between(page, 0, MARGIN_MM - 1).any()
        assert not between(page, MARGIN_MM + WIDTH_MM + 1, 297).any()
        assert (page < DARK).any()


def test_fifteen_rows_of_which_some_are_long_fit_on_three_pages() -> None:
    assert len(pages(report(*hard_review()))) == 3


def test_a_note_that_is_longer_than_a_page_goes_on_on_the_next_one() -> None:
    """20 000 letters, at most 60 a line in a fifth of the width, are over 330 lines; no page holds more than 60."""
    columns = (Column("name", 4.0), Column("note", 1.0))
    rows = ((Cell("x"), Cell("y", "word " * 4_000)), (Cell("x"), Cell("y", "short")))
    shown = Report("t", "", (), (Section("s", Table(columns, rows), ""),), "")
    assert len(pages(shown)) > 5


def test_the_pdf_needs_no_network_no_home_and_no_fonts_of_the_machine(tmp_path: Path) -> None:
    code = (
        "import socket\n"
        "def refuse(*_): raise AssertionError('network')\n"
        "socket.socket = refuse\n"
        "from dashboard.exports.records import Format, export\n"
        "from tests.unit.dashboard.exports.reviews import hard_review\n"
        "print(len(export(hard_review()[0], Format.PDF)))"
    )
    environ = {"PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "FONTCONFIG_FILE": os.devnull, "http_proxy": "x:1"}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert int(done.stdout) > 10_000
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("letters", ["漢字", "かな", "한글", "สวัสดี", "🚀"])
def test_only_letters_that_are_not_brought_along_are_looked_for_on_the_machine(letters: str) -> None:
    assert needs_fonts_of_the_machine(f"payments of {letters}")
    assert not needs_fonts_of_the_machine("Grüße αβγ Жщ שלום مرحبا ✓ ≥ ½ € ● ▲ ◆ ■ ○ − \u202f\u200b")
    table = Table((Column("name"),), ((Cell(letters),),))
    assert as_pdf(Report("t", "", (), (Section("s", table, ""),), ""), NOON).startswith(b"%PDF")


def test_what_people_typed_is_text_and_never_markup() -> None:
    typed = '#panic() $x$ *bold* _it_ `raw` @ref <label> \\ // http://x ~ = head "quoted" #import "x"'
    table = Table((Column(typed),), ((Cell(typed, typed),),))
    shown = Report(typed, typed, ((typed, typed),), (Section(typed, table, typed),), typed)
    assert as_pdf(shown, NOON).startswith(b"%PDF")


def test_a_row_that_does_not_fit_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="another number of cells"):
        Table((Column("a"), Column("b")), ((Cell("x"),),))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\u200b")))
def test_breaking_words_adds_nothing_that_is_seen(text: str) -> None:
    assert breakable(text).replace("\u200b", "") == text


@given(st.text("ab./-_", min_size=40))
def test_a_long_word_can_be_broken_at_least_every_few_letters(text: str) -> None:
    pieces = breakable(text).split("\u200b")
    assert max(len(piece.rstrip("./-_")) for piece in pieces) <= 14


def test_a_hash_stays_whole() -> None:
    assert breakable("a" * 64) == "a" * 64
    assert "\u200b" in breakable("g" * 64)
