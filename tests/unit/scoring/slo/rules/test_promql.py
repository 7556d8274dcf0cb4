"""PromQL text."""

from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.definitions.promql import parsed
from scoring.slo.definition import Selector
from scoring.slo.rules.promql import any_of, by, decimal_text, none_of, reach, selector_text


@pytest.mark.parametrize(
    ("value", "matcher"),
    [
        ("x", 'a="x"'),
        ("", 'a=""'),
        ("~x|y", 'a=~"x|y"'),
        ("!x", 'a!="x"'),
        ("!", 'a!=""'),
        ("!~x.*", 'a!~"x.*"'),
        ('quo"te\\', 'a="quo\\"te\\\\"'),
    ],
)
def test_a_label_value_says_how_it_is_compared(value: str, matcher: str) -> None:
    assert selector_text(Selector("m", {"a": value})) == f"m{{{matcher}}}"


def test_a_label_that_is_asked_for_twice_must_fulfil_both() -> None:
    assert selector_text(Selector("m", {"a": "x"}), {"a": "~x|y"}, {"a": "x"}) == 'm{a="x",a=~"x|y"}'


@pytest.mark.parametrize("edge", ["500", "500.0"])
def test_a_whole_bucket_edge_is_found_as_prometheus_2_and_as_prometheus_3_writes_it(edge: str) -> None:
    found = re.fullmatch(r'm\{le=~"(.*)"\}', selector_text(Selector("m", {"le": edge})))
    assert found
    pattern = found[1].replace("\\\\", "\\")
    assert re.fullmatch(pattern, "500")
    assert re.fullmatch(pattern, "500.0")
    assert not re.fullmatch(pattern, "5000")


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=4))
def test_any_texts_can_be_matched_and_excluded(texts: list[str]) -> None:
    for value in (any_of(texts), none_of(texts)):
        parsed(selector_text(Selector("m", {"a": value})))


def test_a_window_holds_one_sample_for_each_minute() -> None:
    assert reach(timedelta(minutes=5)) == "[299999ms]"


def test_the_clause_of_one_group_is_empty() -> None:
    assert by(()) == ""
    assert by(("a", "b", "a")) == "by (a, b) "


def test_decimals_are_printed_with_their_digits_and_without_an_exponent() -> None:
    assert [decimal_text(Decimal(text)) for text in ("0.00010", "1E-7", "1E+3", "14.40")] == [
        "0.0001",
        "0.0000001",
        "1000",
        "14.4",
    ]
