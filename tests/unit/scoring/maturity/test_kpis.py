"""Figures as series: where each is from, what is unknown, and what a person may write."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from scoring.maturity.kpis import KpiEntry, KpiError, KpiSource, Measured, figure, series
from scoring.maturity.rubric import Better, Kpi, KpiId

UPTIME = Kpi(KpiId("uptime"), "Uptime", "", (3, 4), "%", Better.HIGHER)
DAYS = Kpi(KpiId("days"), "Days", "", (1, 2), "days", Better.LOWER)
AUDITS = Kpi(KpiId("audits"), "Audits", "", (5,), "%", Better.HIGHER)


def entry(key: int, day: int, value: str, minute: int = 0) -> KpiEntry:
    at = datetime(2026, 11, 20, 12, minute, tzinfo=UTC)
    return KpiEntry(key, DAYS.id, date(2026, 11, day), Decimal(value), "", "eva", at)


def test_each_figure_says_whether_it_is_measured_entered_or_not_there() -> None:
    measured = {UPTIME.id: Measured(((date(2026, 11, 1), Decimal("99.9")),), "up", "Minutes with a broker.")}
    found = series((UPTIME, DAYS, AUDITS), measured, [entry(1, 3, "12")])
    assert [one.source for one in found] == [KpiSource.MEASURED, KpiSource.BY_HAND, KpiSource.NOT_YET]
    assert [one.latest for one in found] == [(date(2026, 11, 1), Decimal("99.9")), (date(2026, 11, 3), 12), None]
    assert found[0].query == "up"


def test_entries_stand_in_the_order_of_their_days_and_the_last_word_on_a_day_counts() -> None:
    (found,) = series((DAYS,), {}, [entry(2, 9, "8", 5), entry(1, 9, "9"), entry(3, 2, "14")])
    assert found.points == ((date(2026, 11, 2), Decimal(14)), (date(2026, 11, 9), Decimal(8)))
    assert (found.gain, found.improved) == (Decimal(-6), True)
    assert len(found.entries) == 3


def test_fewer_than_two_points_and_no_change_improve_nothing() -> None:
    (one,) = series((DAYS,), {}, [entry(1, 9, "9")])
    assert (one.gain, one.improved) == (None, None)
    (same,) = series((DAYS,), {}, [entry(1, 8, "9"), entry(2, 9, "9.0")])
    assert (same.gain, same.improved) == (Decimal(0), None)


def test_what_was_measured_but_found_nothing_stays_not_there_and_says_what_was_asked() -> None:
    (found,) = series((UPTIME,), {UPTIME.id: Measured((), "up", "Nothing was observed.")}, [])
    assert (found.source, found.query, found.sentence) == (KpiSource.NOT_YET, "up", "Nothing was observed.")


@pytest.mark.parametrize(("text", "value"), [("99.95", "99.95"), (" 12 ", "12"), ("99,5 %", "99.5"), ("-3", "-3")])
def test_a_figure_is_read_as_it_is_written(text: str, value: str) -> None:
    assert str(figure(text)) == value


@pytest.mark.parametrize("text", ["", "many", "NaN", "Infinity", "1e400", "1 000 000", "1" * 30])
def test_what_is_no_figure_is_refused(text: str) -> None:
    with pytest.raises(KpiError, match=r"is no number|more digits"):
        figure(text)
