"""What stands above the review's table."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

from dashboard.reviewing_header import coverage_words, debt_words, review_header
from dashboard.theme import Tone
from scoring.meetings.decisions import Decision
from scoring.meetings.reviewing import ReviewDebt, progress
from scoring.meetings.subjects import Subject
from tests.unit.scoring.meetings.meetings import NOON, entry, snapshot, status

TOKYO = ZoneInfo("Asia/Tokyo")


def test_bands_are_counted_the_worst_first() -> None:
    shown = snapshot(
        status("a", band="healthy"), status("b", band="halt"), status("c", band="healthy"), status("d", band="no_data"),
        status("e", state="violated"),
    )  # fmt: skip
    assert review_header(shown, NOON, TOKYO, NOON).bands == (
        (Tone.LOCKDOWN, "violated", 1),
        (Tone.HALT, "halt", 1),
        (Tone.NO_DATA, "no data", 1),
        (Tone.HEALTHY, "healthy", 2),
    )


def test_period_zone_age_and_snapshot_are_said() -> None:
    shown = snapshot()
    stands = progress(shown.subjects, {Subject("produce-success/prod"): entry(1, Decision("keep"))})
    facts = dict(
        review_header(
            shown, NOON - timedelta(days=7), TOKYO, NOON + timedelta(minutes=3), progress=stands,
            debt=ReviewDebt((), ()),
        ).facts
    )  # fmt: skip
    assert facts["Period"] == "13 Nov 2026 – 20 Nov 2026"
    assert facts["Times in"] == "Asia/Tokyo"
    assert facts["Numbers of"] == "20 Nov 2026 21:00, 3\u202fmin old"
    assert facts["Reviewed"] == "1 of 2"
    assert facts["Review debt"] == "none"
    assert facts["Snapshot"] == shown.id


def test_frozen_numbers_have_no_age() -> None:
    facts = dict(review_header(snapshot(), NOON, TOKYO, NOON + timedelta(days=90), frozen=True).facts)
    assert facts["Numbers of"] == "20 Nov 2026 21:00"


def test_coverage_names_the_lowest_and_those_without_data() -> None:
    shown = snapshot(status("a", coverage=0.9876), status("b"), status("c", state="no_data", coverage=0))
    assert coverage_words(shown.subjects) == "98.7 % or more of 2 windows; 1 without data"
    assert coverage_words({}) == "nothing"


def test_review_debt_is_counted_by_its_reason() -> None:
    one, two, three = Subject("a"), Subject("b"), Subject("c")
    assert debt_words(ReviewDebt((one,), (two, three))) == "1 never reviewed, 2 overdue"
    assert debt_words(ReviewDebt((), (two,))) == "1 overdue"
