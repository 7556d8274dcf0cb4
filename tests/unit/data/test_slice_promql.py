"""PromQL of slices, as text."""

from __future__ import annotations

from decimal import Decimal

import pytest

from data.slice_promql import any_of, bucket_edge, gauge_value, promql, running_count
from scoring.slo.definition import CounterQuery, GaugeQuery, Reading, Selector, Within


@pytest.mark.parametrize(
    ("value", "matcher"),
    [
        ("a", 'x="a"'),
        ("", 'x=""'),
        ("~a|b", 'x=~"a|b"'),
        ("!a", 'x!="a"'),
        ("!", 'x!=""'),
        ("!~a.*", 'x!~"a.*"'),
        ('say "hi"\\', 'x="say \\"hi\\"\\\\"'),
    ],
)
def test_a_label_says_what_it_must_or_must_not_be(value: str, matcher: str) -> None:
    assert promql(Selector("m", {"x": value})) == f"m{{{matcher}}}"


def test_labels_of_several_places_must_all_hold() -> None:
    assert promql(Selector("m", {"x": "~a|b"}), {"x": "a"}, {"y": "1"}) == 'm{x=~"a|b",x="a",y="1"}'
    assert promql(Selector("m")) == "m"


def test_a_bucket_is_selected_by_its_number() -> None:
    assert promql(Selector("m_bucket", {"le": "1"})) == 'm_bucket{le=~"1(\\\\.0+)?"}'
    assert promql(Selector("m_bucket", {"le": "0.5"})) == 'm_bucket{le="0.5"}'


@pytest.mark.parametrize(
    ("text", "edge"), [("1", "1"), ("1.0", "1"), ("1e3", "1000"), ("0.50", "0.5"), ("100", "100"), ("+Inf", "+Inf")]
)
def test_one_number_is_one_bucket(text: str, edge: str) -> None:
    assert bucket_edge(text) == edge


def test_a_native_histogram_is_read_as_its_count_and_as_what_is_below_a_bound() -> None:
    count = CounterQuery(Selector("h"), component="all", reading=Reading.HISTOGRAM_COUNT)
    below = CounterQuery(Selector("h"), component="fast", reading=Reading.HISTOGRAM_BELOW, bound=Decimal("0.5"))
    assert running_count(count, "h") == "histogram_count(last_over_time(h[59999ms]))"
    assert running_count(below, "h") == (
        "histogram_fraction(-Inf, 0.5, last_over_time(h[59999ms])) * histogram_count(last_over_time(h[59999ms]))"
    )


def test_a_gauge_is_brought_to_one_series_a_component_by_the_server() -> None:
    lag = GaugeQuery(Selector("lag"), "broker")
    assert gauge_value(lag, "lag", ["broker", "instance"]) == "max by (broker, instance) (max_over_time(lag[59999ms]))"
    up = GaugeQuery(Selector("up"), "instance", within=Within.MIN)
    assert gauge_value(up, "up", ["instance"]) == "min by (instance) (min_over_time(up[59999ms]))"


def test_any_of_some_texts_is_a_regular_expression_of_just_these() -> None:
    assert any_of(["b:1", "a.b"]) == "~a\\.b|b:1"
