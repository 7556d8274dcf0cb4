"""A record as a file: the same bytes for the same record, safe in every reader, and nothing left out."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.exports.records import MEDIA_TYPES, Format, export, file_name
from scoring.meetings.decisions import Decision
from scoring.meetings.records import RecordError, verified_file
from scoring.meetings.sessions import SessionKind
from tests.unit.dashboard.exports.reviews import LINK, LONG_TOPIC, hard_review
from tests.unit.scoring.meetings.meetings import entry, record, session, snapshot, status

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize("form", list(Format))
def test_the_same_record_gives_the_same_bytes_in_another_process_and_another_zone(form: Format) -> None:
    code = (
        "import hashlib; from dashboard.exports.records import Format, export; "
        "from tests.unit.dashboard.exports.reviews import hard_review; "
        f"record, before = hard_review(); print(hashlib.sha256(export(record, Format('{form}'), before)).hexdigest())"
    )
    environ = {"TZ": "Asia/Tokyo", "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7", "LANG": "de_DE.UTF-8"}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    review, before = hard_review()
    assert done.stdout.strip() == hashlib.sha256(export(review, form, before)).hexdigest()


def rows() -> list[dict[str, str]]:
    """The spreadsheet, as a program reads it."""
    review, before = hard_review()
    return list(csv.DictReader(io.StringIO(export(review, Format.CSV, before).decode("utf-8-sig"))))


def test_the_spreadsheet_has_numbers_as_numbers_and_leaves_the_unknown_empty() -> None:
    found = {row["slo"]: row for row in rows()}
    assert len(found) == 15
    produce = found["produce-success"]
    assert (produce["remaining"], produce["change_since_last"], produce["bad"], produce["total"]) == (
        "-3.721", "-0.1234", "58812", "12412371",
    )  # fmt: skip
    assert (produce["decision"], produce["decision_owner"], produce["due"], produce["evidence"]) == (
        "fix", "tom", "2026-12-01", LINK,
    )  # fmt: skip
    silent = found["silent"]
    assert (silent["sli"], silent["remaining"], silent["burn_1h"], silent["change_since_last"]) == ("", "", "", "")
    assert found["data-durability"]["objective"] == ""


def test_a_note_that_a_spreadsheet_would_run_is_text() -> None:
    assert {row["slo"]: row["note"] for row in rows()}["silent"].startswith("'=cmd|")


def test_markdown_shows_what_people_typed_and_nothing_of_it_formats() -> None:
    review, before = hard_review()
    text = export(review, Format.MARKDOWN, before).decode()
    table = text.split("## Service level objectives")[1].split("## Actions")[0].strip().splitlines()
    assert len(table) == 2 + 15
    assert {line.replace("\\|", "").count("|") for line in table} == {11}
    assert r"=cmd\|'/c calc'\!A1 \| \<b\>naïve\</b\> \& Нужно ≥ 5 µs" in text
    assert "■ violated" in table[2]
    assert "zero" in table[2]
    assert "−372.1 %" in table[3]
    assert "−420.0 % without exemptions" in table[3]
    assert "−12.3 pp" in table[3]
    assert "○ no data" in table[5]
    assert "○ no traffic" in table[6]
    assert "new" in table[7]
    assert "not reviewed" in table[4]
    assert "retired/prod" in text
    assert "1 violated, 1 lockdown, 1 halt, 2 no data, 10 healthy" in text
    assert "3 of 15" in text
    assert f"SHA-256 {review.sha256}" in text


def test_an_invariant_that_was_answered_for_stays_violated_and_says_so() -> None:
    acknowledged = status(state="violated", band="healthy", objective=None, remaining=None, band_since=None)
    text = export(record(snapshot=snapshot(acknowledged), decisions=()), Format.MARKDOWN).decode()
    assert "■ violated, acknowledged" in text


def test_times_are_in_the_zone_of_the_meeting_and_overdue_by_its_calendar() -> None:
    text = export(record(), Format.MARKDOWN).decode()
    assert r"2026-11-13 13\:00 to 2026-11-20 13\:00, Europe/Berlin" in text
    assert r"since 2026-11-17 15\:20" in text


def test_the_json_is_verifiable_and_readable() -> None:
    review, before = hard_review()
    text = export(review, Format.JSON, before)
    assert verified_file(text).sha256 == review.sha256
    assert json.loads(text)["record"]["snapshot"]["subjects"][2]["numbers"]["group"] == f"topic={LONG_TOPIC}"
    assert text.count(b"\n") > 100


def test_only_the_record_before_it_is_compared_with() -> None:
    review, before = hard_review()
    with pytest.raises(RecordError, match="not the one that this record names"):
        export(review, Format.CSV, replace(before, actions=(record().actions[0],)))
    assert "pp" not in export(review, Format.MARKDOWN).decode()


def test_another_kind_of_meeting_has_no_form_but_json_yet() -> None:
    other = record(session=session(kind=SessionKind.COE_MEETING), decisions=(entry(1, Decision("approve")),))
    assert verified_file(export(other, Format.JSON)).session.kind is SessionKind.COE_MEETING
    with pytest.raises(RecordError, match="as JSON only"):
        export(other, Format.PDF)


def test_an_empty_review_is_a_file_too() -> None:
    empty = replace(record(), snapshot=replace(snapshot(), subjects={}, definitions=(), evidence=(), result={}),
                    decisions=(), actions=())  # fmt: skip
    assert "No SLO was looked at\\." not in export(empty, Format.MARKDOWN).decode()
    assert "No SLO was looked at." in export(empty, Format.MARKDOWN).decode()
    assert export(empty, Format.PDF).startswith(b"%PDF")
    assert export(empty, Format.CSV).decode("utf-8-sig") == ""


def test_every_format_has_a_media_type_and_a_name() -> None:
    assert set(MEDIA_TYPES) == set(Format)
    review, _ = hard_review()
    assert file_name(review, Format.PDF) == f"slo-review-2026-11-20-{review.sha256[:8]}.pdf"
