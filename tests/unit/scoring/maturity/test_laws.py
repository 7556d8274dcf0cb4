"""Laws that every result obeys, and the whole of it against the rules read once more from the page."""

from __future__ import annotations

import random
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.maturity.paths import next_level
from scoring.maturity.results import Result, score
from scoring.maturity.rubric import Answer, Dimension, IndicatorId, Rubric
from scoring.maturity.sheets import Ratings, Sheet
from scoring.maturity.unknowns import weights
from tests.unit.scoring.maturity.papers import ALL, BY_LEVEL, DEFICITS, GATING, RUBRIC, SUPERSEDED, on_paper

Given = dict[IndicatorId, Answer]


def sheets(likely: Answer = Answer.YES) -> st.SearchStrategy[Given]:
    """Answers that reach every level now and then: mostly one answer, some of every other."""
    few = st.dictionaries(st.sampled_from([IndicatorId(one) for one in ALL]), st.sampled_from(list(Answer)), max_size=9)
    levels = st.integers(0, 5)

    def filled(exceptions: Given, up_to: int) -> Given:
        base = {IndicatorId(one): likely if int(one[1]) <= up_to else Answer.NO for one in GATING}
        return base | exceptions

    anything = st.dictionaries(st.sampled_from([IndicatorId(one) for one in ALL]), st.sampled_from(list(Answer)))
    return st.one_of(anything, st.builds(filled, few, levels))


def numbers(result: Result) -> tuple[int, float, int, float]:
    """Level and index of both bounds; an index that does not exist counts as lowest."""
    found = result.as_json()
    return (
        found["level"],
        -1 if found["index"] is None else found["index"],
        found["level_high"],
        -1 if found["index_high"] is None else found["index_high"],
    )


def never_lower(before: Result, after: Result) -> bool:
    return all(new >= old for old, new in zip(numbers(before), numbers(after), strict=True))


@given(sheets())
def test_level_and_index_are_those_of_the_page(answers: Given) -> None:
    found = score(RUBRIC, Sheet(answers))
    assert (found.low.level, found.low.index) == on_paper(answers)
    assert (found.high.level, found.high.index) == on_paper(answers, unknown_as_yes=True)


@given(sheets())
def test_the_index_lies_between_the_level_and_the_next_one(answers: Given) -> None:
    found = score(RUBRIC, Sheet(answers))
    for bound in (found.low, found.high):
        if bound.index is not None:
            assert bound.level <= bound.index < bound.level + 1
            assert (bound.level == 5) == (bound.index == 5)
    assert found.low.level <= found.high.level


@given(sheets(), st.sampled_from(DEFICITS), st.sampled_from([Answer.NO, Answer.PARTIAL, Answer.NOT_APPLICABLE]))
def test_curing_a_deficit_never_lowers_anything(answers: Given, deficit: str, cured: Answer) -> None:
    """All but the paper sheet's literal result, which wants deficits ticked and is in small print for that."""
    before = score(RUBRIC, Sheet(answers | {IndicatorId(deficit): Answer.YES}))
    after = score(RUBRIC, Sheet(answers | {IndicatorId(deficit): cured}))
    assert numbers(after) == numbers(before)
    assert (after.transition, after.ahead, after.missing) == (before.transition, before.ahead, before.missing)
    assert after.not_assessable == before.not_assessable
    assert set(after.contradictions) <= set(before.contradictions)


@given(sheets(), st.sampled_from(GATING))
def test_a_gating_yes_never_lowers_anything(answers: Given, indicator: str) -> None:
    """Whatever it was before, n/a too."""
    before = score(RUBRIC, Sheet(answers))
    after = score(RUBRIC, Sheet(answers | {IndicatorId(indicator): Answer.YES}))
    assert never_lower(before, after)
    assert (after.literal_level or 0) >= (before.literal_level or 0)
    assert set(after.not_assessable) <= set(before.not_assessable)


@given(sheets(), st.sampled_from(ALL))
def test_not_knowing_what_was_known_only_widens_the_bounds(answers: Given, indicator: str) -> None:
    """Of what is answered on the scale. To doubt an n/a is another thing: it makes the level ask for more."""
    if answers.get(IndicatorId(indicator)) is Answer.NOT_APPLICABLE:
        return
    known = numbers(score(RUBRIC, Sheet(answers)))
    unknown = numbers(score(RUBRIC, Sheet(answers | {IndicatorId(indicator): Answer.UNKNOWN})))
    assert unknown[0] <= known[0]
    assert unknown[1] <= known[1]
    assert unknown[2] >= known[2]
    assert unknown[3] >= known[3]


ratings = st.lists(
    st.tuples(st.dictionaries(st.sampled_from(list(Dimension)), st.integers(1, 5)), st.sampled_from([None, "x", "y"])),
    max_size=8,
)


@given(sheets(), ratings, st.integers(0, 1000))
def test_no_order_matters(answers: Given, rated: list[tuple[dict[Dimension, int], str | None]], seed: int) -> None:
    shuffle = random.Random(seed)
    people = [Ratings(str(place), given, group) for place, (given, group) in enumerate(rated)]
    listed = list(answers.items())
    one = score(RUBRIC, Sheet(answers, tuple(people)))
    shuffle.shuffle(people)
    shuffle.shuffle(listed)
    assert score(RUBRIC, Sheet(dict(listed), tuple(people))) == one


@given(sheets(), st.integers(0, 1000))
def test_the_order_of_the_rubric_matters_for_no_number(answers: Given, seed: int) -> None:
    asked = list(RUBRIC.indicators)
    random.Random(seed).shuffle(asked)
    other = Rubric("table", "1", "en", RUBRIC.levels, RUBRIC.dimensions, tuple(asked), (), ())
    mixed, ordered = score(other, Sheet(answers)), score(RUBRIC, Sheet(answers))
    assert numbers(mixed) == numbers(ordered)
    assert set(mixed.contradictions) == set(ordered.contradictions)
    assert set(mixed.missing) == set(ordered.missing)


@settings(max_examples=60, deadline=None)
@given(sheets(), st.sets(st.sampled_from(ALL), max_size=6))
def test_the_unknowns_that_are_counted_are_those_that_change_something_in_some_case(
    answers: Given, blanks: set[str]
) -> None:
    """Every combination of yes and no for at most six unknowns, by the rules as read from the page."""
    known = {IndicatorId(one): Answer.NO for one in ALL} | {
        one: Answer.NO if answer is Answer.UNKNOWN else answer for one, answer in answers.items()
    }
    unknown = sorted(IndicatorId(one) for one in blanks)
    levels = {
        case: on_paper(known | dict(zip(unknown, case, strict=True)))
        for case in product([Answer.YES, Answer.NO], repeat=len(unknown))
    }
    changing = {
        one
        for place, one in enumerate(unknown)
        if any(levels[case] != levels[(*case[:place], Answer.NO, *case[place + 1 :])] for case in levels)
    }
    assert set(score(RUBRIC, Sheet(known | dict.fromkeys(unknown, Answer.UNKNOWN))).missing) == changing


def reaching(answers: Given, target: int) -> set[frozenset[str]]:
    """The smallest sets of gating indicators whose yes reaches a level: all sets, the small ones first.

    Only those that could be of use are tried: what the levels up to it ask, and what supersedes that.
    """
    useful = {one for level in range(1, target + 1) for box in BY_LEVEL[level] for one in (box, *SUPERSEDED[box])}
    could = sorted(one for one in useful if answers.get(IndicatorId(one)) not in (Answer.YES, Answer.NOT_APPLICABLE))
    for size in range(len(could) + 1):
        found = {
            frozenset(tried)
            for tried in combinations(could, size)
            if on_paper(answers | {IndicatorId(one): Answer.YES for one in tried})[0] >= target
        }
        if found:
            return found
    return set()


@settings(max_examples=60, deadline=None)
@given(sheets())
def test_what_would_move_the_level_is_what_trying_every_set_finds(answers: Given) -> None:
    level, _ = on_paper(answers)
    found = next_level(RUBRIC, Sheet(answers))
    if level == 5:
        assert found.level is None
        assert found.paths == ()
        return
    assert found.level == level + 1
    assert {frozenset(path.indicators) for path in found.paths} == reaching(answers, level + 1)
    for path in found.paths:
        assert path.reaches == on_paper(answers | dict.fromkeys(path.indicators, Answer.YES))[0] > level
        assert set(DEFICITS).isdisjoint(path.indicators)
        assert path.unknown == tuple(
            one for one in path.indicators if answers.get(one, Answer.UNKNOWN) is Answer.UNKNOWN
        )


@given(sheets())
def test_the_unknown_that_matters_most_is_the_one_whose_answer_leaves_the_least_between_the_bounds(
    answers: Given,
) -> None:
    everything = {IndicatorId(one): answers.get(IndicatorId(one), Answer.UNKNOWN) for one in ALL}

    def left_between(indicator: IndicatorId) -> float:
        """The width of the bounds after an answer, a yes and a no taken together."""
        width = 0.0
        for answer in (Answer.YES, Answer.NO):
            then = score(RUBRIC, Sheet(everything | {indicator: answer}))
            width += float((then.high.index or 0) - (then.low.index or 0))
        return width

    found = weights(RUBRIC, Sheet(everything))
    assert {one.indicator for one in found} == set(score(RUBRIC, Sheet(everything)).missing)
    if found:
        best = left_between(found[0].indicator)
        assert all(left_between(one.indicator) >= best - 1e-9 for one in found)
