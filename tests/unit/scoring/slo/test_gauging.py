"""The slice function of gauges against hand-made minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scoring.slo.counting import Flags, TargetMinutes
from scoring.slo.definition import Within
from scoring.slo.gauging import RETIRED_AFTER, GaugeMinutes, MeasuredMinutes, measure_minutes
from scoring.slo.slices import MinuteState

P, C, D, U, B = MinuteState
NO = float("nan")


def gauge(values: Sequence[float], component: str = "1", target: str = "a") -> GaugeMinutes:
    return GaugeMinutes(component, target, np.array(values, dtype=np.float64))


def up(made: Sequence[float], answered: Sequence[float] | None = None, target: str = "a") -> TargetMinutes:
    return TargetMinutes(target, np.array(made, dtype=float), np.array(made if answered is None else answered, float))


def alive(minutes: int, dead: Sequence[int] = ()) -> Flags:
    flags = np.ones(minutes, dtype=np.bool_)
    flags[list(dead)] = False
    return flags


def measured(
    gauges: Sequence[GaugeMinutes],
    targets: Sequence[TargetMinutes],
    living: Flags,
    first: int = 0,
    before: Mapping[str, int] | None = None,
    within: Within = Within.MAX,
) -> MeasuredMinutes:
    return measure_minutes(gauges, targets, living, first, before or {}, known=bool(before), within=within)


def test_a_component_has_the_value_of_each_minute_and_the_group_none() -> None:
    result = measured([gauge([0, 7, 1200])], [up([4, 4, 4])], alive(3))
    assert result.values["1"].tolist() == [0, 7, 1200]
    assert result.component_states["1"].tolist() == result.states.tolist() == [C, C, C]


def test_of_two_targets_that_tell_one_component_the_worse_value_stands() -> None:
    both = [gauge([1, 9, NO], target="a"), gauge([5, 2, 3], target="b")]
    assert measured(both, [], alive(3)).values["1"].tolist() == [5, 9, 3]
    assert measured(both, [], alive(3), within=Within.MIN).values["1"].tolist() == [1, 2, 3]


def test_a_known_component_that_does_not_answer_is_down_while_another_one_covers_the_group() -> None:
    result = measured([gauge([1, NO, NO, 1]), gauge([1, 1, 1, 1], "2", "b")], [], alive(4))
    assert result.component_states["1"].tolist() == [C, D, D, C]
    assert result.states.tolist() == [C, C, C, C]


def test_nobody_is_down_before_it_was_ever_seen() -> None:
    result = measured([gauge([NO, NO, 1]), gauge([1, 1, 1], "2", "b")], [], alive(3))
    assert result.component_states["1"].tolist() == [P, P, C]


def test_when_prometheus_is_away_nothing_is_known_of_a_component() -> None:
    result = measured([gauge([1, NO, NO, NO, 1])], [], alive(5, dead=[1, 2, 3]))
    assert result.component_states["1"].tolist() == result.states.tolist() == [C, U, U, U, C]


def test_next_to_an_outage_of_prometheus_a_missing_value_is_unknown_for_it_may_have_been_stopping() -> None:
    result = measured([gauge([1, NO, NO, NO, 1]), gauge([1, 1, NO, 1, 1], "2", "b")], [], alive(5, dead=[2]))
    assert result.component_states["1"].tolist() == [C, U, U, U, C]


def test_a_scrape_that_was_refused_is_down_even_next_to_an_outage() -> None:
    result = measured([gauge([1, NO, NO])], [up([4, 4, 0], [4, 0, 0])], alive(3, dead=[2]))
    assert result.component_states["1"].tolist() == [C, D, U]


def test_the_last_minute_is_left_open_for_all_until_the_next_one_tells() -> None:
    result = measured([gauge([1, NO]), gauge([1, 1], "2", "b")], [], alive(2))
    assert [its.tolist() for its in (result.states, *result.component_states.values())] == [[C, P]] * 3
    assert result.values["2"].tolist() == [1, 0]


def test_a_minute_between_two_scrapes_of_a_minute_each_keeps_the_value() -> None:
    result = measured([gauge([3, NO, 4, NO, NO, 5])], [up([1, 0, 1, 0, 0, 1])], alive(6))
    assert result.values["1"].tolist() == [3, 3, 4, 4, 0, 5]
    assert result.component_states["1"].tolist() == [C, C, C, C, D, C]


def test_a_component_that_is_gone_for_a_day_is_retired() -> None:
    length = RETIRED_AFTER + 10
    there = gauge(np.ones(length).tolist(), "2", "b")
    gone = gauge([1.0] + [NO] * (length - 1))
    states = measured([gone, there], [], alive(length)).component_states["1"]
    assert states[: RETIRED_AFTER + 1].tolist() == [C] + [D] * RETIRED_AFTER
    assert states[RETIRED_AFTER + 1 :].tolist() == [P] * 9


def test_a_component_that_was_seen_before_the_stretch_is_missed_in_it() -> None:
    result = measured([gauge([1, 1, 1, 1], "2", "b")], [], alive(4), before={"1": -RETIRED_AFTER + 1})
    assert result.component_states["1"].tolist() == [D, D, P, P]


def test_a_platform_whose_components_have_all_retired_is_still_down() -> None:
    result = measure_minutes([], [], alive(3), 0, {}, known=True)
    assert result.states.tolist() == [D, D, D]


def test_what_a_slice_cannot_hold_is_brought_into_its_range() -> None:
    result = measured([gauge([-1, float("inf"), 2])], [], alive(3))
    assert result.values["1"].tolist() == [0, np.finfo(np.float64).max, 2]


minute = st.sampled_from([NO, 0.0, 1.0, 5.0])


@given(st.lists(st.tuples(minute, minute, st.booleans()), min_size=3, max_size=30), st.data())
def test_two_parts_give_the_minutes_of_the_whole(rows: list[tuple[float, float, bool]], data: st.DataObject) -> None:
    one, two = [row[0] for row in rows], [row[1] for row in rows]
    length = len(rows)
    living = np.array([row[2] or row[0] == row[0] or row[1] == row[1] for row in rows])
    gauges = [gauge(one), gauge(two, "2", "b")]
    whole = measured(gauges, [], living)
    cut = data.draw(st.integers(1, length - 1))
    head = measured([gauge(one[:cut]), gauge(two[:cut], "2", "b")], [], living[:cut])
    closed = cut - 1 if head.states[-1] == P else cut
    before = {
        name: int(np.flatnonzero(its[:closed] == C)[-1])
        for name, its in head.component_states.items()
        if (its[:closed] == C).any()
    }
    known = bool((head.states[:closed] == C).any() or (head.states[:closed] == D).any())
    tail = measure_minutes(gauges, [], living, closed, before, known=known)
    for part, rest, all_of_it in (
        (head.states, tail.states, whole.states),
        *((head.component_states[name], tail.component_states[name], whole.component_states[name]) for name in "12"),
    ):
        assert [*part[:closed], *rest] == list(all_of_it)
