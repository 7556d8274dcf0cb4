"""Exhaustion and recovery; every date is found by plain loops over what enters and leaves the window."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from scoring.slo.budget import Band
from scoring.slo.forecast import exhaustion
from scoring.slo.judging import judge, slo_status
from scoring.slo.windows import CalendarUnit, CalendarWindow
from tests.unit.scoring.slo.histories import CANARY, END, EVENTS, MAIN, NOW, C, D, U, gauge_sli, minutes, slo

HOUR = timedelta(hours=1)


def recovery(bad: list[int], total: int, keep: Fraction) -> int:
    """Minutes until the sum of what is left of `bad` is at most 1 − keep of the budget of 10 % of `total`."""
    limit = (1 - keep) * total / 10
    for gone in range(len(bad) + 1):
        if sum(bad[gone:]) <= limit:
            return gone
    raise AssertionError


@given(st.lists(st.integers(0, 30), min_size=60, max_size=60))
def test_a_rolling_window_recovers_in_the_minute_in_which_enough_has_left_it(bad: list[int]) -> None:
    days = minutes(EVENTS, [C] * 60, {"NONE": [100.0 - one for one in bad], "TIMEOUT": [float(one) for one in bad]})
    status = slo_status(slo(objective="0.9"), days, NOW, MAIN)
    shares = {Band.HALT: Fraction(1, 5), Band.INCIDENT: Fraction(1, 10), Band.LOCKDOWN: Fraction(1, 20)}
    if status.band is Band.HEALTHY:
        assert status.lifts == {}
        return
    assert status.band in status.lifts
    for band, moment in status.lifts.items():
        assert moment == END + timedelta(minutes=recovery(bad, 6000, shares[band]))


def test_an_slo_that_recovers_stays_in_its_band_one_minute_before() -> None:
    """10 % of 6000 is 600; 20 of 30 minutes of 28 bad leave 560 > 480 (halt); it lifts when 480 are left."""
    bad = [0.0] * 10 + [28.0] * 20 + [0.0] * 30
    days = minutes(EVENTS, [C] * 60, {"NONE": [100.0 - one for one in bad], "TIMEOUT": bad})
    status = slo_status(slo(objective="0.9"), days, NOW, MAIN)
    assert status.band is Band.INCIDENT
    # 560 − 28·k ≤ 540 for incident: k = 1; ≤ 480 for halt: k = 3; the first ten minutes take nothing away.
    assert status.lifts == {Band.INCIDENT: END + timedelta(minutes=11), Band.HALT: END + timedelta(minutes=13)}


def test_estimated_minutes_leave_the_window_too() -> None:
    days = minutes(EVENTS, [C] * 40 + [D] * 20, {"NONE": [100.0] * 40 + [0.0] * 20})
    status = slo_status(slo(objective="0.9"), days, NOW, MAIN)
    # 2000 bad of 6000, budget 600; at most 480 may be left: 4.8 of the 20 minutes.
    assert status.lifts[Band.HALT] == END + timedelta(minutes=40 + 16)


def test_a_calendar_budget_is_back_when_its_window_ends() -> None:
    window = CalendarWindow(1, CalendarUnit.DAY, "UTC", date(2026, 1, 1))
    days = minutes(EVENTS, [C] * 720, {"NONE": [0.0] * 720, "TIMEOUT": [100.0] * 720})
    status = slo_status(slo(window=window), days, NOW, MAIN)
    assert status.band is Band.LOCKDOWN
    assert set(status.lifts.values()) == {datetime(2026, 3, 11, tzinfo=UTC)}


def test_a_violated_invariant_lifts_when_somebody_answers_and_nobody_knows_when() -> None:
    days = minutes(CANARY, [C] * 60, {"acknowledged": [10.0] * 60, "lost": [1.0] * 60})
    status = slo_status(slo(CANARY), days, NOW, MAIN)
    assert status.lifts == {Band.LOCKDOWN: None, Band.INCIDENT: None, Band.HALT: None}


def test_a_calendar_budget_is_gone_at_the_pace_of_the_last_day() -> None:
    """June, 10 days in: 1 bad a minute on the last day (1440), none before; 100 events a minute, objective 99.9 %.

    Budget 4320 of the projected 4 320 000; 2880 are left, at 1 a minute 2880 minutes; at a third 8640; at a seventh
    20 160 of the 28 800 that are left.
    """
    end = datetime(2026, 6, 11, tzinfo=UTC)
    window = CalendarWindow(1, CalendarUnit.MONTH, "UTC", date(2026, 1, 1))
    length = 10 * 1440
    bad = [0.0] * (length - 1440) + [1.0] * 1440
    days = minutes(EVENTS, [C] * length, {"NONE": [100.0 - one for one in bad], "TIMEOUT": bad}, end=end)
    judgement = judge(slo(objective="0.999", window=window), days, end + timedelta(minutes=1), MAIN)
    found = exhaustion(judgement.definition, judgement.ledger, judgement.standing)
    assert found is not None
    assert found.by_pace == {
        "1d": end + timedelta(minutes=2880),
        "3d": end + timedelta(minutes=8640),
        "7d": end + timedelta(minutes=20_160),
    }
    assert (found.earliest, found.latest) == (end + timedelta(minutes=2880), end + timedelta(minutes=20_160))


def test_a_pace_that_the_calendar_window_outlasts_is_never() -> None:
    end = datetime(2026, 6, 29, tzinfo=UTC)
    window = CalendarWindow(1, CalendarUnit.MONTH, "UTC", date(2026, 1, 1))
    length = 28 * 1440
    bad = [0.0] * (length - 1440) + [0.5] * 1440
    days = minutes(EVENTS, [C] * length, {"NONE": [100.0] * length, "TIMEOUT": bad}, end=end)
    judgement = judge(slo(objective="0.999", window=window), days, end + timedelta(minutes=1), MAIN)
    found = exhaustion(judgement.definition, judgement.ledger, judgement.standing)
    assert found is not None
    assert (found.earliest, found.latest) == (None, None)


def test_a_rolling_budget_loses_what_enters_and_regains_what_leaves() -> None:
    """10 days rolling, a loop minute by minute against the engine: 2 bad of 100 on the last day, 5 long ago."""
    length = 10 * 1440
    bad = [5.0] * 700 + [0.0] * (length - 700 - 1440) + [2.0] * 1440
    days = minutes(EVENTS, [C] * length, {"NONE": [100.0 - one for one in bad], "TIMEOUT": bad})
    judgement = judge(slo(objective="0.99", window=timedelta(days=10)), days, NOW, MAIN)
    found = exhaustion(judgement.definition, judgement.ledger, judgement.standing)
    assert found is not None
    for name, length_of_pace in (("1d", 1440), ("3d", 3 * 1440), ("7d", 7 * 1440)):
        pace = Fraction(2880, length_of_pace)
        left = sum(Fraction(one) for one in bad)
        expected = None
        for ahead in range(1, length + 1):
            left += pace - Fraction(bad[ahead - 1])
            if left >= Fraction(length * 100, 100):
                expected = END + timedelta(minutes=ahead)
                break
        assert found.by_pace[name] == expected, name


def test_what_is_gone_has_no_date() -> None:
    days = minutes(EVENTS, [C] * 60, {"TIMEOUT": [1.0] * 60})
    judgement = judge(slo(), days, NOW, MAIN)
    found = exhaustion(judgement.definition, judgement.ledger, judgement.standing)
    assert found is not None
    assert (found.spent, found.earliest) == (True, None)


def test_nothing_burning_is_never_and_nothing_observed_is_unknown() -> None:
    lag = gauge_sli()
    clean = judge(slo(lag), minutes(lag, [C] * 60, {"1": [0.0] * 60}), NOW, MAIN)
    found = exhaustion(clean.definition, clean.ledger, clean.standing)
    assert found is not None
    assert (found.earliest, found.latest, found.spent) == (None, None, False)
    quiet = minutes(EVENTS, [C] * 8 * 1440 + [U] * 1440, {"NONE": [1.0] * 8 * 1440 + [0.0] * 1440})
    unseen = judge(slo(window=timedelta(days=9)), quiet, NOW, MAIN)
    found = exhaustion(unseen.definition, unseen.ledger, unseen.standing)
    assert found is not None
    assert found.unknown == ("1d",)


def test_an_invariant_has_no_budget_to_exhaust() -> None:
    judgement = judge(slo(CANARY), minutes(CANARY, [C] * 60, {"acknowledged": [10.0] * 60}), NOW, MAIN)
    assert exhaustion(judgement.definition, judgement.ledger, judgement.standing) is None
