"""Every kind of SLI and every alert of the generated rules, run by promtool against numbers worked out by hand."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from data.definitions.slo_files import load_slos
from data.health.questions import QUESTIONS, HealthKey
from scoring.slo.definition import (
    Condition,
    CounterQuery,
    Dialect,
    EventClass,
    EventsSli,
    GaugeQuery,
    Missing,
    Selector,
    SlicesSli,
    Within,
)
from scoring.slo.windows import RollingWindow
from tests.integration.slo_rules.definitions import answers, brokers, lag, nothing_lost, slo
from tests.integration.slo_rules.promtool import Firing, Value, grows, verify

UP = 'up{job="app",instance="a"}'
THIRTY_DAYS = RollingWindow(timedelta(days=30))
FASTEST, FAST = {"slo_pair": "1h/5m", "severity": "page"}, {"slo_pair": "6h/30m", "severity": "page"}
SLOW, SLOWEST = {"slo_pair": "1d/2h", "severity": "ticket"}, {"slo_pair": "3d/6h", "severity": "ticket"}
BAD, TOTAL = "slo:bad:per_minute", "slo:total:per_minute"


def window(metric: str, name: str) -> str:
    return f'{metric}{{slo_window="{name}"}}'


def test_client_faults_leave_both_bad_and_total(tmp_path: Path) -> None:
    verify(
        tmp_path,
        [slo(answers())],
        {
            UP: "1x60",
            'answers_total{code="ok",instance="a"}': grows((90, 60)),
            'answers_total{code="failed",instance="a"}': grows((10, 60)),
            'answers_total{code="forbidden",instance="a"}': grows((1000, 60)),
        },
        Value(40, BAD, 10),
        Value(40, TOTAL, 100),
        Value(40, 'slo:component:per_minute{slo_component="forbidden"}', 1000),
        Value(40, window("slo:bad:ratio", "30m"), 0.1, 1e-12),
        Value(40, window("slo:burn:rate", "5m"), 100, 1e-9),
    )


def test_each_group_has_a_budget_of_its_own_and_one_without_errors_keeps_its_labels(tmp_path: Path) -> None:
    verify(
        tmp_path,
        [slo(answers("topic"))],
        {
            UP: "1x60",
            'answers_total{code="ok",instance="a",topic="one"}': grows((90, 60)),
            'answers_total{code="failed",instance="a",topic="one"}': grows((10, 60)),
            'answers_total{code="ok",instance="a",topic="two"}': grows((50, 60)),
        },
        Value(40, f'{BAD}{{topic="one"}}', 10),
        Value(40, f'{BAD}{{topic="two"}}', 0),
        Value(40, f"count({BAD})", 2),
    )


def test_only_the_series_of_the_chosen_cluster_count_and_what_is_recorded_bears_its_labels(tmp_path: Path) -> None:
    verify(
        tmp_path,
        [slo(answers())],
        {
            'up{instance="a",cluster="east"}': "1x60",
            'answers_total{code="ok",instance="a",cluster="east"}': grows((90, 60)),
            'answers_total{code="ok",instance="a",cluster="west"}': grows((7, 60)),
        },
        Value(40, f'{TOTAL}{{cluster="east"}}', 90),
        Value(40, f"count({TOTAL})", 1),
        cluster={"cluster": "east"},
    )


def failed_of_total() -> EventsSli:
    dialects = (
        Dialect("by-code", (CounterQuery(Selector("codes_total"), component_label="code"),), Selector("codes_total")),
        Dialect(
            "failed-of-total",
            (
                CounterQuery(Selector("failed_total"), component="failed"),
                CounterQuery(Selector("all_total"), component="all"),
            ),
            Selector("all_total"),
        ),
    )
    classes = {"ok": EventClass.SUCCESS, "failed": EventClass.FAILED, "all": EventClass.SUCCESS}
    return EventsSli(name="answers", dialects=dialects, classes=classes)


def test_the_best_dialect_that_has_data_is_taken_and_never_two_of_them(tmp_path: Path) -> None:
    verify(
        tmp_path,
        [slo(failed_of_total())],
        {
            UP: "1x90",
            'all_total{instance="a"}': grows((200, 90)),
            'failed_total{instance="a"}': grows((3, 90)),
            'codes_total{code="ok",instance="a"}': f"_x30 {grows((95, 60), start=10_000)}",
            'codes_total{code="broken",instance="a"}': "_x40 5x50",
        },
        Value(20, BAD, 3),
        Value(20, TOTAL, 200),
        Value(35, BAD, 0),
        Value(35, TOTAL, 95),
        Value(41, BAD, 5),
    )


@pytest.mark.parametrize(("written", "bound"), [("0.5", "0.5"), ("500", "500"), ("500.0", "500"), ("500", "500.0")])
def test_latency_is_counted_at_the_bucket_of_the_bound_however_prometheus_writes_it(
    tmp_path: Path, written: str, bound: str
) -> None:
    dialect = Dialect(
        "histogram",
        (CounterQuery(Selector("latency_bucket"), component_label="le"),),
        Selector("latency_count"),
    )
    sli = EventsSli(name="latency", dialects=(dialect,), bound=Decimal(bound))
    verify(
        tmp_path,
        [slo(sli, objective="0.99")],
        {
            UP: "1x60",
            f'latency_bucket{{le="{written}",instance="a"}}': grows((97, 30), (0, 30)),
            'latency_bucket{le="0.05",instance="a"}': grows((10, 30), (0, 30)),
            'latency_bucket{le="+Inf",instance="a"}': grows((100, 30), (0, 30)),
        },
        Value(20, BAD, 3),
        Value(20, TOTAL, 100),
        Value(40, BAD, 0),
        Value(40, TOTAL, 0),
    )


def test_latency_without_a_bucket_at_the_bound_is_no_data_and_not_all_good(tmp_path: Path) -> None:
    dialect = Dialect(
        "histogram", (CounterQuery(Selector("latency_bucket"), component_label="le"),), Selector("latency_count")
    )
    verify(
        tmp_path,
        [slo(EventsSli(name="latency", dialects=(dialect,), bound=Decimal("0.5")), objective="0.99")],
        {UP: "1x60", 'latency_bucket{le="+Inf",instance="a"}': grows((100, 60))},
        Value(40, BAD, None),
        Firing(40, "SloNoData", [{"slo": "service"}]),
    )


def test_every_broker_has_its_own_minute_and_one_that_vanished_is_down_for_a_day(tmp_path: Path) -> None:
    verify(
        tmp_path,
        [slo(brokers(), objective="0.95")],
        {
            'up{instance="elsewhere"}': "1x1600",
            'partitions{instance="a"}': "7x1600",
            'partitions{instance="b"}': "7x59 _x10 7x1600",
            'partitions{instance="c"}': "7x99",
            'up{instance="a",broker="1"}': "1x1600",
            'up{instance="b",broker="2"}': "1x59 0x9 1x1600",
            'up{instance="c",broker="3"}': "1x99 _x1500",
        },
        Value(50, BAD, 0),
        Value(50, TOTAL, 3),
        Value(65, BAD, 1),
        Value(65, TOTAL, 3),
        Value(110, BAD, 1),
        Value(110, TOTAL, 3),
        Value(1580, BAD, 0),
        Value(1580, TOTAL, 2),
    )


def test_a_broker_that_tells_no_lag_any_more_makes_the_minute_bad(tmp_path: Path) -> None:
    series = {UP: "1x200", 'lag{broker="1"}': "5x100", 'lag{broker="2"}': "5x200"}
    verify(tmp_path, [slo(lag())], series, Value(90, BAD, 0), Value(110, BAD, 1), Value(110, TOTAL, 1))


def test_after_an_outage_of_prometheus_itself_nothing_is_known(tmp_path: Path) -> None:
    series = {UP: "1x100 _x50 1x60", 'lag{broker="1"}': "5x100 _x50 5x60"}
    verify(tmp_path, [slo(lag())], series, Value(120, BAD, None), Value(160, BAD, 0))
    verify(tmp_path, [slo(lag(missing=Missing.BAD))], series, Value(120, BAD, 1), Value(160, BAD, 0))


@pytest.mark.parametrize(("part", "counted"), [("good", 97), ("bad", 3)])
def test_a_minute_of_events_is_a_bad_slice_when_its_good_share_is_too_small(
    tmp_path: Path, part: str, counted: int
) -> None:
    # 97 of 100 are good: enough for 95 % and too few for 98 %. A minute without any event is good.
    series = {
        UP: "1x60",
        'some_total{instance="a"}': grows((counted, 30), (0, 30)),
        'all_total{instance="a"}': grows((100, 30), (0, 30)),
    }
    dialect = Dialect(
        "promql",
        (
            CounterQuery(Selector("some_total"), component=part),
            CounterQuery(Selector("all_total"), component="total"),
        ),
        Selector("all_total"),
    )
    for least, bad in (("0.95", 0), ("0.98", 1)):
        sli = SlicesSli(name="shares", dialects=(dialect,), condition=Condition("gte", Decimal(least)))
        verify(
            tmp_path,
            [slo(sli)],
            series,
            Value(20, BAD, bad),
            Value(20, TOTAL, 1),
            Value(40, BAD, 0),
            Value(40, TOTAL, 1),
        )


def test_a_ratio_that_somebody_else_made_is_weighed_by_the_traffic_of_its_minute(tmp_path: Path) -> None:
    dialect = Dialect(
        "promql",
        (CounterQuery(Selector("all_total"), component="traffic"),),
        Selector("all_total"),
        gauges=(GaugeQuery(Selector("success_ratio"), component="good", within=Within.LAST),),
    )
    classes = {"traffic": EventClass.SUCCESS, "good": EventClass.GOOD}
    verify(
        tmp_path,
        [slo(EventsSli(name="weighed", dialects=(dialect,), classes=classes))],
        {UP: "1x60", 'all_total{instance="a"}': grows((100, 60)), 'success_ratio{instance="a"}': "0.75x30 _x30"},
        Value(20, BAD, 25),
        Value(20, TOTAL, 100),
        Value(40, BAD, None),
        Value(40, TOTAL, None),
    )


def test_an_invariant_that_nothing_was_checked_for_is_no_data(tmp_path: Path) -> None:
    verify(
        tmp_path,
        [slo(nothing_lost(), objective=None)],
        {UP: "1x60"},
        Value(40, TOTAL, None),
        Firing(40, "SloNoData", [{"slo": "service"}]),
        Firing(40, "SloInvariantViolated"),
    )


def test_the_pairs_that_burn_too_fast_fire_and_say_which_they_are(tmp_path: Path) -> None:
    # An hour in which 1.5 % fail, 15 times what a budget of 0.1 % allows. At 105, 44 × 15 of 104 000 is 0.63 % in 6 h;
    # at 121 the hour is full; at 128 the last 5 minutes are clean; at 160 the last 30 are.
    verify(
        tmp_path,
        [slo(answers(), window=THIRTY_DAYS)],
        {
            UP: "1x200",
            'answers_total{code="ok",instance="a"}': grows((1000, 60), (985, 60), (1000, 80)),
            'answers_total{code="failed",instance="a"}': f"_x60 {grows((15, 60), (0, 80))}",
        },
        Firing(60, "SloBudgetBurn"),
        Firing(105, "SloBudgetBurn", [FAST, SLOW, SLOWEST]),
        Firing(121, "SloBudgetBurn", [FASTEST, FAST, SLOW, SLOWEST]),
        Firing(128, "SloBudgetBurn", [FAST, SLOW, SLOWEST]),
        Firing(160, "SloBudgetBurn", [SLOW, SLOWEST]),
    )


def test_what_is_asked_about_alerts_counts_those_that_fire_and_the_slos_that_have_rules(tmp_path: Path) -> None:
    (question,) = (one for one in QUESTIONS if one.key is HealthKey.ALERTS)
    query = question.ways[0].query({})
    # The hour of the test above: nothing fires before it, three pairs at 105.
    verify(
        tmp_path,
        [slo(answers(), window=THIRTY_DAYS)],
        {
            UP: "1x120",
            'answers_total{code="ok",instance="a"}': grows((1000, 60), (985, 60)),
            'answers_total{code="failed",instance="a"}': f"_x60 {grows((15, 60))}",
        },
        Value(60, f"count(({query}) == 1)", None),
        Value(60, f"count(({query}) == 0)", 1),
        Value(105, f"count(({query}) == 1)", 3),
        Value(105, f"count(({query}) == 0)", 1),
    )


def test_one_bad_event_among_few_makes_no_pair_fire(tmp_path: Path) -> None:
    # 14.4 × 0.1 % is one of 69.4: below 70 events in the hour nothing can be said.
    verify(
        tmp_path,
        [slo(answers(), window=THIRTY_DAYS)],
        {
            UP: "1x70",
            'answers_total{code="ok",instance="a"}': grows((1, 59), (0, 11)),
            'answers_total{code="failed",instance="a"}': "_x58 1x12",
        },
        Value(61, window("slo:burn:rate", "1h"), 1000 / 60, 1e-9),
        Firing(61, "SloBudgetBurn"),
    )


def test_a_group_that_vanishes_is_an_alert_of_its_own_and_the_others_are_not(tmp_path: Path) -> None:
    verify(
        tmp_path,
        [slo(answers("topic"))],
        {
            UP: "1x100",
            'answers_total{code="ok",instance="a",topic="one"}': grows((90, 100)),
            'answers_total{code="ok",instance="a",topic="two"}': f"{grows((50, 49))} _x50",
        },
        Firing(50, "SloNoData"),
        Firing(80, "SloNoData", [{"topic": "two"}]),
    )


def test_the_shipped_slos_make_rules_that_promtool_accepts(tmp_path: Path) -> None:
    verify(tmp_path, load_slos(), {UP: "1x5"}, Value(3, "count(slo:definition:info)", len(load_slos())))
