"""What may be shown of groups so that nobody is exposed: cases by hand, and an attacker who subtracts.

The attacker knows who is in which group and sees every shown distribution. They try every whole-number weighting of
what is shown, from −3 to 3, and have somebody when what remains is about one or two people.
"""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.maturity.disclosure import disclosed, exposes


def groups(**sizes: int) -> dict[str, frozenset[str]]:
    return {name: frozenset(f"{name}{number}" for number in range(size)) for name, size in sizes.items()}


def shown(parts: dict[str, frozenset[str]], also: int = 0) -> set[str]:
    """Names of the shown; `also`: how many voted without a group."""
    people = frozenset().union(*parts.values()) | {f"other{number}" for number in range(also)}
    found = disclosed(parts, people, people)
    return {"all", *found.parts} if found.everybody else set()


@pytest.mark.parametrize(
    ("sizes", "may_be_shown"),
    [
        ({"a": 2}, set()),
        ({"a": 3}, {"all", "a"}),
        ({"a": 3, "b": 2}, {"all"}),
        ({"a": 3, "b": 3}, {"all", "a", "b"}),
        ({"a": 2, "b": 2}, {"all"}),
        ({"a": 1, "b": 1, "c": 1}, {"all"}),
        ({"a": 5, "b": 4, "c": 2}, {"all", "a"}),
        ({"a": 5, "b": 3, "c": 1}, {"all", "a"}),
        ({"a": 4, "b": 1, "c": 1}, {"all"}),
        ({"a": 4, "b": 2, "c": 2}, {"all", "a"}),
        ({"a": 3, "b": 3, "c": 3}, {"all", "a", "b", "c"}),
        ({"a": 9, "b": 0}, {"all", "a"}),
    ],
)
def test_groups_that_do_not_overlap(sizes: dict[str, int], may_be_shown: set[str]) -> None:
    assert shown(groups(**sizes)) == may_be_shown


def test_who_has_no_group_is_left_over_too() -> None:
    assert shown(groups(a=4, b=4), also=2) == {"all", "a"}
    assert shown(groups(a=4, b=4), also=3) == {"all", "a", "b"}


def test_a_unit_that_has_one_more_than_a_group_exposes_that_one() -> None:
    # Group {1,2,3} in unit {1,2,3,4}: the unit less the group is person 4.
    parts = {"group": frozenset("123"), "unit": frozenset("1234"), "rest": frozenset("5678")}
    assert shown(parts) == {"all", "rest", "unit"}


def test_groups_and_units_together_can_expose_where_neither_does_alone() -> None:
    # Two groups of four and two units of four over eight people, which differ by one exchange: a = 1234, b = 5678,
    # x = 1235, y = 4678. Then a − x is what person 4 voted less what person 5 did; two votes seldom hide each other.
    crossed = [frozenset("1234"), frozenset("5678"), frozenset("1235"), frozenset("4678")]
    assert not exposes(crossed[:2], set("12345678"))
    assert not exposes(crossed[2:], set("12345678"))
    assert exposes(crossed, set("12345678"))


def test_three_have_to_be_on_the_scale_and_dont_know_hides_nobody() -> None:
    parts = groups(a=3, b=4)
    everybody = parts["a"] | parts["b"]
    # Of a two do not know: one vote is no distribution, and all less b would be that one.
    assert disclosed(parts, everybody, everybody - {"a0", "a1"}).parts == set()
    # Of b's four one does not know: three are left on the scale on either side.
    assert disclosed(parts, everybody, everybody - {"b0"}).parts == {"a", "b"}
    # One without a group, who does not know: all less a and b would say so, though nobody on the scale is left over.
    assert disclosed(parts, everybody | {"alone"}, everybody).parts == {"b"}
    assert not disclosed(parts, everybody, frozenset({"a0", "b0"})).everybody


def caught(sets: list[frozenset[str]], people: frozenset[str]) -> bool:
    """True when some weighting of the shown sums, each from −3 to 3, is about one or two people."""
    order = sorted(people)
    rows = np.array([[one in members for one in order] for members in [people, *sets]], dtype=int)
    for weights in product(range(-3, 4), repeat=len(rows)):
        about = np.count_nonzero(np.array(weights) @ rows)
        if 0 < about < 3:
            return True
    return False


PEOPLE = "12345678"
overlapping = st.dictionaries(
    st.sampled_from("abcd"), st.frozensets(st.sampled_from(PEOPLE), min_size=1), min_size=1, max_size=3
)


@settings(max_examples=150, deadline=None)
@given(overlapping, st.frozensets(st.sampled_from(PEOPLE), min_size=3))
def test_nobody_can_be_had_by_weighing_what_is_shown(parts: dict[str, frozenset[str]], people: frozenset[str]) -> None:
    found = disclosed(parts, people, people)
    assert found.everybody
    assert not caught([parts[name] & people for name in found.parts], people)


@settings(max_examples=300, deadline=None)
@given(st.lists(st.frozensets(st.sampled_from(PEOPLE)), max_size=5), st.frozensets(st.sampled_from(PEOPLE)))
def test_somebody_is_exposed_exactly_when_leaving_them_out_makes_the_shown_sums_depend_on_each_other(
    sets: list[frozenset[str]], people: frozenset[str]
) -> None:
    """A weighted sum about one or two people is nothing to everybody else; so without them a rank is lost."""
    order = sorted(people)
    shown_sums = np.array([[one in members for one in order] for members in [people, *sets]], dtype=float)
    rank = np.linalg.matrix_rank(shown_sums) if order else 0
    few = [some for number in (1, 2) for some in combinations(range(len(order)), number)]
    lost = any(
        rank > (np.linalg.matrix_rank(np.delete(shown_sums, some, axis=1)) if len(order) > len(some) else 0)
        for some in few
    )
    assert exposes(sets, people) == lost


@settings(max_examples=150, deadline=None)
@given(st.lists(st.integers(0, 7), min_size=1, max_size=4), st.integers(0, 4))
def test_of_groups_that_do_not_overlap_no_union_of_shown_or_left_over_is_small(sizes: list[int], others: int) -> None:
    parts = groups(**{f"g{place}": size for place, size in enumerate(sizes)})
    total = sum(sizes) + others
    names = shown(parts, also=others) - {"all"}
    for number in range(len(names) + 1):
        for some in combinations(sorted(names), number):
            together = sum(len(parts[name]) for name in some)
            assert together == 0 or together >= 3
            assert total < 3 or total - together == 0 or total - together >= 3


@given(st.frozensets(st.sampled_from(PEOPLE), min_size=3), st.frozensets(st.sampled_from(PEOPLE)))
def test_one_part_is_shown_exactly_when_it_and_its_complement_are_empty_or_three(
    people: frozenset[str], part: frozenset[str]
) -> None:
    inside, outside = len(part & people), len(people - part)
    expected = {"part"} if inside >= 3 and (outside == 0 or outside >= 3) else set()
    assert disclosed({"part": part}, people, people).parts == expected
