"""Whose account a minute goes to, for each kind of SLI; expected numbers are counted by hand beside the minutes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import numpy as np
import pytest

from scoring.slo.accounts import NOT_GOOD, holds
from scoring.slo.budget import Band
from scoring.slo.definition import CounterQuery, Dialect, EventClass, GaugeQuery, Missing, Selector
from scoring.slo.judging import judge, slo_status
from scoring.slo.standing import SloState
from scoring.slo.windows import CalendarUnit, CalendarWindow
from tests.unit.scoring.slo.histories import (
    CANARY,
    EVENTS,
    LATENCY,
    MAIN,
    NOW,
    B,
    C,
    D,
    P,
    U,
    gauge_sli,
    minutes,
    slo,
)

LAG = gauge_sli()
BROKERS = gauge_sli(per_component=True, condition="gte 1")


def test_what_was_slower_than_the_bound_is_what_the_bucket_lacks_of_all() -> None:
    buckets = {"0.1": [40.0] * 60, "0.5": [97.0] * 60, "1.0": [99.0] * 60, "+Inf": [100.0] * 60}
    judgement = judge(slo(LATENCY), minutes(LATENCY, [C] * 60, buckets), NOW, MAIN)
    assert (judgement.status.bad, judgement.status.total) == (180, 6000)
    assert judgement.ledger.account.blame[NOT_GOOD].sum() == 180
    assert judgement.status.notes == ()


def test_more_good_than_all_is_no_credit_and_is_said() -> None:
    buckets = {"0.5": [101.0] * 2 + [100.0] * 58, "+Inf": [100.0] * 60}
    status = slo_status(slo(LATENCY), minutes(LATENCY, [C] * 60, buckets), NOW, MAIN)
    assert (status.bad, status.remaining, status.sli) == (0, 1, 1)
    assert status.notes[0].startswith("The metrics contradict each other: in 2 minutes more was counted good")


def test_good_in_another_minute_of_the_window_makes_up_for_a_late_one() -> None:
    """A good event that shows a minute later than its total is no bad event of the window."""
    buckets = {"0.5": [99.0, 101.0] + [100.0] * 58, "+Inf": [100.0] * 60}
    assert slo_status(slo(LATENCY), minutes(LATENCY, [C] * 60, buckets), NOW, MAIN).bad == 0


def test_a_good_counter_that_was_never_born_leaves_everything_bad() -> None:
    status = slo_status(slo(LATENCY), minutes(LATENCY, [C] * 60, {"+Inf": [10.0] * 60}), NOW, MAIN)
    assert (status.bad, status.band) == (600, Band.LOCKDOWN)


def test_a_dialect_that_counts_failures_is_not_judged_by_what_another_counts_as_good() -> None:
    failing = Dialect(
        "failed",
        (CounterQuery(Selector("failed"), component="failed"), CounterQuery(Selector("all"), component="all")),
        Selector("all"),
    )
    good = Dialect(
        "good",
        (CounterQuery(Selector("ok"), component="ok"), CounterQuery(Selector("tries"), component="tries")),
        Selector("tries"),
    )
    sli = replace(
        EVENTS,
        dialects=(good, failing),
        classes={
            "ok": EventClass.GOOD,
            "tries": EventClass.SUCCESS,
            "failed": EventClass.FAILED,
            "all": EventClass.SUCCESS,
        },
    )
    counted = {
        "failed": [2.0] * 30 + [0.0] * 30,
        "all": [50.0] * 30 + [0.0] * 30,
        "ok": [0.0] * 30 + [49.0] * 30,
        "tries": [0.0] * 30 + [50.0] * 30,
    }
    status = slo_status(slo(sli), minutes(sli, [C] * 60, counted), NOW, MAIN)
    assert (status.bad, status.total) == (2 * 30 + 1 * 30, 3000)


@pytest.mark.parametrize(("part", "its_class"), [("good", EventClass.GOOD), ("bad", EventClass.FAILED)])
def test_traffic_that_a_ratio_weighs_is_bad_as_far_as_the_ratio_says(part: str, its_class: EventClass) -> None:
    """1000 a minute, a quarter of a percent bad: 2.5 a minute, of which 150 in an hour."""
    dialect = Dialect(
        "promql",
        (CounterQuery(Selector("traffic"), component="traffic"),),
        Selector("traffic"),
        gauges=(GaugeQuery(Selector("ratio"), component=part),),
    )
    sli = replace(EVENTS, dialects=(dialect,), classes={"traffic": EventClass.SUCCESS, part: its_class})
    weighed = 997.5 if part == "good" else 2.5
    status = slo_status(slo(sli), minutes(sli, [C] * 60, {"traffic": [1000.0] * 60, part: [weighed] * 60}), NOW, MAIN)
    assert (status.bad, status.total) == (150, 60_000)
    assert status.remaining == 0.75


def test_a_bridged_share_is_judged_and_not_covered() -> None:
    sli = gauge_sli(condition="gte 0.99")
    days = minutes(sli, [C] * 40 + [B] * 20, {"good share": [1.0] * 59 + [0.5]})
    status = slo_status(slo(sli), days, NOW, MAIN)
    assert (status.bad, status.total, status.tally.coverage) == (1, 60, Fraction(40, 60))


def test_one_bad_component_makes_the_minute_bad_and_the_window_is_the_denominator() -> None:
    """Broker 1 is at 1000 in minutes 0–4, broker 2 in minutes 3–6: 7 of 60 minutes; 20 more were not observed."""
    lag = {"1": [1000.0] * 5 + [999.0] * 35 + [0.0] * 20, "2": [0.0] * 3 + [5000.0] * 4 + [0.0] * 53}
    days = minutes(LAG, [C] * 40 + [U] * 20, lag)
    status = slo_status(slo(LAG, "0.95"), days, NOW, MAIN)
    assert (status.bad, status.total) == (7, 60)
    assert status.tally.coverage == Fraction(40, 60)
    assert status.by_component == {"1": 5, "2": 4}
    assert status.band is Band.LOCKDOWN
    assert status.remaining == pytest.approx(1 - 7 / 3)


def test_a_component_that_does_not_answer_is_bad_while_the_others_are_good() -> None:
    lag = {"1": [1.0] * 60, "2": [1.0] * 50 + [0.0] * 10}
    days = minutes(LAG, [C] * 60, lag, {"2": [C] * 50 + [D] * 10})
    status = slo_status(slo(LAG, "0.95"), days, NOW, MAIN)
    assert (status.bad, status.total, status.coverage) == (10, 60, 1)


def test_the_mean_over_components_counts_a_slice_for_each_and_minute() -> None:
    """Three brokers, one down for 6 of 60 minutes: 6 of 180 slices."""
    up = {"1": [1.0] * 60, "2": [1.0] * 60, "3": [1.0] * 54 + [0.0] * 6}
    days = minutes(BROKERS, [C] * 60, up, {"3": [C] * 54 + [D] * 6})
    status = slo_status(slo(BROKERS, "0.9"), days, NOW, MAIN)
    assert (status.bad, status.total) == (6, 180)
    assert status.sli == pytest.approx(1 - 6 / 180)


def test_a_component_has_no_slices_before_it_was_known_and_after_it_was_retired() -> None:
    up = {"1": [1.0] * 60, "2": [0.0] * 60}
    own = {"2": [P] * 20 + [D] * 10 + [P] * 30}
    status = slo_status(slo(BROKERS, "0.9"), minutes(BROKERS, [C] * 60, up, own), NOW, MAIN)
    assert (status.bad, status.total) == (10, 70)


def test_an_unobserved_minute_has_the_slices_of_the_nearest_observed_one() -> None:
    """Ten minutes of two brokers, then 20 unobserved, then 30 of three: 2·10 + 2·20 + 3·30."""
    states = [C] * 10 + [U] * 20 + [C] * 30
    up = {name: [1.0] * 10 + [0.0] * 20 + [1.0] * 30 for name in ("1", "2")} | {"3": [0.0] * 30 + [1.0] * 30}
    status = slo_status(slo(BROKERS, "0.9"), minutes(BROKERS, states, up, {"3": [P] * 30 + [C] * 30}), NOW, MAIN)
    assert (status.bad, status.total) == (0, 150)
    assert status.tally.coverage == Fraction(110, 150)


def test_when_nothing_answers_every_known_component_is_down() -> None:
    states = [C] * 50 + [D] * 10
    up = {name: [1.0] * 50 + [0.0] * 10 for name in ("1", "2", "3")}
    status = slo_status(slo(BROKERS, "0.9"), minutes(BROKERS, states, up), NOW, MAIN)
    assert (status.bad, status.total, status.coverage) == (30, 180, 1)


def test_a_minute_without_data_is_bad_where_the_definition_says_so_and_judged_then() -> None:
    sli = gauge_sli(missing=Missing.BAD)
    days = minutes(sli, [U] * 5 + [C] * 15 + [U] * 40, {"1": [0.0] * 60})
    status = slo_status(slo(sli, "0.5"), days, NOW, MAIN)
    assert (status.bad, status.total) == (40, 60)
    assert status.tally.coverage == Fraction(55, 60)
    assert status.band is Band.LOCKDOWN
    ignoring = slo_status(slo(LAG, "0.5"), minutes(LAG, [U] * 5 + [C] * 15 + [U] * 40, {"1": [0.0] * 60}), NOW, MAIN)
    assert (ignoring.bad, ignoring.state) == (0, SloState.INSUFFICIENT)


def test_time_slices_that_nobody_ever_observed_are_no_data_even_where_missing_is_bad() -> None:
    sli = gauge_sli(missing=Missing.BAD)
    status = slo_status(slo(sli), minutes(sli, [U] * 60, {}), NOW, MAIN)
    assert (status.state, status.band) == (SloState.NO_DATA, Band.NO_DATA)


def test_time_slices_of_a_month_that_has_just_begun_are_measured_against_all_of_it() -> None:
    """June 2026 in UTC has 43 200 minutes; 10 bad ones in its first hour are 10 of them."""
    window = CalendarWindow(1, CalendarUnit.MONTH, "UTC", date(2026, 1, 1))
    end = datetime(2026, 6, 1, 1, 0, tzinfo=UTC)
    days = minutes(LAG, [C] * 60, {"1": [2000.0] * 10 + [0.0] * 50}, end=end)
    status = slo_status(slo(LAG, "0.99", window), days, end + timedelta(minutes=1), MAIN)
    assert (status.bad, status.total, status.coverage) == (10, 43_200, 1)
    assert status.projected == status.remaining == pytest.approx(1 - 10 / 432)
    assert status.band is Band.HEALTHY


@pytest.mark.parametrize(
    ("condition", "good"),
    [
        ("lt 0.1", [True, False, False]),
        ("lte 0.1", [True, True, False]),
        ("gt 0.1", [False, False, True]),
        ("gte 0.1", [False, True, True]),
        ("eq 0.1", [False, True, False]),
        ("ne 0.1", [True, False, True]),
    ],
)
def test_a_value_with_the_same_digits_as_the_bound_is_equal_to_it(condition: str, good: list[bool]) -> None:
    values = np.array([0.09999999999999999, 0.1, 0.10000000000000002])
    assert holds(gauge_sli(condition=condition).condition, values).tolist() == good


def test_an_invariant_without_enough_checked_is_no_data_and_with_enough_is_ok() -> None:
    few = minutes(CANARY, [C] * 60, {"acknowledged": [0.0] * 59 + [99.0]})
    enough = minutes(CANARY, [C] * 60, {"acknowledged": [0.0] * 59 + [100.0]})
    assert slo_status(slo(CANARY), few, NOW, MAIN).state is SloState.NO_DATA
    status = slo_status(slo(CANARY), enough, NOW, MAIN)
    assert (status.state, status.band, status.bad, status.total) == (SloState.OK, Band.HEALTHY, 0, 100)


def test_a_violation_is_one_however_little_was_checked() -> None:
    status = slo_status(slo(CANARY), minutes(CANARY, [U] * 59 + [C], {"lost": [0.0] * 59 + [1.0]}), NOW, MAIN)
    assert (status.state, status.band) == (SloState.VIOLATED, Band.LOCKDOWN)


def test_what_the_canary_could_not_check_while_down_is_neither_seen_nor_lost() -> None:
    counted = {"acknowledged": [10.0] * 20 + [0.0] * 40}
    status = slo_status(slo(CANARY), minutes(CANARY, [C] * 20 + [D] * 40, counted), NOW, MAIN)
    assert (status.bad, status.state) == (0, SloState.INSUFFICIENT)
    assert status.tally.coverage == Fraction(20, 60)


def test_violations_counted_across_a_gap_are_violations() -> None:
    days = minutes(CANARY, [C] * 50 + [B] * 10, {"acknowledged": [10.0] * 60, "corrupt": [0.0] * 59 + [2.0]})
    status = slo_status(slo(CANARY), days, NOW, MAIN)
    assert status.violations is not None
    assert (status.bad, dict(status.violations.where)) == (2, {"corrupt": 2})
