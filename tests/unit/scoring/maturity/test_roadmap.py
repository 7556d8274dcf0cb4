"""The roadmap's order and states, worked out by hand."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.definitions.rubric import read_rubric
from scoring.maturity.roadmap import ItemId, ItemStatus, ItemStep, OwnItem, RoadmapError, Work, in_order, roadmap
from scoring.maturity.rubric import ActionKey, IndicatorId, RoadmapAction

SHIPPED = read_rubric().rubric
AT = datetime(2026, 11, 21, tzinfo=UTC)
TODAY = date(2026, 11, 21)


def action(name: str, impact: int, effort: int, *needs: str) -> RoadmapAction:
    return RoadmapAction(ActionKey(name), 2, name, "", effort, impact, needs=tuple(map(ActionKey, needs)))


def step(item: str, work: Work, version: int = 1, own: OwnItem | None = None) -> ItemStep:
    return ItemStep(ItemId(item), version, work, own, "eva", AT)


def names(actions: tuple[RoadmapAction, ...]) -> list[str]:
    return [one.id for one in actions]


def test_the_most_impact_for_the_least_effort_comes_first() -> None:
    assert names(in_order([action("a", 3, 3), action("b", 5, 2), action("c", 2, 4)])) == ["b", "a", "c"]


def test_nothing_comes_before_what_it_needs_however_good_it_is() -> None:
    # d is worth 5, but needs c, which needs a: a 1, c 1/2, then d; b (3/4) comes between a and c.
    found = in_order([action("d", 5, 1, "c"), action("c", 1, 2, "a"), action("b", 3, 4), action("a", 2, 2)])
    assert names(found) == ["a", "b", "c", "d"]


def test_equal_ones_stay_as_the_rubric_has_them() -> None:
    assert names(in_order([action("y", 4, 4), action("x", 2, 2), action("z", 1, 1)])) == ["y", "x", "z"]


def test_a_need_that_is_not_on_the_list_is_taken_as_met() -> None:
    assert names(in_order([action("a", 1, 1, "from another level")])) == ["a"]


def test_a_circle_is_named() -> None:
    with pytest.raises(RoadmapError, match="a, b need each other"):
        in_order([action("a", 1, 1, "b"), action("b", 1, 1, "a")])


def test_the_shipped_way_from_two_to_three_by_hand() -> None:
    # Ratios: R2.7 5/2, R2.4 4/3, R2.2 5/4, R2.1 5/5, R2.3 4/4 (needs R2.1 and R2.4), R2.5 3/3, R2.6 3/4 (needs R2.1).
    found = roadmap(SHIPPED, 2, frozenset())
    assert [one.item for one in found.open] == ["R2.7", "R2.4", "R2.2", "R2.1", "R2.3", "R2.5", "R2.6"]
    by_name = {one.item: one for one in found.open}
    assert by_name[ItemId("R2.3")].waits_for == ("R2.1", "R2.4")
    assert by_name[ItemId("R2.7")].ratio == Fraction(5, 2)
    assert by_name[ItemId("R2.7")].lacking == ("L3.4",)


@given(
    st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5), st.sets(st.integers(0, 11))), min_size=1, max_size=12),
    st.randoms(use_true_random=False),
)
def test_everything_comes_once_and_after_its_needs(drawn: list[tuple[int, int, set[int]]], shuffled: object) -> None:
    actions = [
        action(str(number), impact, effort, *(str(need) for need in sorted(needs) if need < number))
        for number, (impact, effort, needs) in enumerate(drawn)
    ]
    shuffled.shuffle(actions)  # type: ignore[attr-defined]
    found = names(in_order(actions))
    assert sorted(found) == sorted(one.id for one in actions)
    for one in actions:
        assert all(found.index(need) < found.index(one.id) for need in one.needs)


def test_what_is_satisfied_already_is_not_asked_for_unless_somebody_took_it_on() -> None:
    satisfied = frozenset({IndicatorId("L3.4"), IndicatorId("L3.1")})
    found = roadmap(SHIPPED, 2, satisfied)
    assert {one.item for one in found.settled} == {"R2.7", "R2.1"}
    assert next(one for one in found.open if one.item == "R2.3").waits_for == ("R2.4",)
    taken = roadmap(SHIPPED, 2, satisfied, [step("R2.7", Work(ItemStatus.DOING))])
    assert "R2.7" in [one.item for one in taken.open]


def test_what_is_done_is_settled_and_lets_others_begin() -> None:
    found = roadmap(SHIPPED, 2, frozenset(), [step("R2.1", Work(ItemStatus.DONE, progress=100))])
    assert [one.item for one in found.settled] == ["R2.1"]
    assert next(one for one in found.open if one.item == "R2.6").waits_for == ()


def test_open_items_of_earlier_ways_are_carried_over_and_untouched_ones_are_not() -> None:
    steps = [step("R1.3", Work(ItemStatus.DOING, "ann", date(2026, 11, 20))), step("R1.4", Work(ItemStatus.DONE))]
    found = roadmap(SHIPPED, 2, frozenset(), steps)
    (carried,) = [one for one in found.open if one.carried]
    assert (carried.item, carried.version, carried.work.owner) == ("R1.3", 1, "ann")
    assert [one.item for one in found.settled] == ["R1.4"]
    assert [one.item for one in found.overdue(TODAY)] == ["R1.3"]


def test_due_today_is_not_overdue_and_what_is_done_never_is() -> None:
    due = Work(ItemStatus.PLANNED, due=TODAY)
    late = Work(ItemStatus.DONE, due=date(2020, 1, 1))
    found = roadmap(SHIPPED, 2, frozenset(), [step("R2.1", due), step("R2.2", late)])
    assert found.overdue(TODAY) == ()


def test_an_own_item_stands_among_the_others_by_its_ratio() -> None:
    own = OwnItem("Train the teams", 2, effort=1, impact=5)
    found = roadmap(SHIPPED, 2, frozenset(), [step("own-1", Work(), own=own)])
    assert (found.open[0].item, found.open[0].own, found.open[0].ratio) == ("own-1", True, Fraction(5))


def test_from_level_zero_the_way_from_one_is_shown_and_at_the_top_none() -> None:
    assert {one.action.from_level for one in roadmap(SHIPPED, 0, frozenset()).open} == {1}
    assert roadmap(SHIPPED, 5, frozenset()).every == ()
