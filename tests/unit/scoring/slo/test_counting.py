"""The slice function against hand-made scrapes; every expected number follows from the samples beside it."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.slo.counting import (
    Before,
    CountedMinutes,
    CounterMinutes,
    Flags,
    TargetMinutes,
    count_minutes,
    last_in_minute,
)
from scoring.slo.slices import MinuteState

PENDING, COVERED, DOWN, UNKNOWN, BRIDGED = MinuteState
NOTHING_BEFORE = Before()

Samples = Sequence[tuple[float, float]]
"""(seconds since the first minute's start, value)"""


def counter(samples: Samples, minutes: int, component: str = "NONE", target: str = "broker-1") -> CounterMinutes:
    times, values = (np.array(column, dtype=np.float64) for column in zip(*samples, strict=True))
    return CounterMinutes(component, target, last_in_minute(times, values, 0, minutes))


def up(scrapes: Samples, minutes: int, target: str = "broker-1") -> TargetMinutes:
    """A target's `up` samples; one at t belongs to the minute that ends at or after t."""
    made, answered = np.zeros(minutes), np.zeros(minutes)
    for time, value in scrapes:
        index = int(-(-time // 60)) - 1
        if 0 <= index < minutes:
            made[index] += 1
            answered[index] += value
    return TargetMinutes(target, made, answered)


def every(seconds: float, start: float, end: float, value: float = 1.0) -> list[tuple[float, float]]:
    return [(time, value) for time in np.arange(start, end, seconds)]


def alive(minutes: int, dead: Sequence[int] = ()) -> Flags:
    flags = np.ones(minutes, dtype=np.bool_)
    flags[list(dead)] = False
    return flags


def counted(
    series: Sequence[CounterMinutes],
    targets: Sequence[TargetMinutes],
    living: Flags,
    first: int = 0,
    before: Before = NOTHING_BEFORE,
) -> CountedMinutes:
    return count_minutes(series, targets, living, first, before)


def test_fifty_errors_in_mid_minute_count_fifty_in_that_minute() -> None:
    samples = [(t, 100.0 if t < 90 else 150.0) for t in range(2, 181, 2)]
    result = counted([counter(samples, 3)], [up(every(2, 2, 181), 3)], alive(3))
    assert list(result.counts["NONE"]) == [0, 50, 0]
    assert list(result.states) == [COVERED] * 3


def test_fifty_errors_across_an_edge_count_fifty_in_the_later_minute() -> None:
    samples = [(t, 100.0 if t < 60.5 else 150.0) for t in range(1, 181, 2)]
    result = counted([counter(samples, 3)], [up(every(2, 1, 181), 3)], alive(3))
    assert list(result.counts["NONE"]) == [0, 50, 0]


def test_a_sample_on_an_edge_belongs_to_the_minute_that_the_edge_ends() -> None:
    result = counted([counter([(60, 7), (120, 9), (180, 14)], 3)], [up([(60, 1), (120, 1), (180, 1)], 3)], alive(3))
    assert list(result.counts["NONE"]) == [0, 2, 5]


def test_a_series_born_at_three_counts_three() -> None:
    errors = counter([(t, 3.0) for t in range(130, 240, 10)], 4, "REQUEST_TIMED_OUT")
    result = counted([errors], [up(every(10, 10, 240), 4)], alive(4))
    assert list(result.counts["REQUEST_TIMED_OUT"]) == [0, 0, 3, 0]


def test_a_series_first_seen_together_with_its_target_is_a_baseline() -> None:
    samples = [(t, 5000.0 + t) for t in range(130, 301, 10)]
    result = counted([counter(samples, 5)], [up(every(10, 130, 301), 5)], alive(5))
    assert list(result.counts["NONE"]) == [0, 0, 0, 60, 60]
    assert list(result.states) == [UNKNOWN, UNKNOWN, COVERED, COVERED, COVERED]


def test_a_series_whose_target_up_does_not_know_is_a_baseline() -> None:
    always = counter([(t, 10.0) for t in range(10, 240, 10)], 4, "NONE")
    late = counter([(t, 900.0 + t) for t in range(130, 240, 10)], 4, "REQUEST_TIMED_OUT")
    result = counted([always, late], [], alive(4))
    assert list(result.counts["REQUEST_TIMED_OUT"]) == [0, 0, 0, 230 - 180]
    assert list(result.states) == [COVERED] * 4


def test_after_a_reset_the_new_value_is_the_count() -> None:
    samples = [(30, 100), (90, 140), (150, 12), (210, 20)]
    result = counted([counter(samples, 4)], [up([(t, 1) for t, _ in samples], 4)], alive(4))
    assert list(result.counts["NONE"]) == [0, 40, 12, 8]


def test_a_gap_of_prometheus_is_one_bridged_interval_counted_where_it_closes() -> None:
    times = [*range(10, 121, 10), *range(310, 421, 10)]
    samples = [(t, float(t)) for t in times]
    result = counted([counter(samples, 7)], [up([(t, 1) for t in times], 7)], alive(7, dead=[2, 3, 4]))
    assert list(result.counts["NONE"]) == [0, 60, 0, 0, 0, 360 - 120, 60]
    assert list(result.states) == [COVERED, COVERED, BRIDGED, BRIDGED, BRIDGED, BRIDGED, COVERED]
    assert list(result.bridged["NONE"]) == [False] * 5 + [True, False]


def test_a_gap_in_one_target_of_two_is_bridged_in_its_component_only() -> None:
    one = [(t, float(t)) for t in range(10, 361, 10)]
    other = [(t, float(t)) for t in [*range(10, 121, 10), *range(250, 361, 10)]]
    series = [counter(one, 6, "NONE", "a"), counter(other, 6, "REQUEST_TIMED_OUT", "b")]
    targets = [up([(t, 1) for t, _ in one], 6, "a"), up([(t, 1) for t, _ in other], 6, "b")]
    result = counted(series, targets, alive(6))
    assert list(result.states) == [COVERED] * 6
    assert list(result.counts["REQUEST_TIMED_OUT"]) == [0, 60, 0, 0, 300 - 120, 60]
    assert list(np.flatnonzero(result.bridged["REQUEST_TIMED_OUT"])) == [4]
    assert not result.bridged["NONE"].any()


def test_with_pod_churn_each_pod_counts_from_its_first_scrape_on() -> None:
    series, targets = [], []
    for pod in range(3):
        samples = [(t, 1000.0 * pod + t) for t in range(120 * pod + 10, 120 * pod + 121, 10)]
        series.append(counter(samples, 6, target=f"pod-{pod}"))
        targets.append(up([(t, 1) for t, _ in samples], 6, f"pod-{pod}"))
    result = counted(series, targets, alive(6))
    assert list(result.counts["NONE"]) == [0, 60, 0, 60, 0, 60]
    assert list(result.states) == [COVERED] * 6


def test_a_series_that_comes_back_to_a_scraped_target_is_born_again() -> None:
    samples = [(30, 500.0), (90, 510.0), (270, 4.0), (330, 6.0)]
    result = counted([counter(samples, 6)], [up(every(10, 10, 361), 6)], alive(6))
    assert list(result.counts["NONE"]) == [0, 10, 0, 0, 4, 2]


def test_targets_that_refuse_make_a_minute_down_and_one_that_answers_does_not() -> None:
    first = [*every(10, 10, 121), *every(10, 130, 241, 0.0)]
    second = [*every(10, 10, 181), *every(10, 190, 241, 0.0)]
    result = counted([], [up(first, 4, "a"), up(second, 4, "b")], alive(4))
    assert list(result.states) == [COVERED, COVERED, COVERED, DOWN]


def test_a_minute_that_was_answered_once_is_covered() -> None:
    scrapes = [*every(10, 10, 71), *every(10, 80, 181, 0.0)]
    result = counted([], [up(scrapes, 3)], alive(3))
    assert list(result.states) == [COVERED, COVERED, DOWN]


def test_when_all_targets_vanish_while_prometheus_lives_the_minutes_are_down() -> None:
    result = counted([], [up(every(10, 10, 121), 5)], alive(5))
    assert list(result.states) == [COVERED, COVERED, DOWN, DOWN, PENDING]


def test_when_prometheus_is_gone_the_minutes_are_unknown() -> None:
    result = counted([], [up(every(10, 10, 121), 5)], alive(5, dead=[2, 3, 4]))
    assert list(result.states) == [COVERED, COVERED, UNKNOWN, UNKNOWN, UNKNOWN]


def test_a_silent_minute_beside_a_stop_of_prometheus_is_unknown_and_not_down() -> None:
    """Prometheus stopped early in minute 2 and began again late in minute 4: other targets were just scraped then."""
    result = counted([], [up([*every(10, 10, 121), *every(10, 310, 361)], 6)], alive(6, dead=[3]))
    assert DOWN not in list(result.states)


def test_targets_that_never_answered_are_unknown_and_not_down() -> None:
    result = counted([], [up(every(10, 10, 181, 0.0), 3)], alive(3))
    assert list(result.states) == [UNKNOWN] * 3


def test_targets_that_answered_before_the_stretch_are_down_when_they_refuse() -> None:
    result = counted([], [up(every(10, 10, 181, 0.0), 3)], alive(3), before=Before(known=True))
    assert list(result.states) == [DOWN] * 3


def test_a_restart_of_all_targets_counts_from_zero_after_the_down_minutes() -> None:
    samples = [(t, 700.0 + t) for t in range(10, 121, 10)] + [(t, (t - 300) / 2) for t in range(310, 361, 10)]
    scrapes = [*every(10, 10, 121), *every(10, 130, 301, 0.0), *every(10, 310, 361)]
    result = counted([counter(samples, 6)], [up(scrapes, 6)], alive(6))
    assert list(result.counts["NONE"]) == [0, 60, 0, 0, 0, 30]
    assert list(result.states) == [COVERED, COVERED, DOWN, DOWN, DOWN, COVERED]


def test_a_target_scraped_once_a_minute_has_no_gap_when_jitter_leaves_a_minute_empty() -> None:
    times = [59.9, 119.9, 180.1, 239.9, 299.9]
    samples = [(t, 10.0 * i) for i, t in enumerate(times)]
    result = counted([counter(samples, 5)], [up([(t, 1) for t in times], 5)], alive(5))
    assert list(result.states) == [COVERED] * 5
    assert result.counts["NONE"].sum() == 40
    assert not result.bridged["NONE"].any()


def test_a_gap_that_began_before_the_stretch_is_reported_to_the_caller() -> None:
    samples = [(30, 100.0), (330, 180.0), (390, 190.0)]
    result = counted(
        [counter(samples, 7)],
        [up([*every(2, 2, 60), *every(2, 302, 421)], 7)],
        alive(7, dead=[1, 2, 3, 4]),
        first=4,
        before=Before(known=True, gap=True),
    )
    assert result.closes_gap
    assert list(result.states) == [BRIDGED, BRIDGED, COVERED]
    assert list(result.counts["NONE"]) == [0, 80, 10]


def test_a_gap_after_which_only_new_targets_answer_stays_unknown() -> None:
    old = up(every(10, 10, 61), 4, "old")
    new = up(every(10, 190, 241), 4, "new")
    result = counted([], [old, new], alive(4, dead=[1, 2]))
    assert list(result.states) == [COVERED, UNKNOWN, UNKNOWN, COVERED]


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[CounterMinutes], list[TargetMinutes], Flags]:
    """Up to three targets with two series each, with births, resets, refused and silent minutes."""
    minutes = draw(st.integers(4, 14))
    series: list[CounterMinutes] = []
    targets: list[TargetMinutes] = []
    for name in range(draw(st.integers(1, 3))):
        kinds = draw(st.lists(st.sampled_from("aaars"), min_size=minutes, max_size=minutes))
        made = np.array([0.0 if kind == "s" else 30.0 for kind in kinds])
        answered = np.array([30.0 if kind == "a" else 0.0 for kind in kinds])
        targets.append(TargetMinutes(str(name), made, answered))
        for component in ("NONE", "REQUEST_TIMED_OUT"):
            value = draw(st.integers(0, 9))
            laid = np.full(minutes, np.nan)
            for index, kind in enumerate(kinds):
                step = draw(st.sampled_from([-1, 0, 1, 7]))
                value = 0 if step < 0 else value + step
                if kind == "a" and draw(st.integers(0, 4)):
                    laid[index] = value
            series.append(CounterMinutes(component, str(name), laid))
    living = np.array(draw(st.lists(st.sampled_from([True, True, True, False]), min_size=minutes, max_size=minutes)))
    return series, targets, living


@given(histories(), st.randoms(use_true_random=False))
def test_the_order_of_series_and_targets_has_no_influence(
    history: tuple[list[CounterMinutes], list[TargetMinutes], Flags], shuffler: random.Random
) -> None:
    series, targets, living = history
    expected = counted(series, targets, living)
    shuffler.shuffle(series)
    shuffler.shuffle(targets)
    found = counted(series, targets, living)
    assert (found.states == expected.states).all()
    assert found.counts.keys() == expected.counts.keys()
    for component, values in expected.counts.items():
        assert (found.counts[component] == values).all()


@given(histories())
def test_counts_are_never_negative_and_only_in_minutes_that_were_observed(
    history: tuple[list[CounterMinutes], list[TargetMinutes], Flags],
) -> None:
    result = counted(*history)
    seen = np.isin(result.states, (COVERED, BRIDGED))
    for values in result.counts.values():
        assert (values >= 0).all()
        assert not values[~seen].any()


@given(histories())
def test_the_counts_of_all_targets_are_the_sum_of_the_counts_of_each(
    history: tuple[list[CounterMinutes], list[TargetMinutes], Flags],
) -> None:
    series, targets, living = history
    whole = counted(series, targets, living)
    for component, values in whole.counts.items():
        parts = [
            counted([one], [target for target in targets if target.target == one.target], living).counts[component]
            for one in series
            if one.component == component
        ]
        # A lone series cannot borrow its target's other series as proof of a scrape; `up` proves the same scrapes.
        assert (np.sum(parts, axis=0) == values).all()


@given(histories(), st.data())
def test_a_stretch_counted_in_two_parts_gives_the_minutes_of_the_whole(
    history: tuple[list[CounterMinutes], list[TargetMinutes], Flags], data: st.DataObject
) -> None:
    series, targets, living = history
    minutes = len(living)
    whole = counted(series, targets, living)
    cut = data.draw(st.integers(1, minutes - 1))

    def until(end: int) -> tuple[list[CounterMinutes], list[TargetMinutes], Flags]:
        return (
            [CounterMinutes(one.component, one.target, one.values[:end]) for one in series],
            [TargetMinutes(one.target, one.scrapes[:end], one.answered[:end]) for one in targets],
            living[:end],
        )

    states = counted(*until(cut)).states
    closed = cut - int(states[-1] == PENDING)
    states = states[:closed]
    answered = np.flatnonzero(np.isin(states, (COVERED, BRIDGED)))
    gap = bool(len(answered)) and bool((states[answered[-1] :] == UNKNOWN).any())
    rest = counted(series, targets, living, first=closed, before=Before(bool(len(answered)), gap))
    if rest.closes_gap:
        open_gap = states[answered[-1] :]
        open_gap[open_gap == UNKNOWN] = BRIDGED
    assert list(states) + list(rest.states) == list(whole.states)
    for component, values in rest.counts.items():
        assert (values == whole.counts[component][closed:]).all()


def test_without_any_series_or_target_every_minute_is_unknown() -> None:
    result = counted([], [], alive(2))
    assert list(result.states) == [UNKNOWN, UNKNOWN]
    assert not result.counts


@pytest.mark.parametrize(("time", "minute"), [(0.001, 0), (60.0, 0), (60.001, 1), (120.0, 1)])
def test_the_left_edge_is_outside_and_the_right_edge_inside(time: float, minute: int) -> None:
    laid = last_in_minute(np.array([time]), np.array([5.0]), 0, 2)
    assert list(np.flatnonzero(~np.isnan(laid))) == [minute]
