"""Ordinal alpha against published values and a hand-made one.

K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011): section C gives four observers and twelve units with
alpha 0.815 for ordinal data; section A two observers and ten binary units with 0.095. With two values every difference
function gives the same alpha, so the binary example holds for ordinal data as well.
"""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.maturity.krippendorff import ordinal_alpha

NOBODY = 0
FOUR_OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, 0, 0, 0],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, 0, 3],
    [0, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, 0],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, 0],
]
MEG = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0]
OWEN = [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]


def by_unit(observers: list[list[int]]) -> list[list[int]]:
    return [[value for value in unit if value != NOBODY] for unit in zip(*observers, strict=True)]


def test_four_observers_of_twelve_units_agree_as_published() -> None:
    alpha = ordinal_alpha(by_unit(FOUR_OBSERVERS))
    assert alpha is not None
    assert round(float(alpha), 3) == 0.815
    # The further digits are those of the reference value that is usually given for it, 0.8154.
    assert round(float(alpha), 4) == 0.8154


def test_two_observers_of_ten_binary_units_agree_as_published() -> None:
    alpha = ordinal_alpha(list(zip(MEG, OWEN, strict=True)))
    # By hand: 4 units differ, 14 zeros and 6 ones: 1 − 19 · 4 ÷ (14 · 6).
    assert alpha == 1 - Fraction(19 * 4, 14 * 6)
    assert round(float(alpha), 3) == 0.095


def test_one_vote_off_in_an_otherwise_unanimous_panel_is_no_better_than_chance() -> None:
    # Three people, five questions, all 3 but one 4. Observed: one unit with 2 · 1 pairs ÷ (3 − 1) = 1.
    # Expected: 14 · 1 ÷ (15 − 1) = 1. Alpha 0, although 14 of 15 agree: never a headline.
    assert ordinal_alpha([[3, 3, 3]] * 4 + [[3, 3, 4]]) == 0


def test_full_agreement_on_different_values_is_one() -> None:
    assert ordinal_alpha([[0, 0], [2, 2, 2], [1, 1]]) == 1


@pytest.mark.parametrize(
    "questions",
    [[], [[1, 2, 3]], [[2, 2, 2], [2, 2]], [[1], [2], [3]], [[1, 2, 3], [4]]],
    ids=["none", "one question", "unanimous", "one vote each", "one question with more than one vote"],
)
def test_it_is_not_defined_for_one_question_or_a_unanimous_panel(questions: list[list[int]]) -> None:
    assert ordinal_alpha(questions) is None


@given(st.lists(st.lists(st.integers(1, 5), max_size=6), max_size=6), st.integers(0, 1000))
def test_neither_order_nor_direction_of_the_scale_matters(questions: list[list[int]], seed: int) -> None:
    shuffle = random.Random(seed)
    mixed = [shuffle.sample(values, len(values)) for values in questions]
    shuffle.shuffle(mixed)
    alpha = ordinal_alpha(questions)
    assert ordinal_alpha(mixed) == alpha
    assert ordinal_alpha([[6 - value for value in values] for values in questions]) == alpha
    # Only the order of values counts on an ordinal scale, not how far apart their numbers are.
    assert ordinal_alpha([[value**3 for value in values] for values in questions]) == alpha
    assert alpha is None or alpha <= 1
