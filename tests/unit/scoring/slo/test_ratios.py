"""Minutes that are ratios, by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from scoring.slo.counting import CountedMinutes
from scoring.slo.gauging import GaugeMinutes
from scoring.slo.ratios import SHARE, shares, weighed
from scoring.slo.slices import MinuteState

P, C, D, U, B = MinuteState
NO = float("nan")


def counted(states: Sequence[int], **counts: Sequence[float]) -> CountedMinutes:
    arrays: Mapping[str, np.ndarray] = {name: np.array(values, dtype=float) for name, values in counts.items()}
    return CountedMinutes(np.array(states, dtype=np.uint8), arrays, {}, closes_gap=False)


def test_the_share_of_a_minute_is_made_of_its_own_counts_and_an_idle_minute_is_good() -> None:
    found = shares(counted([C, C, C, D, U, B], bad=[1, 0, 5, 0, 0, 3], total=[4, 0, 5, 0, 0, 6]))
    assert found.values[SHARE].tolist() == [0.75, 1, 0, 0, 0, 0.5]
    assert found.component_states[SHARE].tolist() == [C, C, C, D, U, B]


def test_good_events_make_the_same_share() -> None:
    found = shares(counted([C, C, C], good=[3, 0, 7], total=[4, 0, 5]))
    assert found.values[SHARE].tolist() == [0.75, 1, 1]


def test_a_ratio_is_weighed_by_the_traffic_of_its_minute() -> None:
    ratio = GaugeMinutes("bad", "a", np.array([9.0, 0.5, 0.0, 0.25]))
    found = weighed(counted([C, C, C], traffic=[10, 100, 8]), [ratio], 1)
    assert {name: values.tolist() for name, values in found.counts.items()} == {
        "traffic": [10, 100, 8],
        "bad": [5, 0, 2],
    }


def test_traffic_without_a_ratio_cannot_be_judged_and_an_idle_minute_needs_none() -> None:
    ratio = GaugeMinutes("good", "a", np.array([1.0, NO, NO]))
    found = weighed(counted([C, C, C], traffic=[10, 100, 0]), [ratio], 0)
    assert found.states.tolist() == [C, U, C]
    assert {name: values.tolist() for name, values in found.counts.items()} == {
        "traffic": [10, 0, 0],
        "good": [10, 0, 0],
    }
