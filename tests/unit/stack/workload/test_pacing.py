"""Pacing: how many records are due, and when."""

from __future__ import annotations

import math
from collections import Counter

from stack.workload.pacing import Pace


def walk(pace: Pace, start: float, seconds: float, step: float = 0.01) -> Counter[int]:
    counted: Counter[int] = Counter()
    for tick in range(round(seconds / step)):
        counted.update(pace.due(start + tick * step))
    return counted


def test_streams_are_due_as_often_as_their_rates_say() -> None:
    counted = walk(Pace([8.0, 0.5, 0.0], now=100.0), start=100.0, seconds=60)
    assert abs(counted[0] - 480) <= 1
    assert abs(counted[1] - 30) <= 1
    assert counted[2] == 0


def test_a_stream_without_a_limit_is_always_due() -> None:
    pace = Pace([math.inf, 1.0], now=0.0)
    assert [0 in pace.due(0.0) for _ in range(5)] == [True] * 5


def test_nothing_is_made_up_for_after_a_long_pause() -> None:
    pace = Pace([10.0], now=0.0)
    pace.due(0.0)
    after_a_minute = sum(len(pace.due(60.0)) for _ in range(100))
    assert after_a_minute <= 11  # the last second's worth, and not 600


def test_the_wait_ends_when_the_next_record_is_due() -> None:
    pace = Pace([2.0], now=0.0)
    pace.due(0.0)
    assert pace.wait(0.1, longest=10.0) == 0.4
    assert pace.wait(0.1, longest=0.2) == 0.2
    assert Pace([0.0], now=0.0).wait(0.0, longest=1.0) == 1.0
