"""Results by group and unit, from each part's own votes, and the roll-up that names nobody."""

from __future__ import annotations

from scoring.maturity.parts import Part, Spread, by_part, spread
from scoring.maturity.rubric import Answer, Dimension, IndicatorId
from scoring.maturity.sheets import Basis
from scoring.maturity.votes import Ballot, Vote, proposed_sheet
from tests.unit.scoring.maturity.papers import BY_LEVEL, RUBRIC

Y, N = Vote.YES, Vote.NO


def ballot(who: str, level: int, group: str | None = None, unit: str | None = None, rating: int = 3) -> Ballot:
    """Somebody who says yes to everything up to a level and no to everything above it."""
    votes = {IndicatorId(one): Y if of <= level else N for of, ids in BY_LEVEL.items() for one in ids}
    return Ballot(who, votes, dict.fromkeys(Dimension, rating), group, unit)


def test_ballots_propose_a_sheet() -> None:
    ballots = [
        ballot("a", 2, group="platform"),
        ballot("b", 2),
        Ballot("c", {IndicatorId("L3.1"): Y}, {Dimension.SKILLS: Vote.DONT_KNOW}),
    ]
    sheet = proposed_sheet(ballots)
    assert sheet.basis is Basis.PROPOSED
    # Two noes against one yes; L1.1 two to nothing.
    assert sheet.answers[IndicatorId("L3.1")] is Answer.NO
    assert sheet.answers[IndicatorId("L1.1")] is Answer.YES
    assert sheet.ratings[0].group == "platform"
    assert sheet.ratings[2].ratings == {}


def test_each_part_has_the_result_of_its_own_votes() -> None:
    platform = [ballot(f"p{number}", 3, "platform", "north", 4) for number in range(3)]
    consumers = [ballot(f"c{number}", 1, "consumers", "south", 2) for number in range(4)]
    found = by_part(RUBRIC, [*platform, *consumers])
    assert {name: one.headline for name, one in found[Part.GROUP].results.items()} == {
        "consumers": "Proposed: level 1",
        "platform": "Proposed: level 3",
    }
    # Everybody rates platform 4: 4, 4, 3, 4, 3 of level 3 is reached, 5 in Technology of level 4 is not.
    assert found[Part.GROUP].results["platform"].profile.level == 3
    assert list(found[Part.UNIT].results) == ["north", "south"]
    assert found[Part.GROUP].spread == Spread(2, 1, 1, 3)


def test_a_part_of_two_is_withheld_and_so_is_what_would_give_it_away() -> None:
    three = [ballot(f"a{number}", 3, "a") for number in range(3)]
    two = [ballot(f"b{number}", 1, "b") for number in range(2)]
    found = by_part(RUBRIC, [*three, *two])[Part.GROUP]
    assert (dict(found.results), found.withheld, found.spread) == ({}, ("a", "b"), None)


def test_a_question_that_too_few_of_a_part_answered_is_unknown_there() -> None:
    three = [ballot(f"a{number}", 1, "a") for number in range(3)]
    others = [ballot(f"b{number}", 1, "b") for number in range(4)]
    silent = Ballot("a0", {one: vote for one, vote in three[0].votes.items() if one != "L2.3"}, {}, "a")
    found = by_part(RUBRIC, [silent, *three[1:], *others])[Part.GROUP].results["a"]
    assert found.answers[IndicatorId("L2.3")] is Answer.UNKNOWN
    assert found.answers[IndicatorId("L2.1")] is Answer.NO
    assert found.profile.level is None


def test_observers_are_nobody() -> None:
    looking_on = Ballot("x", dict.fromkeys(map(IndicatorId, BY_LEVEL[1]), Vote.OBSERVER), {}, "a")
    two = [ballot(f"a{number}", 1, "a") for number in range(2)]
    assert by_part(RUBRIC, [*two, looking_on])[Part.GROUP].withheld == ("a",)
    # Nor is one left over who could be had by subtraction.
    alone = Ballot("x", looking_on.votes, {}, "b")
    found = by_part(RUBRIC, [*two, ballot("a2", 1, "a"), alone])[Part.GROUP]
    assert (list(found.results), found.withheld) == (["a"], ("b",))
    assert found.results["a"].answers[IndicatorId("L1.1")] is Answer.YES


def test_a_roll_up_says_how_far_teams_lie_apart_and_not_which() -> None:
    assert spread([3, 1, 2, 2]) == Spread(4, 1, 2, 3)
    assert spread([1, 4]) == Spread(2, 1, 1, 4)
    assert spread([]) is None
