"""Options of the workload."""

from __future__ import annotations

import math

import pytest

from stack.state import StackError
from stack.workload.background import parse_rate


def test_a_rate_is_a_number_from_zero_on_or_as_fast_as_possible() -> None:
    assert parse_rate("0") == 0.0
    assert parse_rate("2.5") == 2.5
    assert parse_rate("max") == math.inf


@pytest.mark.parametrize("text", ["-1", "fast", "inf", "nan", ""])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(StackError, match="0 on, or max"):
        parse_rate(text)
