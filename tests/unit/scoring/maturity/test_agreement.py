"""Agreement on one question: numbers by hand, the edges of the rule to discuss, the words."""

from __future__ import annotations

import random
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.maturity.agreement import agreement, reliability
from scoring.maturity.rubric import Answer
from scoring.maturity.votes import Cast, Scale, Tally, Vote, proposal, tally

Y, P, N = Vote.YES, Vote.PARTIAL, Vote.NO
DK, NA, LOOKING_ON = Vote.DONT_KNOW, Vote.NOT_APPLICABLE, Vote.OBSERVER


def ratings(*values: int, dont_know: int = 0) -> Tally:
    return Tally(Scale.RATINGS, tuple(sorted(values)), dont_know)


def test_votes_on_the_scale_are_counted_and_abstentions_apart() -> None:
    found = tally(Scale.ANSWERS, [Y, N, DK, P, NA, LOOKING_ON, Y, DK])
    assert (found.values, found.dont_know, found.not_applicable) == ((0, 1, 2, 2), 2, 1)
    assert found.distribution == {0: 1, 1: 1, 2: 2}


def test_a_value_off_the_scale_is_refused() -> None:
    with pytest.raises(ValueError, match="3 is not on the scale of answers"):
        Tally(Scale.ANSWERS, (1, 3))


def test_numbers_of_a_small_example() -> None:
    # 1 2 4 5: lower median 2; quartiles at places 0.75 and 2.25 of 0..3: 1.75 and 4.25; within one of 2: 1 and 2.
    found = agreement(ratings(5, 1, 4, 2))
    assert (found.n, found.median, found.range) == (4, 2, 4)
    assert found.iqr == Fraction(5, 2)
    assert found.within_one == Fraction(1, 2)
    # Four votes: the range decides alone, though the middle half is wide and only half are close.
    assert found.reasons == ("spread 4: from 1 to 5",)


def test_nothing_on_the_scale_leaves_everything_undefined() -> None:
    found = agreement(ratings())
    assert (found.n, found.median, found.iqr, found.range, found.within_one) == (0, None, None, None, None)
    assert not found.discuss


def test_up_to_seven_a_range_of_two_is_to_be_discussed() -> None:
    assert agreement(ratings(2, 2, 2, 2, 2, 2, 4)).reasons == ("spread 2: from 2 to 4",)
    assert not agreement(ratings(2, 2, 2, 2, 3, 3, 3)).discuss
    assert agreement(tally(Scale.ANSWERS, [Y, Y, N])).reasons == ("spread 2: from no to yes",)


def test_above_seven_one_far_vote_is_not() -> None:
    # Eight: seven 2 and a 4. Range 2, quartiles 2 and 2, seven of eight (87.5 %) within one.
    assert not agreement(ratings(2, 2, 2, 2, 2, 2, 2, 4)).discuss


def test_above_seven_a_wide_middle_half_is() -> None:
    # 1 1 1 2 3 3 3 3: quartiles at places 1.75 and 5.25: 1 and 3. Lower median 2, all within one.
    found = agreement(ratings(1, 1, 1, 2, 3, 3, 3, 3))
    assert (found.median, found.iqr, found.within_one) == (2, Fraction(2), Fraction(1))
    assert found.reasons == ("the middle half spans 2 steps",)


def test_an_interquartile_range_of_exactly_one_is_agreed() -> None:
    # Nine: places 2 and 6 exactly: 2 and 3.
    assert agreement(ratings(1, 2, 2, 2, 2, 3, 3, 3, 4)).iqr == 1
    assert not agreement(ratings(2, 2, 2, 2, 2, 3, 3, 3, 3)).discuss


def test_above_seven_less_than_eighty_per_cent_close_to_the_median_is() -> None:
    # Ten: eight 3 and two 5 are exactly 80 %; seven and three are 70 %. The middle half is 3 to 3 and 3 to 4.5.
    assert not agreement(ratings(*[3] * 8, *[5] * 2)).discuss
    assert agreement(ratings(*[3] * 7, *[5] * 3)).reasons == (
        "the middle half spans 1.5 steps",
        "only 7 of 10 are within one of the median",
    )


def test_evidence_against_the_median_is() -> None:
    all_say_yes, all_say_no = tally(Scale.ANSWERS, [Y, Y, Y]), tally(Scale.ANSWERS, [N, N, P])
    assert agreement(all_say_yes, evidence=False).reasons == ("evidence says no, the median is yes",)
    assert agreement(all_say_no, evidence=True).reasons == ("evidence says yes, the median is no",)
    assert not agreement(all_say_yes, evidence=True).discuss
    assert not agreement(all_say_no, evidence=False).discuss
    assert not agreement(tally(Scale.ANSWERS, [P, P, P]), evidence=False).discuss
    assert not agreement(ratings(5, 5, 5), evidence=False).discuss


def test_more_than_a_quarter_who_do_not_know_is() -> None:
    assert not agreement(ratings(3, 3, 3, dont_know=1)).discuss
    assert agreement(ratings(3, 3, 3, 3, 3, dont_know=2)).reasons == ("2 of 7 do not know",)
    assert agreement(ratings(dont_know=1)).reasons == ("1 of 1 does not know",)
    # Neither n/a nor observers make the unknowing fewer.
    assert agreement(tally(Scale.ANSWERS, [Y, Y, DK, NA, NA, NA, LOOKING_ON])).discuss


@given(st.lists(st.integers(1, 5), min_size=1, max_size=60), st.integers(0, 99))
def test_numbers_are_those_of_numpy_whatever_the_order(values: list[int], seed: int) -> None:
    cast: list[Cast] = [*random.Random(seed).sample(values, len(values)), Vote.OBSERVER]
    found = agreement(tally(Scale.RATINGS, cast))
    low, high = np.percentile(values, [25, 75])
    assert found.iqr is not None
    assert found.median is not None
    assert float(found.iqr) == pytest.approx(high - low)
    assert found.range == max(values) - min(values)
    assert found.median == np.percentile(values, 50, method="lower")
    close = int(np.count_nonzero(np.abs(np.array(values) - found.median) <= 1))
    assert (found.close, found.within_one) == (close, Fraction(close, len(values)))


def test_scales_have_an_alpha_each() -> None:
    answers = [tally(Scale.ANSWERS, [Y, Y]), tally(Scale.ANSWERS, [N, N])]
    found = reliability([*answers, ratings(3, 3, 4)])
    assert (found[Scale.ANSWERS].alpha, found[Scale.ANSWERS].questions, found[Scale.ANSWERS].votes) == (
        Fraction(1),
        2,
        4,
    )
    assert found[Scale.RATINGS].alpha is None


@pytest.mark.parametrize(
    ("votes", "proposed"),
    [
        ([Y, Y, N], Answer.YES),
        ([Y, Y, N, N], Answer.UNKNOWN),
        ([Y, P, N], Answer.UNKNOWN),
        ([P, P, P, Y, N], Answer.PARTIAL),
        ([Y, Y, P, N], Answer.UNKNOWN),
        ([N, DK, DK, NA, NA, LOOKING_ON], Answer.NO),
        ([DK, DK], Answer.UNKNOWN),
        ([NA, NA, NA], Answer.UNKNOWN),
        ([], Answer.UNKNOWN),
    ],
)
def test_a_strict_majority_is_proposed_and_nothing_else(votes: list[Vote], proposed: Answer) -> None:
    assert proposal(votes) is proposed
    assert proposal(reversed(votes)) is proposed
