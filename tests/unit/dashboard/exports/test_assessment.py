"""The exports of an assessment against a record worked out by hand; slides and workbook read by somebody else's code.

By hand: level 1 needs L1.1, level 2 L2.1 and L2.3, all yes. Of level 3, L3.1, L3.2, L3.3 and L3.5 are yes, L3.4 is
unknown, L3.6 no: 4/6, so the index is 2.67, and 2.83 with the unknown as a yes. The six ratings of each dimension have
the lower medians 4, 3, 3, 2, 3; the profile of level 2 (3 2 2 2 2) is filled, that of level 3 (4 4 3 4 3) is not.
"""

from __future__ import annotations

import csv
import hashlib
import io
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pptx import Presentation

from dashboard.exports.records import Format, export, file_name
from dashboard.maturity import HELD_BACK, told_by
from tests.unit.dashboard.exports.assessments import HOSTILE, assessment

ROOT = Path(__file__).parents[4]


def book(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def rows(sheet: Any) -> list[dict[str, Any]]:
    """A sheet's rows by its header."""
    head, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body]


def deck() -> Any:
    return Presentation(io.BytesIO(export(assessment(), Format.PPTX)))


def words(slide: Any) -> str:
    return "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


def charts(made: Any) -> list[Any]:
    return [shape.chart for slide in made.slides for shape in slide.shapes if shape.has_chart]


def test_the_record_tells_what_was_worked_out_by_hand() -> None:
    told = told_by(assessment())
    assert (told.level, told.decided["index_words"], told.decided["index_high_words"]) == (2, "2.67", "2.83")
    assert list(told.medians.values()) == [4, 3, 3, 2, 3]
    assert told.decided["profile_level"] == 2
    assert told.decided["contradictions"] == [["L2.2", "L3.1"]]
    assert told.decided["ahead"] == ["L4.1"]


@pytest.mark.parametrize("form", list(Format))
def test_the_same_assessment_gives_the_same_bytes_in_another_process_zone_and_second(form: Format) -> None:
    code = (
        "import hashlib; from dashboard.exports.records import Format, export; "
        "from tests.unit.dashboard.exports.assessments import assessment; "
        f"print(hashlib.sha256(export(assessment(), Format('{form}'))).hexdigest())"
    )
    environ = {"TZ": "Asia/Tokyo", "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7", "LANG": "de_DE.UTF-8"}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == hashlib.sha256(export(assessment(), form)).hexdigest()


def test_the_workbook_has_its_sheets_and_the_numbers_as_numbers() -> None:
    made = book(export(assessment(), Format.XLSX))
    assert made.sheetnames == ["Result", "Answers", "Ratings", "Spread", "Agreement", "Evidence", "Actions"]
    result = {row["what"]: row["value"] for row in rows(made["Result"])}
    assert result["level"] == 2
    assert result["index"] == pytest.approx(8 / 3)
    assert result["index, unknown as yes"] == pytest.approx(17 / 6)
    assert result["level 3: satisfied of applicable"] == "4 of 6"
    answers = {row["question"]: row for row in rows(made["Answers"])}
    assert len(answers) == 26
    assert (answers["L3.2"]["answer"], answers["L3.2"]["comparison"]) == ("yes", "contradicted")
    assert (answers["L3.5"]["comparison"], answers["L3.4"]["answer"]) == ("proven", "unknown")
    assert (answers["L3.2"]["owner"], answers["L3.2"]["due"]) == ("tom", "2026-12-01")
    ratings = {row["dimension"]: row for row in rows(made["Ratings"])}
    assert [ratings[one]["median"] for one in ("Technology", "Governance", "Skills", "Operations")] == [4, 3, 3, 2]
    assert [ratings[one]["needed for the next level"] for one in ratings] == [4, 4, 3, 4, 3]
    # 2 3 3 and 4 2 3: the medians of both groups are 3.
    assert (ratings["Governance"]["median of platform"], ratings["Governance"]["median of consumers"]) == (3, 3)
    assert [row["action"] for row in rows(made["Actions"])] == ["Refuse schemas that break consumers"]


def test_a_note_that_a_workbook_would_run_is_text() -> None:
    sheet = book(export(assessment(), Format.XLSX))["Answers"]
    cells = [cell for line in sheet.iter_rows() for cell in line if str(cell.value).startswith("=HYPERLINK")]
    assert [cell.data_type for cell in cells] == ["s"]
    assert all(cell.hyperlink is None for line in sheet.iter_rows() for cell in line)


def test_agreement_is_told_as_the_record_tells_it_and_what_is_held_back_stays_so() -> None:
    content = export(assessment(), Format.XLSX)
    found = {row["question"]: row for row in rows(book(content)["Agreement"])}
    told = found["L3.2"]
    # yes yes no yes yes: 2 2 0 2 2, quartiles 2 and 2, four of five within one of the median; one does not know.
    assert (told["votes"], told["on the scale"], told["median"], told["iqr"], told["range"]) == (6, 5, 2, 0, 2)
    assert told["within one"] == pytest.approx(0.8)
    assert told["counts"] == "1 no, 0 partial, 4 yes, 1 unknown, 0 n/a"
    hidden = found["L3.6"]
    assert hidden["counts"] == HELD_BACK
    assert [hidden[name] for name in ("median", "iqr", "range", "within one", "discuss")] == [None] * 5
    text = export(assessment(), Format.MARKDOWN).decode().replace("\\", "")
    assert "| 1 | 2 | held back: fewer than three people | — | — | — | — |" in text


def test_the_slides_have_native_charts_with_the_numbers_of_the_record() -> None:
    made = deck()
    levels, profile = charts(made)[:2]
    assert [(one.name, list(one.values)) for one in levels.plots[0].series] == [
        ("satisfied", [1, 2, 4, 1, 0]),
        ("not answered", [0, 0, 1, 0, 0]),
        ("not satisfied", [0, 0, 1, 5, 6]),
    ]
    assert list(profile.plots[0].categories) == ["Technology", "Governance", "Skills", "Operations", "Business Value"]
    assert [list(one.values) for one in profile.plots[0].series] == [[4, 3, 3, 2, 3], [4, 4, 3, 4, 3]]
    embedded = profile.part.chart_workbook.xlsx_part.blob
    sheet = openpyxl.load_workbook(io.BytesIO(embedded)).active
    assert [sheet.cell(line, 2).value for line in range(2, 7)] == [4, 3, 3, 2, 3]


def test_the_slides_say_the_result_first_and_name_the_record_on_each() -> None:
    made, record = deck(), assessment()
    slides = list(made.slides)
    assert words(slides[0]).startswith("Level 2, largely at 3, 1 answer missing")
    assert "2.67 (up to 2.83, 1 answer missing)" in words(slides[0])
    assert "L2.2 and L3.1" in words(slides[0])
    assert all(record.sha256 in words(slide) for slide in slides)
    tables = [shape.table for slide in slides for shape in slide.shapes if shape.has_table]
    cells = [[cell.text for cell in row.cells] for table in tables for row in table.rows]
    assert ["3", "L3.2 L3.2", "yes", "contradicted"] in cells
    assert sum(row[0] in {"1", "2", "3", "4", "5"} for row in cells) == 26
    assert ["Refuse schemas that break consumers", "tom", "2026-12-01"] in cells


def test_every_chart_says_in_words_what_it_shows_and_every_slide_fits() -> None:
    made = deck()
    for slide in made.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.left + shape.width <= made.slide_width
            assert shape.top + shape.height <= made.slide_height, (words(slide), shape.name)
            if shape.has_chart:
                assert shape._element.nvGraphicFramePr.cNvPr.get("descr")


def test_nothing_in_the_archives_carries_the_time_of_the_export() -> None:
    with zipfile.ZipFile(io.BytesIO(export(assessment(), Format.PPTX))) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}
        assert b"2026-11-28T13:00:00Z" in archive.read("docProps/core.xml")
        inner = [name for name in archive.namelist() if name.endswith(".xlsx")]
        assert inner
        with zipfile.ZipFile(io.BytesIO(archive.read(inner[0]))) as workbook:
            assert b"2026-11-28T13:00:00Z" in workbook.read("docProps/core.xml")


def test_the_spreadsheet_has_one_row_a_question_and_says_what_it_was_before() -> None:
    before = assessment({"L3.5": "no"}, number=6)
    now = assessment(previous=before.sha256)
    found = list(csv.DictReader(io.StringIO(export(now, Format.CSV, before).decode("utf-8-sig"))))
    assert len(found) == 31
    by_name = {one["question"]: one for one in found}
    assert (by_name["L3.5"]["answer"], by_name["L3.5"]["before"]) == ("yes", "no")
    row = by_name["L3.2"]
    assert (row["before"], row["on_the_scale"], row["median"]) == ("yes", "5", "2")
    assert row["note"].startswith("'=HYPERLINK")


def test_the_document_says_the_result_the_gap_and_what_changed() -> None:
    before = assessment({"L3.5": "no"}, number=6)
    text = export(assessment(previous=before.sha256), Format.MARKDOWN, before).decode().replace("\\", "")
    assert "- **Result:** Level 2, largely at 3, 1 answer missing" in text
    assert "## The way to level 3" in text
    assert "| Most telling unknown | L3.4 L3.4 |" in text
    assert "## Since Assessment of November" in text
    assert "| L3.5 L3.5 | no | yes |" in text
    assert "<b>" not in text.replace("<b>bold</b>", "")
    assert HOSTILE.split()[-1] in text


def test_the_pdf_of_an_assessment_is_made() -> None:
    assert export(assessment(), Format.PDF).startswith(b"%PDF")
    assert file_name(assessment(), Format.PPTX).startswith("assessment-2026-11-28-")
