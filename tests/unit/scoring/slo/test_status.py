"""Status and burn-down of whole windows; every expected number is computed in the test from fractions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import jsonschema
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import data.definitions
from scoring.catalog.estate import ClusterName
from scoring.slo.budget import Band
from scoring.slo.definition import CounterQuery, Dialect, EventClass, EventsSli, Selector, SloDefinition, SloId
from scoring.slo.judging import judge, slo_status, slo_statuses
from scoring.slo.series import burn_down
from scoring.slo.slices import GROUP, MinuteState, SliceDay, SliceKey, cut_into_days, minute_index
from scoring.slo.standing import SloState
from scoring.slo.windows import CalendarUnit, CalendarWindow, RollingWindow
from tests.unit.scoring.slo import histories
from tests.unit.scoring.slo.histories import CANARY, EVENTS, gauge_sli, minutes

MAIN = ClusterName("main")
NOW = datetime(2026, 3, 10, 12, 1, tzinfo=UTC)
END = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
C, D, U, B = MinuteState.COVERED, MinuteState.DOWN, MinuteState.UNKNOWN, MinuteState.BRIDGED

BY_CODE = Dialect(
    "by-code", (CounterQuery(Selector("errors_total"), component_label="error"),), Selector("errors_total")
)
FALLBACK = Dialect(
    "failed-of-total",
    (CounterQuery(Selector("failed"), component="failed"), CounterQuery(Selector("all"), component="all")),
    Selector("all"),
    misses="Misses permission errors.",
    advice="Add the rule.",
)
SLI = EventsSli(
    name="produce",
    dialects=(BY_CODE, FALLBACK),
    classes={
        "NONE": EventClass.SUCCESS,
        "TOPIC_AUTHORIZATION_FAILED": EventClass.CLIENT,
        "failed": EventClass.FAILED,
        "all": EventClass.SUCCESS,
    },
)


def slo(window: timedelta = timedelta(hours=1), objective: str = "0.99", min_coverage: str = "0.5") -> SloDefinition:
    return SloDefinition(
        id=SloId("produce-success"),
        title="Produce success",
        description="",
        labels={"service": "kafka"},
        objective=Decimal(objective),
        window=RollingWindow(window),
        sli=SLI,
        min_coverage=Decimal(min_coverage),
    )


def history(
    states: list[MinuteState], components: Mapping[str, list[float]], cluster: ClusterName = MAIN
) -> list[SliceDay]:
    """Days whose last known minute is the one that ends at END."""
    start = minute_index(END) - len(states)
    laid = np.array(states, dtype=np.uint8)
    days = cut_into_days(SliceKey(SLI.hash, cluster, "", GROUP), start, np.zeros(len(states)), laid)
    for component, values in components.items():
        days += cut_into_days(SliceKey(SLI.hash, cluster, "", component), start, np.array(values, dtype=float), laid)
    return days


def test_bad_total_sli_and_remaining_are_the_sums_of_the_window() -> None:
    days = history([C] * 60, {"NONE": [100.0] * 60, "NOT_ENOUGH_REPLICAS": [0.0] * 59 + [15.0]})
    status = slo_status(slo(), days, NOW, MAIN)
    assert (status.bad, status.total) == (15, 6015)
    assert status.sli == pytest.approx(6000 / 6015, rel=1e-15)
    assert status.remaining == pytest.approx(float(1 - Fraction(15) / (Fraction(1, 100) * 6015)), rel=1e-15)
    assert (status.state, status.band) == (SloState.OK, Band.HEALTHY)
    assert status.as_of == END
    assert status.coverage == 1


def test_minutes_before_the_window_do_not_count() -> None:
    days = history([C] * 61, {"NONE": [100.0] * 61, "NOT_ENOUGH_REPLICAS": [50.0] + [0.0] * 60})
    assert slo_status(slo(), days, NOW, MAIN).bad == 0


def test_client_faults_leave_bad_and_total_and_are_counted_apart() -> None:
    days = history([C] * 60, {"NONE": [10.0] * 60, "TOPIC_AUTHORIZATION_FAILED": [2.0] * 60})
    status = slo_status(slo(), days, NOW, MAIN)
    assert (status.bad, status.total, status.client_faults) == (0, 600, 120)
    assert status.by_component == {"NONE": 600, "TOPIC_AUTHORIZATION_FAILED": 120}


def test_an_unknown_code_is_the_platforms_fault() -> None:
    days = history([C] * 60, {"NONE": [10.0] * 60, "A_CODE_OF_TOMORROW": [1.0] * 60})
    assert slo_status(slo(), days, NOW, MAIN).bad == 60


def test_failed_of_total_is_not_counted_twice_and_says_what_it_misses() -> None:
    days = history([C] * 60, {"all": [10.0] * 60, "failed": [1.0] * 60})
    status = slo_status(slo(), days, NOW, MAIN)
    assert (status.bad, status.total) == (60, 600)
    assert status.notes == ("Misses permission errors. Add the rule.",)


def test_errors_by_code_have_nothing_to_confess() -> None:
    assert slo_status(slo(), history([C] * 60, {"NONE": [1.0] * 60}), NOW, MAIN).notes == ()


def test_down_minutes_are_bad_with_the_mean_of_the_last_covered_hour() -> None:
    """90 covered minutes: 30 of 1000 events, then 60 that alternate between 10 and 31; then 3 down minutes."""
    answers = [1000.0] * 30 + [10.0, 31.0] * 30 + [0.0] * 3
    days = history([C] * 90 + [D] * 3, {"NONE": answers})
    status = slo_status(slo(window=timedelta(minutes=93), min_coverage="0.1"), days, NOW, MAIN)
    mean = Fraction(30 * 10 + 30 * 31, 60)
    assert status.tally.bad == 3 * mean
    assert status.tally.total == 30_000 + 1230 + 3 * mean
    assert status.estimated == float(3 * mean)
    assert status.down_minutes == 3
    assert status.down_since == END - timedelta(minutes=3)
    assert status.band is Band.HEALTHY
    assert slo_status(slo(objective="0.999", window=timedelta(minutes=93)), days, NOW, MAIN).band is Band.LOCKDOWN


def test_the_covered_hour_before_a_down_run_may_lie_before_the_window() -> None:
    days = history([C] * 60 + [D] * 60, {"NONE": [7.0] * 60 + [0.0] * 60})
    status = slo_status(slo(), days, NOW, MAIN)
    assert (status.bad, status.total, status.remaining) == (420, 420, -99)


def test_a_second_down_run_takes_the_covered_minutes_of_both_sides_of_the_first() -> None:
    answers = [30.0] * 40 + [0.0] * 10 + [60.0] * 20 + [0.0] * 5
    days = history([C] * 40 + [D] * 10 + [C] * 20 + [D] * 5, {"NONE": answers})
    status = slo_status(slo(window=timedelta(minutes=75)), days, NOW, MAIN)
    second = Fraction(40 * 30 + 20 * 60, 60)
    assert status.tally.bad == 10 * 30 + 5 * second


def test_down_before_anything_was_counted_is_no_traffic_and_never_healthy() -> None:
    status = slo_status(slo(), history([D] * 60, {}), NOW, MAIN)
    assert (status.state, status.band, status.remaining) == (SloState.NO_TRAFFIC, Band.NO_DATA, None)
    assert status.down_since == END - timedelta(minutes=60)


def test_a_platform_that_came_back_is_not_down() -> None:
    assert slo_status(slo(), history([C] * 50 + [D] * 9 + [C], {}), NOW, MAIN).down_since is None


def test_idle_and_covered_is_no_traffic() -> None:
    status = slo_status(slo(), history([C] * 60, {}), NOW, MAIN)
    assert (status.state, status.band, status.sli, status.remaining) == (SloState.NO_TRAFFIC, Band.NO_DATA, None, None)
    assert set(status.burn.values()) == {0.0}


@pytest.mark.parametrize("days", [[], history([U] * 60, {})])
def test_nothing_observed_is_no_data(days: list[SliceDay]) -> None:
    status = slo_status(slo(), days, NOW, MAIN)
    assert (status.state, status.band, status.coverage) == (SloState.NO_DATA, Band.NO_DATA, 0)
    assert set(status.burn.values()) == {None}
    assert status.observed_until is None


def test_coverage_under_the_minimum_is_insufficient_with_the_numbers_shown() -> None:
    days = history([C] * 29 + [U] * 31, {"NONE": [10.0] * 29 + [0.0] * 31})
    status = slo_status(slo(), days, NOW, MAIN)
    assert (status.state, status.band) == (SloState.INSUFFICIENT, Band.NO_DATA)
    assert (status.total, status.remaining, status.coverage) == (290, 1, 29 / 60)
    assert status.observed_until == END - timedelta(minutes=31)


def test_coverage_of_exactly_the_minimum_is_enough() -> None:
    days = history([C] * 30 + [U] * 30, {"NONE": [10.0] * 30 + [0.0] * 30})
    assert slo_status(slo(), days, NOW, MAIN).state is SloState.OK


def test_an_hour_of_history_in_a_window_of_30_days_is_insufficient() -> None:
    status = slo_status(slo(window=timedelta(days=30)), history([C] * 60, {"NONE": [9.0] * 60}), NOW, MAIN)
    assert status.state is SloState.INSUFFICIENT
    assert status.coverage == float(Fraction(60, 43_200))
    assert status.window == "30d"


def test_bridged_minutes_count_and_are_not_covered() -> None:
    days = history([C] * 40 + [B] * 20, {"NONE": [10.0] * 40 + [0.0] * 19 + [200.0]})
    status = slo_status(slo(), days, NOW, MAIN)
    assert (status.total, status.coverage) == (600, float(Fraction(40, 60)))


def test_down_minutes_are_seen_so_a_long_outage_ends_in_lockdown_and_not_in_no_data() -> None:
    days = history([C] * 10 + [D] * 50, {"NONE": [10.0] * 10 + [0.0] * 50})
    status = slo_status(slo(), days, NOW, MAIN)
    assert (status.state, status.band, status.coverage) == (SloState.OK, Band.LOCKDOWN, 1)


def test_burn_rates_are_bad_share_over_allowed_share_of_their_windows() -> None:
    minutes = 3 * 1440
    errors = [0.0] * (minutes - 360) + [1.0] * 300 + [5.0] * 60
    days = history([C] * minutes, {"NONE": [95.0] * minutes, "REQUEST_TIMED_OUT": errors})
    burn = slo_status(slo(window=timedelta(days=3)), days, NOW, MAIN).burn
    assert burn["1h"] == pytest.approx((300 / 6000) / 0.01, rel=1e-12)
    assert burn["6h"] == pytest.approx((600 / (95 * 360 + 600)) / 0.01, rel=1e-12)
    assert burn["3d"] == pytest.approx((600 / (95 * minutes + 600)) / 0.01, rel=1e-12)


def test_uneven_traffic_is_weighed_by_events_and_not_by_minutes() -> None:
    """6000 a minute, and one hour of 60 a minute in which all fail: true remaining 98.6 %, not 38.9 % overspent."""
    minutes = 30 * 1440
    good = [6000.0] * (minutes - 60) + [0.0] * 60
    bad = [0.0] * (minutes - 60) + [60.0] * 60
    days = history([C] * minutes, {"NONE": good, "REQUEST_TIMED_OUT": bad})
    status = slo_status(slo(window=timedelta(days=30), objective="0.999"), days, NOW, MAIN)
    exact = 1 - Fraction(3600, 6000 * (minutes - 60) + 3600) / Fraction(1, 1000)
    assert status.budget is not None
    assert status.budget.exact_remaining == exact
    assert status.remaining == pytest.approx(0.986, abs=0.0005)


def test_the_last_point_of_the_burn_down_is_the_tiles_number() -> None:
    days = history([C] * 55 + [D] * 5, {"NONE": [13.0] * 55 + [0.0] * 5, "REQUEST_TIMED_OUT": [1.0] * 55 + [0.0] * 5})
    chart = burn_down(judge(slo(), days, NOW, MAIN))
    assert chart is not None
    assert chart.remaining[-1] == slo_status(slo(), days, NOW, MAIN).remaining
    assert len(chart.remaining) == 61
    assert chart.remaining[0] == 1
    assert chart.times[-1] == np.datetime64("2026-03-10T12:00:00")
    assert chart.times[0] == np.datetime64("2026-03-10T11:00:00")
    allowed = Fraction(1, 100) * (14 * 60)
    assert chart.remaining[10] == pytest.approx(float(1 - 10 / allowed), rel=1e-12)
    assert chart.remaining[56] == pytest.approx(float(1 - (55 + 14) / allowed), rel=1e-12)
    assert (np.diff(chart.remaining) <= 0).all()


def test_there_is_no_burn_down_without_a_budget() -> None:
    assert burn_down(judge(slo(), history([C] * 60, {}), NOW, MAIN)) is None


def test_clusters_are_judged_apart_and_one_without_days_says_no_data() -> None:
    other, empty = ClusterName("recovery"), ClusterName("empty")
    days = history([C] * 60, {"NONE": [1.0] * 60})
    days += history([C] * 60, {"REQUEST_TIMED_OUT": [1.0] * 60}, other)
    found = slo_statuses(slo(), days, NOW, [MAIN, other, empty])
    assert [(one.labels["cluster"], one.state, one.bad) for one in found] == [
        ("main", SloState.OK, 0),
        ("recovery", SloState.OK, 60),
        ("empty", SloState.NO_DATA, 0),
    ]


def test_the_json_has_exactly_the_promised_fields_and_fits_its_schema() -> None:
    schema = json.loads((Path(data.definitions.__file__).parent / "schemas/slo_status.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    kinds = [
        history([C] * 60, {"NONE": [3.0] * 60, "REQUEST_TIMED_OUT": [1.0] * 60}),
        history([C] * 59 + [D], {"NONE": [2.5] * 59 + [0.0]}),
        [],
    ]
    printed = [slo_status(slo(), days, NOW, MAIN).as_json() for days in kinds]
    jsonschema.validate(json.loads(json.dumps(printed)), schema)
    promised = "id labels kind objective window state bad total sli remaining remaining_without_exemptions projected"
    promised += " coverage band band_since burn as_of"
    assert set(printed[0]) == set(promised.split())
    assert printed[0]["bad"] == 60
    assert printed[0]["as_of"] == "2026-03-10T12:00:00Z"
    assert printed[0]["labels"] == {"service": "kafka", "cluster": "main"}


def test_every_kind_of_slo_fits_the_schema_and_an_invariant_says_first_last_and_where() -> None:
    schema = json.loads((Path(data.definitions.__file__).parent / "schemas/slo_status.schema.json").read_text())
    monthly = CalendarWindow(1, CalendarUnit.MONTH, "Europe/Berlin", date(2026, 1, 1))
    lost = {"acknowledged": [10.0] * 60, "lost": [0.0] * 20 + [2.0] + [0.0] * 29 + [1.0] + [0.0] * 9}
    lag = gauge_sli(per_component=True)
    printed = [
        slo_status(histories.slo(lag), minutes(lag, [C] * 60, {"1": [1.0] * 60}), NOW, MAIN).as_json(),
        slo_status(histories.slo(CANARY), minutes(CANARY, [C] * 60, lost), NOW, MAIN).as_json(),
        slo_status(histories.slo(CANARY), [], NOW, MAIN).as_json(),
        slo_status(histories.slo(window=monthly, min_coverage="0"), minutes(EVENTS, [C] * 60, {}), NOW, MAIN).as_json(),
    ]
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    validator.validate(json.loads(json.dumps(printed)))
    assert [one["kind"] for one in printed] == ["time_slices", "invariant", "invariant", "events"]
    assert printed[1] | {"labels": {}, "burn": {}} == {
        "id": "an-slo",
        "labels": {},
        "kind": "invariant",
        "objective": None,
        "window": "1h",
        "state": "violated",
        "bad": 3,
        "total": 600,
        "sli": None,
        "remaining": None,
        "remaining_without_exemptions": None,
        "projected": None,
        "coverage": 1.0,
        "band": "lockdown",
        "band_since": "2026-03-10T11:21:00Z",
        "burn": {},
        "as_of": "2026-03-10T12:00:00Z",
        "first": "2026-03-10T11:21:00Z",
        "last": "2026-03-10T11:51:00Z",
        "where": {"lost": 3},
    }
    assert (printed[2]["first"], printed[2]["last"], printed[2]["where"]) == (None, None, {})
    assert printed[3]["window"] == "1M"
    with pytest.raises(jsonschema.ValidationError):
        validator.validate([printed[0] | {"objective": None}])


def test_what_is_left_is_told_in_events_and_in_minutes_of_full_outage() -> None:
    """Budget 60 of 6000, 15 spent; 45 bad events at 100 a minute are 27 s of nothing but errors."""
    days = minutes(EVENTS, [C] * 60, {"NONE": [100.0] * 59 + [85.0], "TIMEOUT": [0.0] * 59 + [15.0]})
    status = slo_status(histories.slo(), days, NOW, MAIN)
    assert status.events_left == pytest.approx(45)
    assert status.minutes_left == pytest.approx(0.45)
    lag = gauge_sli(per_component=True)
    up = {"1": [1.0] * 60, "2": [1.0] * 60, "3": [5000.0] * 3 + [1.0] * 57}
    slices = slo_status(histories.slo(lag, "0.9"), minutes(lag, [C] * 60, up), NOW, MAIN)
    # 18 of 180 slices, 3 spent: 15 slices of three a minute.
    assert slices.events_left == pytest.approx(15)
    assert slices.minutes_left == pytest.approx(5)
    assert slo_status(histories.slo(), [], NOW, MAIN).minutes_left is None


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=60, max_size=60), st.integers(1, 59))
def test_the_tallies_of_two_parts_add_up_to_the_tally_of_the_whole(counts: list[tuple[int, int]], cut: int) -> None:
    good, bad = [float(one) for one, _ in counts], [float(one) for _, one in counts]
    first = history([C] * 60, {"NONE": good[:cut] + [0.0] * (60 - cut), "OTHER": bad[:cut] + [0.0] * (60 - cut)})
    second = history([C] * 60, {"NONE": [0.0] * cut + good[cut:], "OTHER": [0.0] * cut + bad[cut:]})
    whole = history([C] * 60, {"NONE": good, "OTHER": bad})
    parts = [slo_status(slo(), days, NOW, MAIN) for days in (first, second)]
    status = slo_status(slo(), whole, NOW, MAIN)
    assert status.bad == sum(part.bad for part in parts) == sum(bad)
    assert status.total == sum(part.total for part in parts) == sum(good) + sum(bad)


def test_objective_and_classes_are_not_in_the_identity_of_what_is_counted_but_the_metric_is() -> None:
    assert EventsSli(name="other name", dialects=SLI.dialects).hash == SLI.hash
    assert EventsSli(name="produce", dialects=(FALLBACK,), classes=SLI.classes).hash != SLI.hash
