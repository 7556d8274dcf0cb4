"""Windows in whole minutes; the clock changes were worked out by hand from the zones' rules."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.slo.slices import edge, minute_index
from scoring.slo.windows import CalendarUnit, CalendarWindow, RollingWindow


def span(window: CalendarWindow, end: datetime) -> tuple[datetime, datetime]:
    found = window.at(minute_index(end))
    assert edge(found.end) == end
    return edge(found.start), edge(found.full_end)


def utc(*fields: int) -> datetime:
    return datetime(*fields, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("window", "end", "expected"),
    [
        # Summer time begins in Berlin on 29 March 2026 at 01:00 UTC and ends on 25 October at 01:00 UTC.
        (
            CalendarWindow(1, CalendarUnit.WEEK, "Europe/Berlin", date(2026, 1, 5)),
            utc(2026, 3, 29, 12),
            (utc(2026, 3, 22, 23), utc(2026, 3, 29, 22)),
        ),
        (
            CalendarWindow(1, CalendarUnit.WEEK, "Europe/Berlin", date(2026, 1, 5)),
            utc(2026, 10, 25, 12),
            (utc(2026, 10, 18, 22), utc(2026, 10, 25, 23)),
        ),
        (
            CalendarWindow(1, CalendarUnit.DAY, "Europe/Berlin", date(2026, 1, 1)),
            utc(2026, 3, 29, 0, 30),
            (utc(2026, 3, 28, 23), utc(2026, 3, 29, 22)),
        ),
        # In New York on 8 March at 07:00 UTC and on 1 November at 06:00 UTC.
        (
            CalendarWindow(1, CalendarUnit.WEEK, "America/New_York", date(2026, 1, 5)),
            utc(2026, 3, 8, 12),
            (utc(2026, 3, 2, 5), utc(2026, 3, 9, 4)),
        ),
        (
            CalendarWindow(1, CalendarUnit.WEEK, "America/New_York", date(2026, 1, 5)),
            utc(2026, 11, 1, 12),
            (utc(2026, 10, 26, 4), utc(2026, 11, 2, 5)),
        ),
        (
            CalendarWindow(1, CalendarUnit.MONTH, "Europe/Berlin", date(2026, 1, 1)),
            utc(2026, 3, 15),
            (utc(2026, 2, 28, 23), utc(2026, 3, 31, 22)),
        ),
        (
            CalendarWindow(1, CalendarUnit.QUARTER, "UTC", date(2026, 1, 1)),
            utc(2026, 5, 15),
            (utc(2026, 4, 1), utc(2026, 7, 1)),
        ),
        (
            CalendarWindow(1, CalendarUnit.YEAR, "UTC", date(2024, 4, 1)),
            utc(2026, 3, 31),
            (utc(2025, 4, 1), utc(2026, 4, 1)),
        ),
        (
            CalendarWindow(2, CalendarUnit.WEEK, "UTC", date(2026, 1, 5)),
            utc(2026, 1, 20),
            (utc(2026, 1, 19), utc(2026, 2, 2)),
        ),
    ],
)
def test_a_calendar_window_reaches_from_local_midnight_to_local_midnight(
    window: CalendarWindow, end: datetime, expected: tuple[datetime, datetime]
) -> None:
    assert span(window, end) == expected


def test_the_minute_that_ends_at_midnight_belongs_to_the_window_that_ends() -> None:
    month = CalendarWindow(1, CalendarUnit.MONTH, "UTC", date(2026, 1, 1))
    assert span(month, utc(2026, 4, 1)) == (utc(2026, 3, 1), utc(2026, 4, 1))
    assert span(month, utc(2026, 4, 1, 0, 1)) == (utc(2026, 4, 1), utc(2026, 5, 1))


def test_a_window_that_begins_on_the_15th_belongs_to_the_month_before_until_then() -> None:
    month = CalendarWindow(1, CalendarUnit.MONTH, "UTC", date(2026, 1, 15))
    assert span(month, utc(2026, 4, 14)) == (utc(2026, 3, 15), utc(2026, 4, 15))


@given(
    st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC"]),
    st.sampled_from([*CalendarUnit]),
    st.integers(1, 3),
    st.integers(minute_index(utc(2024, 1, 1)), minute_index(utc(2030, 1, 1))),
)
def test_windows_follow_each_other_without_gap_or_overlap(zone: str, unit: CalendarUnit, count: int, end: int) -> None:
    window = CalendarWindow(count, unit, zone, date(2025, 3, 1))
    here = window.at(end)
    assert here.start < end <= here.full_end
    assert window.at(here.full_end).start == here.start
    assert window.at(here.full_end + 1).start == here.full_end
    assert here.full <= window.longest // timedelta(minutes=1)


@pytest.mark.parametrize(("length", "text"), [("1440", "1d"), ("43200", "30d"), ("720", "12h"), ("90", "90m")])
def test_a_rolling_window_reads_as_in_its_file(length: str, text: str) -> None:
    assert RollingWindow(timedelta(minutes=int(length))).text == text


def test_what_is_no_window_is_refused() -> None:
    with pytest.raises(ValueError, match="not a whole number of minutes"):
        RollingWindow(timedelta(seconds=3601))
    with pytest.raises(ValueError, match="does not exist in every month"):
        CalendarWindow(1, CalendarUnit.MONTH, "UTC", date(2026, 1, 31))
    with pytest.raises(ValueError, match="is not known"):
        CalendarWindow(1, CalendarUnit.DAY, "Europe/Nowhere", date(2026, 1, 1))
    with pytest.raises(ValueError, match="has no length"):
        CalendarWindow(0, CalendarUnit.DAY, "UTC", date(2026, 1, 1))
