"""What may be told of a round: never a single vote, not by subtraction either."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.meetings.sessions import SessionId
from scoring.meetings.subjects import Subject
from scoring.voting.choices import CHOICES, Scale, VotingError, value_of
from scoring.voting.counting import Turnout, Vote, outcome, showable
from scoring.voting.questions import Option, Question
from scoring.voting.rounds import Round, RoundId
from scoring.voting.voters import RespondentId

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
QUESTION = Question(
    Subject("Skills"), Scale.RATING, "Skills", "How?", tuple(Option(str(n), str(n)) for n in range(1, 6))
)
OPEN = Round(RoundId(1), SessionId(1), 1, QUESTION, NOON, "fay")
SHOWN = Round(RoundId(1), SessionId(1), 1, QUESTION, NOON, "fay", NOON, "fay")


def votes(*cast: tuple[str, str]) -> list[Vote]:
    """Votes as (choice, group)."""
    return [Vote(RespondentId(number), choice, group, "") for number, (choice, group) in enumerate(cast)]


def test_before_the_reveal_there_is_no_outcome() -> None:
    with pytest.raises(VotingError, match="are not revealed; reveal them first"):
        outcome(OPEN, votes(("3", "a"), ("3", "a"), ("3", "a")))


def test_two_votes_have_no_spread_and_three_have_one() -> None:
    assert outcome(SHOWN, votes(("3", "a"), ("4", "a"))).whole.counts is None
    told = outcome(SHOWN, votes(("3", "a"), ("4", "a"), ("unknown", "a")))
    assert told.whole.counts == {"1": 0, "2": 0, "3": 1, "4": 1, "5": 0, "unknown": 1, "n/a": 0}
    assert told.groups["a"].counts == told.whole.counts


def test_a_group_is_hidden_when_the_rest_would_be_two() -> None:
    told = outcome(SHOWN, votes(*(("3", "a"),) * 5, *(("4", "b"),) * 2))
    assert told.whole.counts is not None
    assert (told.groups["a"].n, told.groups["a"].counts) == (5, None)
    assert (told.groups["b"].n, told.groups["b"].counts) == (2, None)


def test_the_smallest_shown_group_is_hidden_too_when_all_shown_together_would_expose_the_rest() -> None:
    # 5 and 4 each leave three or more, but together they leave two.
    assert showable({"a": 5, "b": 4, "c": 2}, 11) == {"a"}
    assert showable({"a": 5, "b": 2, "c": 2}, 9) == {"a"}
    assert showable({"a": 3, "b": 3, "c": 3}, 9) == {"a", "b", "c"}


def test_votes_without_a_unit_count_as_what_is_left() -> None:
    cast = [Vote(RespondentId(number), "3", "a", "sales" if number < 4 else "") for number in range(6)]
    assert outcome(SHOWN, cast).units["sales"].counts is None  # the other two would be exposed


@given(st.dictionaries(st.text(min_size=1, max_size=2), st.integers(0, 12), max_size=6), st.integers(0, 4))
def test_no_set_of_shown_parts_leaves_one_or_two_votes(sizes: dict[str, int], elsewhere: int) -> None:
    whole = sum(sizes.values()) + elsewhere
    shown = showable(sizes, whole)
    assert all(sizes[part] >= 3 for part in shown)
    for count in range(1, len(shown) + 1):
        for some in combinations(shown, count):
            assert whole - sum(sizes[part] for part in some) not in (1, 2)


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
