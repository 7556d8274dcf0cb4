"""The result by group and unit in words: the spread, what is held back, one part by itself, and no ranking anywhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.exports.assessment_parts import spread_section, spread_shapes, spread_slide
from dashboard.maturity import Told
from dashboard.maturity_parts import part_facts, part_rows, part_told, parts_told, spread_words, withheld_words
from scoring.maturity.parts import Part, Spread
from scoring.meetings.assessments import Assessed, assessment_snapshot
from scoring.meetings.snapshots import Snapshot
from tests.unit.dashboard.parted import SAYS, parted_snapshot
from tests.unit.scoring.maturity.papers import RUBRIC
from tests.unit.scoring.meetings.assessing import NOON, held


def told(snapshot: Snapshot) -> Told:
    return Told("Assessment", NOON, "", snapshot)


PARTED = told(parted_snapshot(NOON))


def test_the_spread_of_groups_is_told_and_those_too_small_are_held_back_with_the_reason() -> None:
    groups, units = parts_told(PARTED)
    assert groups.spread == Spread(3, 1, 2, 3)
    assert spread_words(groups) == "3 respondent groups propose level 1 to 3, median 2"
    assert groups.withheld == ("guests", "sponsors")
    assert withheld_words(groups).startswith("Held back: guests, sponsors. A part is told from 3 people")
    assert spread_words(units) == "Nobody who voted was asked for an organisation unit."
    assert withheld_words(units) == ""


def test_one_group_by_itself_has_its_level_index_and_medians_beside_everybodys() -> None:
    part = part_told(PARTED, Part.GROUP, "traders")
    assert part.result["headline"] == "Proposed: level 2"
    assert dict(part_facts(part)) == {
        "Level proposed": "2",
        "Index": "2.00",
        "Profile level": "2",  # rated 3 everywhere: level 2 asks for 3 2 2 2 2, level 3 for 4 4 3 4 3
    }
    # Of thirteen ratings 4 4 4 2 2 2 3 3 3 5 5 5 5 the seventh in order is 4.
    assert part_rows(PARTED, part)[0] == {
        "Dimension": "Technology",
        "Median": "3",
        "Ratings": "3",
        "Everybody": "4",
        "Needed next": "2",
    }
    with pytest.raises(KeyError):
        part_told(PARTED, Part.GROUP, "guests")


def test_groups_and_units_that_overlap_are_told_only_as_far_as_nobody_can_be_worked_out() -> None:
    # North is platform and consumers, six people; the south less the traders are the four of the two small groups.
    groups, units = parts_told(told(parted_snapshot(NOON, units=True)))
    assert (groups.names, units.names) == (("consumers", "platform", "traders"), ("north", "south"))


def test_what_nobody_answered_is_no_level_nought() -> None:
    votes = {"L1.1": [held("L1.1", ["yes"] * 6, ["a", "a", "a", "b", "b", "b"])]}
    groups, _ = parts_told(told(assessment_snapshot(RUBRIC, NOON, Assessed(votes))))  # type: ignore[arg-type]
    assert spread_words(groups) == (
        "2 respondent groups all propose level 1; up to level 5 if what is unknown were yes"
    )


def test_one_group_lies_apart_from_nothing() -> None:
    votes = {"L1.1": [held("L1.1", ["yes"] * 3)]}
    groups, _ = parts_told(told(assessment_snapshot(RUBRIC, NOON, Assessed(votes))))  # type: ignore[arg-type]
    assert spread_words(groups) == "Only 1 respondent group may be told; there is nothing that it could lie apart from."


def test_of_two_people_nothing_is_told_and_without_votes_it_is_said_so() -> None:
    votes = {"L1.1": [held("L1.1", ["yes"] * 4, ["a", "a", "b", "b"])]}
    groups, _ = parts_told(told(assessment_snapshot(RUBRIC, NOON, Assessed(votes))))  # type: ignore[arg-type]
    assert spread_words(groups) == "No respondent group may be told apart from the others."
    empty, _ = parts_told(told(assessment_snapshot(RUBRIC, NOON)))
    assert spread_words(empty) == "Nobody voted."


def older() -> Told:
    """A record of before results were kept by part."""
    now = PARTED.snapshot
    return told(replace(now, result={name: value for name, value in now.result.items() if name != "parts"}))


def test_a_record_of_before_says_that_it_keeps_no_results_by_group() -> None:
    assert parts_told(older()) == ()
    assert spread_section(older()).table.rows == ()
    assert "before results were kept by group" in spread_section(older()).empty
    assert (spread_shapes(older()), spread_slide(older())) == ([], [])


def test_files_have_the_spread_and_name_no_group_beside_a_level() -> None:
    first, second = spread_section(PARTED).table.rows
    assert [cell.words for cell in first] == [
        "respondent groups", "3", "1", "2", "3", "3", "guests, sponsors",
    ]  # fmt: skip
    assert [cell.words for cell in second][1:] == ["0", "—", "—", "—", "—", "none"]
    assert spread_shapes(PARTED)[0] == {
        "levels_proposed_by": "respondent groups",
        "told": 3,
        "lowest": 1,
        "median": 2,
        "highest": 3,
        "highest_unknown_as_yes": 3,
        "held_back": 2,
    }
    (slide,) = spread_slide(PARTED)
    assert slide.title == "3 respondent groups propose level 1 to 3, median 2"
    assert slide.grid is not None
    said = " ".join(" ".join(row) for row in slide.grid.rows)
    assert not any(name in said for name in SAYS)
