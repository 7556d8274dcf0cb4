"""What may be told of an open round, how votes count, and the words of both scales."""

from __future__ import annotations

import pytest

from scoring.voting.choices import CHOICES, Scale, VotingError, value_of
from scoring.voting.counting import Turnout, Vote, counted
from scoring.voting.voters import RespondentId


def test_votes_are_counted_by_choice_in_the_order_of_the_scale_with_zeros() -> None:
    votes = [Vote(RespondentId(number), choice, "a", "") for number, choice in enumerate(("yes", "n/a", "yes"))]
    assert list(counted(Scale.INDICATOR, votes).items()) == [
        ("no", 0), ("partial", 0), ("yes", 2), ("unknown", 0), ("n/a", 1),
    ]  # fmt: skip


def test_a_turnout_says_how_many_are_in() -> None:
    assert str(Turnout(5, 7)) == "5 of 7 in"
    assert [Turnout(*one).is_complete for one in ((5, 7), (7, 7), (0, 0))] == [False, True, False]


def test_the_words_of_both_scales_and_where_they_stand() -> None:
    assert CHOICES[Scale.INDICATOR] == ("no", "partial", "yes", "unknown", "n/a")
    assert CHOICES[Scale.RATING] == ("1", "2", "3", "4", "5", "unknown", "n/a")
    assert [value_of(Scale.INDICATOR, one) for one in CHOICES[Scale.INDICATOR]] == [0, 1, 2, None, None]
    assert value_of(Scale.RATING, "4") == 4
    with pytest.raises(VotingError, match="“6” cannot be voted here; choose one of 1, 2, 3, 4, 5, unknown, n/a"):
        value_of(Scale.RATING, "6")
