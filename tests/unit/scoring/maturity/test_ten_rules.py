"""The ten rules of the maturity level, each with an example worked out by hand.

Gating are L1.1; L2.1, L2.3; L3.1–6; L4.1–6; L5.1–6. Deficits (L1.2, L1.3, L1.4, L2.2, L2.4) never are.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from scoring.maturity.changes import compare
from scoring.maturity.checklist import Contradiction
from scoring.maturity.results import Result, index_words, score
from scoring.maturity.rubric import Answer, Dimension, IndicatorId, Polarity
from scoring.maturity.sheets import Basis, Ratings, Sheet, SheetError
from scoring.maturity.staging import Transition
from tests.unit.scoring.maturity.papers import (
    DEFICITS,
    RUBRIC,
    answers,
    indicator,
    level_ids,
    rated,
    rubric_of,
    sheet,
)


def result(**words: str) -> Result:
    return score(RUBRIC, sheet(**words))


# 1: five answers; unknown is not no; n/a leaves the denominator; fewer than half applicable cannot be assessed.


def test_a_missing_answer_is_unknown_and_not_no() -> None:
    # Levels 1 and 2 are answered, level 3 is not: with every blank a no it is level 2, with every blank a yes level 5.
    found = result(yes=level_ids(1, 2))
    assert (found.low.level, found.high.level) == (2, 5)
    assert found.answers[IndicatorId("L3.1")] is Answer.UNKNOWN


def test_what_does_not_apply_leaves_the_denominator() -> None:
    # Level 3 has six; two do not apply, of the four others one is satisfied: 1/4, index 2 1/4. A no would make 1/6.
    found = result(yes=f"{level_ids(1, 2)} L3.1", na="L3.5 L3.6", no="L3.2 L3.3 L3.4 " + level_ids(4, 5))
    assert found.index == Fraction(9, 4)
    assert result(yes=f"{level_ids(1, 2)} L3.1", no="L3.2 L3.3 L3.4 L3.5 L3.6").index == Fraction(13, 6)


def test_a_level_of_which_half_applies_can_be_assessed_and_one_with_less_stops_the_level_below_it() -> None:
    half = result(yes=level_ids(1, 2, 3) + " L4.1 L4.2 L4.3", na="L4.4 L4.5 L4.6", no=level_ids(5))
    assert (half.level, half.not_assessable) == (4, ())
    # Two of six apply: level 4 cannot be assessed, though both are satisfied and all of level 5 is.
    less = result(yes=level_ids(1, 2, 3, 5) + " L4.1 L4.2", na="L4.3 L4.4 L4.5 L4.6")
    assert (less.level, less.index, less.not_assessable) == (3, Fraction(3), (4,))
    assert less.headline == "Level 3; level 4 cannot be assessed: 2 of 6 indicators apply"


def test_half_of_two_applies_when_one_does() -> None:
    # L2.1 does not apply, L2.3 is satisfied: one of two applies, which is half, and all that applies is there.
    assert result(yes="L1.1 L2.3", na="L2.1", no=level_ids(3, 4, 5)).level == 2


def test_without_a_first_level_that_can_be_assessed_there_is_no_index() -> None:
    found = result(na="L1.1", yes=level_ids(2, 3, 4, 5))
    assert (found.level, found.index, found.high.index, found.not_assessable) == (0, None, None, (1,))
    assert found.headline == "No level; level 1 cannot be assessed: 0 of 1 indicators apply"


def test_a_level_that_asks_nothing_is_not_reached_for_free() -> None:
    rubric = rubric_of(indicator("L1.1"), indicator("L3.1"))
    found = score(rubric, Sheet(answers(yes="L1.1 L3.1")))
    assert (found.level, found.not_assessable) == (1, (2, 4, 5))


# 2: satisfied when yes, or when anything that supersedes it is yes; what is itself n/a is left out.


def test_a_superseding_yes_satisfies() -> None:
    # L3.1 supersedes L1.1 and L2.1, L3.5 supersedes L2.3: levels 1 and 2 without one yes of their own, 2/6 of level 3.
    found = result(yes="L3.1 L3.5", no="L1.1 L2.1 L2.3 L3.2 L3.3 L3.4 L3.6 " + level_ids(4, 5))
    assert (found.level, found.index) == (2, Fraction(7, 3))


def test_superseding_is_not_handed_on() -> None:
    # Made up: c supersedes b and b supersedes a. A yes to c satisfies b and not a, since b itself is not answered yes.
    rubric = rubric_of(
        indicator("a", Polarity.DESCRIPTOR, ("b",), level=1),
        indicator("b", Polarity.DESCRIPTOR, ("c",), level=2),
        indicator("c", level=3),
        *(indicator(f"L{level}.1") for level in (4, 5)),
    )
    assert score(rubric, Sheet(answers(yes="c", no="a b L4.1 L5.1"))).level == 0


def test_a_partial_superseding_answer_satisfies_nothing() -> None:
    assert result(partial="L3.1", no="L1.1 L2.1 L2.3").level == 0


def test_an_indicator_that_does_not_apply_is_left_out_even_where_what_supersedes_it_is_yes() -> None:
    # L2.1 n/a: level 2 is L2.3 alone, which is a no. 0 of 1, not 1 of 2.
    found = result(yes="L1.1 L3.1", na="L2.1", no="L2.3 L3.2 L3.3 L3.4 L3.5 L3.6")
    assert (found.level, found.index) == (1, Fraction(1))


# 3: the highest level up to which everything is complete; 0 is "not streaming yet".


def test_nothing_answered_yes_is_not_streaming_yet() -> None:
    found = result(no=level_ids(1, 2, 3, 4, 5))
    assert (found.level, found.index, found.headline) == (0, Fraction(0), "Not streaming yet")


def test_a_gap_below_holds_the_level_down_whatever_is_above() -> None:
    found = result(yes=level_ids(1, 3, 4, 5).replace("L3.5", ""), no="L2.3 L3.5")
    # L2.1 is superseded by L3.1; L2.3 is not, as L3.5 is a no: 1 of 2 on level 2.
    assert (found.level, found.index) == (1, Fraction(3, 2))


def test_all_is_level_five() -> None:
    found = result(yes=level_ids(1, 2, 3, 4, 5))
    assert (found.level, found.index, found.transition, found.headline) == (5, Fraction(5), Transition.NONE, "Level 5")


@pytest.mark.parametrize("answer", list(Answer))
def test_a_deficit_never_gates(answer: Answer) -> None:
    given = answers(yes=level_ids(1, 2, 3, 4, 5)) | {IndicatorId(one): answer for one in DEFICITS}
    assert score(RUBRIC, Sheet(given)).headline == "Level 5"


# 4: in transition above 15 %, largely above 50 %.


@pytest.mark.parametrize(
    ("satisfied", "transition"),
    [(0, "none"), (1, "in transition"), (2, "in transition"), (3, "in transition"), (4, "largely"), (5, "largely")],
)
def test_shares_of_six(satisfied: int, transition: str) -> None:
    # 1/6 is 16.7 %, above 15; 3/6 is exactly 50 % and not above it; 4/6 is 66.7 %.
    six = level_ids(3).split()
    found = result(yes=" ".join([level_ids(1, 2), *six[:satisfied]]), no=" ".join([*six[satisfied:], level_ids(4, 5)]))
    assert found.transition.value == transition
    assert found.index == 2 + Fraction(satisfied, 6)


def test_the_edges_are_strict() -> None:
    # Twenty on level 1: 3 of 20 is exactly 15 %, 10 of 20 exactly 50 %.
    twenty = [indicator(f"L1.{number}") for number in range(20)]
    rubric = rubric_of(*twenty, *(indicator(f"L{level}.1") for level in (2, 3, 4, 5)))

    def transition(yes: int) -> str:
        return score(rubric, Sheet({one.id: Answer.YES for one in twenty[:yes]})).transition.value

    assert [transition(yes) for yes in (3, 4, 10, 11)] == ["none", "in transition", "in transition", "largely"]


def test_a_next_level_that_cannot_be_assessed_is_no_transition() -> None:
    found = result(yes="L1.1 L2.1 L2.3 L3.1 L3.2", na="L3.3 L3.4 L3.5 L3.6")
    assert (found.level, found.index, found.transition) == (2, Fraction(2), Transition.NONE)


# 5: index; ahead of level.


def test_what_is_above_the_next_level_is_shown_and_not_added() -> None:
    found = result(yes="L1.1 L2.1 L2.3 L3.1 L4.1 L5.6", no="L3.2 L3.3 L3.4 L3.5 L3.6", partial="L4.2")
    assert found.index == 2 + Fraction(1, 6)
    assert found.ahead == ("L4.1", "L5.6")


def test_what_is_on_the_next_level_is_not_ahead() -> None:
    assert result(yes="L1.1 L2.1 L2.3 L3.1").ahead == ()
    # Not streaming yet because nobody says so: level 1 comes next, so level 2 is ahead; deficits never are.
    assert result(no="L1.1", yes="L2.3 L2.4").ahead == ("L2.3",)


def test_an_index_is_shown_with_two_digits_and_never_as_a_level_that_is_not_confirmed() -> None:
    assert index_words(Fraction(8, 3)) == "2.67"
    assert index_words(Fraction(2)) == "2.00"
    assert index_words(2 + Fraction(499, 500)) == "2.99"
    assert index_words(Fraction(5)) == "5.00"
    assert index_words(None) == "none"


# 6: bounds.


def test_bounds_take_unknown_as_no_and_as_yes() -> None:
    # Level 3 has four yes, two unknown: 2 4/6 or level 3. At level 3 the next has one yes of six: 3 1/6.
    found = result(yes="L1.1 L2.1 L2.3 L3.1 L3.2 L3.3 L3.4 L4.1", unknown="L3.5 L3.6", no="L4.2 L4.3 L4.4 L4.5 L4.6")
    assert (found.low.index, found.high.index) == (Fraction(8, 3), Fraction(19, 6))
    assert (found.low.level, found.high.level) == (2, 3)
    assert found.headline == "Level 2 to 3, 2 answers missing"
    # The transition is that of the lower bound, and what is ahead is above the level after it.
    assert (found.transition, found.ahead) == (Transition.LARGELY, ("L4.1",))


def test_only_unknowns_that_can_change_something_are_counted() -> None:
    # Level 3 cannot be complete (L3.2 is a no), so level 4 is out of reach: its blanks and the deficits' count nothing.
    # L2.1 is unknown, but L3.1 supersedes it. L3.4 is what is left: 4/6 or 5/6.
    found = result(yes="L1.1 L2.3 L3.1 L3.3 L3.5 L3.6", no="L3.2", unknown="L1.2 L2.1 L2.2 L3.4 L4.1 L5.1")
    assert found.missing == ("L3.4",)
    assert (found.low.index, found.high.index) == (Fraction(8, 3), Fraction(17, 6))
    assert found.headline == "Level 2, largely at 3, 1 answer missing"


def test_an_unknown_that_supersedes_can_change_the_level_far_below_it() -> None:
    # L1.1 is a no; only a yes to L2.1 or L3.1 reaches level 1. Level 2 is out of reach, as L2.3 and L3.5 are a no.
    found = result(no="L1.1 L2.3 L3.5", unknown="L2.1 L3.1", partial="L3.2 L3.3 L3.4 L3.6")
    assert found.missing == ("L2.1", "L3.1")
    # As no: 0. As yes: level 1, and L2.1 of two on level 2.
    assert (found.low.index, found.high.index) == (Fraction(0), Fraction(3, 2))
    assert found.headline == "Level 0 to 1, 2 answers missing"


def test_an_unknown_on_a_level_that_cannot_be_assessed_changes_nothing() -> None:
    # Two of six apply on level 3, whatever they are.
    found = result(yes="L1.1 L2.1 L2.3 L3.1", na="L3.3 L3.4 L3.5 L3.6", unknown="L3.2 L4.1")
    assert (found.missing, found.low.index, found.high.index) == ((), Fraction(2), Fraction(2))
    assert found.headline == "Level 2; level 3 cannot be assessed: 2 of 6 indicators apply"


def test_an_unknown_that_would_satisfy_only_what_does_not_apply_changes_nothing() -> None:
    # L3.1 would supersede L2.1, which does not apply; L2.3 is a no, so level 3 is out of reach.
    assert result(yes="L1.1", na="L2.1", no="L2.3 L3.5", unknown="L3.1").missing == ()


def test_nothing_answered_is_everything_between() -> None:
    found = result()
    assert (found.low.index, found.high.index) == (Fraction(0), Fraction(5))
    # All 21 gating indicators count.
    assert found.headline == "Level 0 to 5, 21 answers missing"


# 7: profile level.


def test_the_profile_level_is_the_highest_whose_every_rating_is_reached() -> None:
    # Level 3 wants 4, 4, 3, 4, 3; level 4 wants 5 in Technology.
    assert score(RUBRIC, Sheet(ratings=(rated("a", 4, 4, 3, 4, 3),))).profile.level == 3
    assert score(RUBRIC, Sheet(ratings=(rated("a", 4, 3, 5, 5, 5),))).profile.level == 2
    assert score(RUBRIC, Sheet(ratings=(rated("a", 5, 5, 4, 5, 4),))).profile.level == 4
    assert score(RUBRIC, Sheet(ratings=(rated("a", 5, 5, 5, 5, 5),))).profile.level == 5


def test_below_the_profile_of_level_one_is_zero_and_an_unrated_dimension_is_none() -> None:
    # Level 1 wants 2 in Technology.
    assert score(RUBRIC, Sheet(ratings=(rated("a", 1, 1, 1, 1, 2),))).profile.level == 0
    four = Ratings("a", {one: 5 for one in Dimension if one is not Dimension.SKILLS})
    assert score(RUBRIC, Sheet(ratings=(four,))).profile.level is None
    assert score(RUBRIC, Sheet()).profile.level is None


def test_a_tie_takes_the_lower_median_and_groups_stand_beside_the_pooled_median() -> None:
    # Technology: platform 5, 4; consumers 2, 3; one without a group 4. Pooled 2 3 4 4 5: 4. Platform 4 (of 4, 5),
    # consumers 2 (of 2, 3). The mean of the groups' medians, 3, is nowhere.
    ratings = tuple(
        Ratings(name, {Dimension.TECHNOLOGY: value}, group)
        for name, value, group in [
            ("a", 5, "platform"), ("b", 4, "platform"), ("c", 2, "consumers"), ("d", 3, "consumers"), ("e", 4, None),
        ]
    )  # fmt: skip
    found = score(RUBRIC, Sheet(ratings=ratings)).profile
    assert found.pooled[Dimension.TECHNOLOGY].median == 4
    assert {name: of[Dimension.TECHNOLOGY].median for name, of in found.groups.items()} == {
        "platform": 4,
        "consumers": 2,
    }
    assert {name: of[Dimension.TECHNOLOGY].n for name, of in found.groups.items()} == {"platform": 2, "consumers": 2}
    assert found.level is None


def test_people_and_checklist_are_two_numbers() -> None:
    found = score(RUBRIC, Sheet(answers(no=level_ids(1, 2, 3, 4, 5)), (rated("a", 5, 5, 5, 5, 5),)))
    assert (found.level, found.profile.level) == (0, 5)


# 8: no weights in a level.


def test_effort_and_impact_change_no_level() -> None:
    heavy = rubric_of(*(replace(one, effort=5, impact=1) for one in RUBRIC.indicators))
    given = Sheet(answers(yes="L1.1 L2.1 L2.3 L3.1 L4.1"))
    assert score(heavy, given).as_json() == score(RUBRIC, given).as_json()


# 9: contradictions.


def test_a_deficit_beside_its_superseding_capability_is_flagged_once_per_pair() -> None:
    found = result(yes="L1.2 L1.3 L2.4 L3.2 L3.3 L3.6 L1.4 L2.2", unknown="L3.4", partial="L3.1")
    # L3.2 answers both L1.2 and L2.4; L1.3 has two; L3.4 is unknown and L3.1 partial, so L1.4 and L2.2 have none.
    pairs = [("L1.2", "L3.2"), ("L1.3", "L3.3"), ("L1.3", "L3.6"), ("L2.4", "L3.2")]
    assert [(one.deficit, one.capability) for one in found.contradictions] == pairs


def test_a_descriptor_and_what_supersedes_it_do_not_contradict() -> None:
    assert result(yes="L1.1 L2.1 L2.3 L3.1 L3.5").contradictions == ()


# 10: the paper sheet's literal result.


def test_the_paper_sheet_takes_the_highest_level_whose_every_box_is_ticked() -> None:
    # All four boxes of level 2, two of them deficits. Level 1 is not looked at.
    assert result(yes="L2.1 L2.2 L2.3 L2.4", no="L1.1").literal_level == 2
    # Without the deficits it is not all boxes.
    assert result(yes="L2.1 L2.3", no="L2.2 L2.4").literal_level is None
    # Superseding means nothing on paper.
    assert result(yes="L3.1 L3.5 L2.2 L2.4", no="L2.1 L2.3").literal_level is None


def test_on_paper_what_does_not_apply_is_struck_out_but_one_box_has_to_be_left() -> None:
    assert result(yes="L5.1", na="L5.2 L5.3 L5.4 L5.5 L5.6").literal_level == 5
    assert result(na=level_ids(5), no="L4.1").literal_level is None
    assert result(yes=level_ids(4)[:-5], unknown="L4.6").literal_level is None


def test_curing_a_deficit_can_lower_the_literal_result_which_is_why_it_is_in_small_print() -> None:
    assert result(yes="L1.1 L1.2 L1.3 L1.4").literal_level == 1
    assert result(yes="L1.1 L1.2 L1.3", no="L1.4").literal_level is None


# What is said and what is refused.


def test_a_result_of_proposals_says_so() -> None:
    proposed = Sheet(answers(yes="L1.1 L2.1 L2.3", no=level_ids(3)), basis=Basis.PROPOSED)
    assert score(RUBRIC, proposed).headline == "Proposed: level 2"


def test_in_transition_reads_as_such() -> None:
    assert result(yes="L1.1 L2.1 L2.3 L3.1", no=level_ids(3)[5:]).headline == "Level 2, in transition to 3"


def test_an_answer_to_what_the_rubric_does_not_ask_is_refused() -> None:
    with pytest.raises(SheetError, match=r"answers\.L9\.9 is no indicator of rubric table 1; it asks L1\.1, L1\.2"):
        score(RUBRIC, sheet(yes="L9.9"))


def test_a_rating_off_the_scale_is_refused() -> None:
    with pytest.raises(SheetError, match="Technology must be a rating from 1 to 5, not 6"):
        rated("a", 6, 1, 1, 1, 1)


def test_a_comparison_says_what_changed() -> None:
    before = score(RUBRIC, Sheet(answers(yes="L1.1 L2.1 L2.3 L1.2", no=level_ids(3)), (rated("a", 3, 2, 2, 2, 2),)))
    after = score(
        RUBRIC,
        Sheet(
            answers(yes="L1.1 L2.1 L2.3 L1.2 L3.2", no=level_ids(3).replace("L3.2", "")), (rated("a", 4, 4, 3, 4, 3),)
        ),
    )
    changes = compare(before, after)
    assert {name: (one.before, one.after) for name, one in changes.answers.items()} == {"L3.2": ("no", "yes")}
    assert (changes.level.before, changes.level.after, changes.level.changed) == (2, 2, False)
    assert changes.index_gain == Fraction(1, 6)
    assert (changes.profile_level.before, changes.profile_level.after) == (2, 3)
    assert changes.medians[Dimension.GOVERNANCE].after == 4
    assert (changes.appeared, changes.resolved) == ((Contradiction(IndicatorId("L1.2"), IndicatorId("L3.2")),), ())
    assert compare(after, before).resolved == changes.appeared
    assert changes.same_rubric


def test_what_a_later_rubric_asks_newly_or_no_longer_is_a_change_of_its_own() -> None:
    smaller = rubric_of(*(one for one in RUBRIC.indicators if one.id != "L5.6"))
    changes = compare(score(RUBRIC, sheet(yes="L5.6")), score(smaller, sheet()))
    assert not changes.same_rubric
    assert [(name, one.before, one.after) for name, one in changes.answers.items()] == [("L5.6", Answer.YES, None)]
