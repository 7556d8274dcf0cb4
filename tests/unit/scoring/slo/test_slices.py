"""What a day of slices refuses, and how days are merged, laid out and cut."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pytest

from scoring.catalog.estate import ClusterName
from scoring.slo.slices import (
    MinuteState,
    SliceDay,
    SliceKey,
    SliHash,
    States,
    Values,
    cut_into_days,
    edge,
    laid_out,
    last_edge,
    minute_index,
)

KEY = SliceKey(SliHash("abc"), ClusterName("main"), "", "NONE")
DAY = date(2026, 3, 1)


def day_of(values: Values, states: States, when: date = DAY) -> SliceDay:
    return SliceDay(KEY.sli, KEY.cluster, KEY.group, KEY.component, when, values, states)


def all_in(state: MinuteState) -> States:
    return np.full(1440, state, dtype=np.uint8)


def test_a_day_has_1440_minutes() -> None:
    with pytest.raises(ValueError, match="1440 minutes"):
        day_of(np.zeros(1439), all_in(MinuteState.COVERED))


@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf])
def test_a_count_is_a_finite_number_that_is_not_negative(value: float) -> None:
    values = np.zeros(1440)
    values[7] = value
    with pytest.raises(ValueError, match="not negative"):
        day_of(values, all_in(MinuteState.COVERED))


@pytest.mark.parametrize("state", [MinuteState.PENDING, MinuteState.DOWN, MinuteState.UNKNOWN])
def test_a_minute_that_was_not_observed_carries_no_count(state: MinuteState) -> None:
    values = np.zeros(1440)
    values[7] = 1
    with pytest.raises(ValueError, match="not observed"):
        day_of(values, all_in(state))


def test_a_number_that_is_no_state_is_refused() -> None:
    with pytest.raises(ValueError, match="5 is no minute state"):
        day_of(np.zeros(1440), np.full(1440, 5, dtype=np.uint8))


def test_a_day_cannot_be_changed_from_outside() -> None:
    values = np.zeros(1440)
    day = day_of(values, all_in(MinuteState.COVERED))
    values[0] = 9
    assert day.values[0] == 0
    with pytest.raises(ValueError, match="read-only"):
        day.values[0] = 1


def test_final_minutes_keep_their_values_and_others_take_the_newer_ones() -> None:
    old_states, new_states = all_in(MinuteState.PENDING), all_in(MinuteState.COVERED)
    old_states[:5] = (
        MinuteState.COVERED,
        MinuteState.DOWN,
        MinuteState.BRIDGED,
        MinuteState.UNKNOWN,
        MinuteState.PENDING,
    )
    old_values = np.zeros(1440)
    old_values[[0, 2]] = (4, 6)
    new_states[10] = MinuteState.PENDING
    merged = day_of(old_values, old_states).merged(day_of(np.where(new_states == 1, 9.0, 0.0), new_states))
    assert list(merged.values[:5]) == [4, 0, 6, 9, 9]
    assert list(merged.states[:5]) == [MinuteState.COVERED, MinuteState.DOWN, MinuteState.BRIDGED, 1, 1]
    assert merged.states[10] == MinuteState.PENDING


def test_another_day_is_not_merged() -> None:
    one = SliceDay.empty(KEY, DAY)
    with pytest.raises(ValueError, match="cannot be merged"):
        one.merged(SliceDay.empty(KEY, DAY + timedelta(days=1)))


def test_minutes_cut_into_days_lie_where_they_were() -> None:
    start = minute_index(datetime(2026, 3, 1, 23, 58, tzinfo=UTC))
    values, states = np.array([1.0, 2.0, 3.0, 4.0]), np.ones(4, dtype=np.uint8)
    first, second = cut_into_days(KEY, start, values, states)
    assert (first.day, second.day) == (date(2026, 3, 1), date(2026, 3, 2))
    assert list(first.values[-2:]) == [1, 2]
    assert list(second.values[:2]) == [3, 4]
    assert second.states[2] == MinuteState.PENDING
    again, known = laid_out([second, first], start - 1, start + 5)
    assert list(again) == [0, 1, 2, 3, 4, 0]
    assert list(known) == [0, 1, 1, 1, 1, 0]


def test_minutes_are_utc_whatever_the_zone_of_the_moment() -> None:
    berlin = timezone(timedelta(hours=1))
    assert edge(minute_index(datetime(2026, 3, 1, 1, 0, 59, tzinfo=berlin))) == datetime(2026, 3, 1, tzinfo=UTC)
    with pytest.raises(ValueError, match="time zone"):
        minute_index(datetime(2026, 3, 1))  # noqa: DTZ001 - the very thing that is refused


@pytest.mark.parametrize(("second", "minute"), [(0, 9), (59, 9)])
def test_a_window_ends_with_the_minute_that_was_over_a_minute_ago(second: int, minute: int) -> None:
    now = datetime(2026, 3, 1, 12, 10, second, tzinfo=UTC)
    assert edge(last_edge(now)) == datetime(2026, 3, 1, 12, minute, tzinfo=UTC)


def test_nobody_can_change_a_day_through_the_arrays_that_it_was_made_of() -> None:
    values, states = np.ones(1440), np.ones(1440, dtype=np.uint8)
    view = values.view()
    view.flags.writeable = False
    day = SliceDay(SliHash("a" * 16), ClusterName("prod"), "", "NONE", date(2026, 11, 20), view, states)
    values[0], states[0] = 5, 3
    assert (day.values[0], day.states[0]) == (1, MinuteState.COVERED)
    assert not day.values.flags.writeable
    assert not day.states.flags.writeable


def test_frozen_arrays_are_kept_as_they_are() -> None:
    values, states = np.ones(1440), np.frombuffer(bytes([1] * 1440), dtype=np.uint8)
    values.flags.writeable = False
    day = SliceDay(SliHash("a" * 16), ClusterName("prod"), "", "NONE", date(2026, 11, 20), values, states)
    assert day.values is values
    assert day.states is states
