"""Burn rates and the pairs' verdicts; factors, shares and least events are worked out by hand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from scoring.slo.burn import BURN_PAIRS, BURN_WINDOWS, BurnPair, Severity, usable_pairs
from scoring.slo.judging import slo_status
from scoring.slo.slices import SliceDay
from scoring.slo.windows import RollingWindow
from tests.unit.scoring.slo.histories import EVENTS, MAIN, NOW, C, U, gauge_sli, minutes, slo

MONTH = RollingWindow(timedelta(days=30))


def test_the_pairs_spend_2_5_10_and_10_percent_of_a_30_day_budget_before_they_fire() -> None:
    spent = [float(pair.factor) * (BURN_WINDOWS[pair.long] / timedelta(days=30)) for pair in BURN_PAIRS]
    assert spent == pytest.approx([0.02, 0.05, 0.10, 0.10])
    assert [(BURN_WINDOWS[pair.long] / BURN_WINDOWS[pair.short]) for pair in BURN_PAIRS] == [12] * 4


@pytest.mark.parametrize(
    ("objective", "minimum"), [("0.9999", 695), ("0.9995", 139), ("0.99", 7), ("0.999", 70), ("0.95", 2)]
)
def test_below_so_many_events_a_single_bad_one_would_fire_the_fastest_pair(objective: str, minimum: int) -> None:
    assert BURN_PAIRS[0].minimum_events(Decimal(objective)) == minimum


def test_a_pair_that_needs_more_than_everything_to_be_bad_is_dropped_and_said() -> None:
    """14.4 × 7 % is 100.8 %; 6 × 7 % is 42 %."""
    kept, dropped = usable_pairs(Decimal("0.93"), MONTH)
    assert [pair.name for pair in kept] == ["page 6h/30m", "ticket 1d/2h", "ticket 3d/6h"]
    assert dropped == ("alert page 1h/5m can never fire: 14.4 times the budget is 100.8 % of all",)
    assert usable_pairs(Decimal("0.95"), MONTH) == (BURN_PAIRS, ())


def test_a_factor_times_budget_of_exactly_one_can_never_be_exceeded() -> None:
    pair = BurnPair(Severity.PAGE, "1h", "5m", Decimal("10"))
    assert not pair.reachable(Decimal("0.9"))
    assert pair.reachable(Decimal("0.9000001"))


def test_a_pair_that_looks_back_as_far_as_the_window_is_dropped() -> None:
    kept, dropped = usable_pairs(Decimal("0.99"), RollingWindow(timedelta(days=1)))
    assert [pair.name for pair in kept] == ["page 1h/5m", "page 6h/30m"]
    assert len(dropped) == 2


def burning(bad: list[float], good: float = 100.0) -> list[SliceDay]:
    """Ten days; `bad` in the last minutes."""
    length = 10 * 1440
    errors = [0.0] * (length - len(bad)) + bad
    return minutes(EVENTS, [C] * length, {"NONE": [good] * length, "TIMEOUT": errors})


def test_a_pair_fires_while_both_of_its_windows_burn_above_its_factor() -> None:
    """Objective 99 %. An hour of 20 in 120: 16.7 % bad, 16.7 times as fast as sustainable, in 1 h and in 5 min."""
    status = slo_status(slo(window=timedelta(days=30)), burning([20.0] * 60), NOW, MAIN)
    assert status.burn["1h"] == pytest.approx(100 / 6)
    assert status.burn["5m"] == pytest.approx(100 / 6)
    assert [verdict.pair.name for verdict in status.alerts if verdict.firing] == ["page 1h/5m"]


def test_a_pair_is_quiet_again_when_its_short_window_is() -> None:
    status = slo_status(slo(window=timedelta(days=30)), burning([25.0] * 60 + [0.0] * 5), NOW, MAIN)
    assert status.burn["1h"] is not None
    assert status.burn["1h"] > 14.4
    assert status.burn["5m"] == 0
    assert not any(verdict.firing for verdict in status.alerts)


def test_too_few_events_hold_a_pair_back_and_that_is_shown() -> None:
    """One bad of two events in the last hour burns 50 times too fast; 7 events are the least for 99 %."""
    length = 10 * 1440
    rare = [1.0 if minute == length - 30 else 0.0 for minute in range(length)]
    bad = [1.0 if minute == length - 3 else 0.0 for minute in range(length)]
    status = slo_status(
        slo(window=timedelta(days=30)), minutes(EVENTS, [C] * length, {"NONE": rare, "TIMEOUT": bad}), NOW, MAIN
    )
    (fastest, *_) = status.alerts
    assert (fastest.long, fastest.short, fastest.events, fastest.minimum) == (50, 100, 2, 7)
    assert not fastest.firing
    assert fastest.held_back


def test_an_unobserved_window_has_no_burn_rate_and_fires_nothing() -> None:
    length = 10 * 1440
    days = minutes(EVENTS, [C] * (length - 60) + [U] * 60, {"NONE": [10.0] * (length - 60) + [0.0] * 60})
    status = slo_status(slo(window=timedelta(days=30)), days, NOW, MAIN)
    assert (status.burn["1h"], status.burn["6h"]) == (None, 0)
    assert not any(verdict.firing for verdict in status.alerts)


def test_time_slices_burn_by_bad_minutes() -> None:
    """30 of the last 60 minutes bad at an objective of 95 %: 10 times."""
    lag = gauge_sli()
    days = minutes(lag, [C] * 7200, {"1": [0.0] * 7170 + [1000.0] * 30})
    status = slo_status(slo(lag, "0.95", timedelta(days=30)), days, NOW, MAIN)
    assert status.burn["1h"] == pytest.approx(10)
    assert status.burn["30m"] == pytest.approx(20)


def test_as_many_events_as_the_minimum_are_enough() -> None:
    """99 % and a factor of 14.4: 7 events in the hour, 2 of them bad in the last 5 minutes."""
    length = 10 * 1440
    good = [1.0 if minute in range(length - 50, length - 45) else 0.0 for minute in range(length)]
    bad = [2.0 if minute == length - 2 else 0.0 for minute in range(length)]
    days = minutes(EVENTS, [C] * length, {"NONE": good, "TIMEOUT": bad})
    (fastest, *_) = slo_status(slo(window=timedelta(days=30)), days, NOW, MAIN).alerts
    assert (fastest.events, fastest.minimum, fastest.firing) == (7, 7, True)
