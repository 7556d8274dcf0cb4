"""PromQL is read by a parser before it is believed."""

from __future__ import annotations

import pytest

from data.definitions.promql import PromqlError, metrics_in, normalised


def test_an_expression_that_is_none_is_told_with_the_reason() -> None:
    with pytest.raises(PromqlError, match=r"'rate\(a\)' is no PromQL: expected type matrix"):
        normalised("rate(a)")


def test_metrics_are_found_wherever_they_stand() -> None:
    assert metrics_in("sum(rate(a[5m])) or b offset 5m > max_over_time((c)[5m:1m]) and on () vector(1)") == {
        "a",
        "b",
        "c",
    }
