"""Backoff: exponential, capped, half of it random."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from stack.workload.backoff import Backoff


@given(failures=st.integers(1, 200), seed=st.integers())
def test_a_pause_lies_in_the_upper_half_of_its_doubling_and_under_the_cap(failures: int, seed: int) -> None:
    longest = min(20.0, 0.2 * 2 ** (failures - 1))
    delay = Backoff(first=0.2, cap=20.0).delay(failures, Random(seed))
    assert longest / 2 <= delay <= longest


def test_two_members_do_not_wait_equally_long() -> None:
    assert Backoff().delay(5, Random(1)) != Backoff().delay(5, Random(2))
