"""Gaps worked out by hand on the design's rubric and on the shipped one."""

from __future__ import annotations

from data.definitions.rubric import read_rubric
from scoring.maturity.gaps import Reached, gap
from scoring.maturity.rubric import Answer, Dimension, IndicatorId, StatementKind
from tests.unit.scoring.maturity.papers import ALL, RUBRIC, answers, level_ids

SHIPPED = read_rubric().rubric
MEDIANS = dict(zip(Dimension, (4, 3, 3, None, 2), strict=True))


def test_the_gap_to_level_three_by_hand() -> None:
    given = answers(yes="L1.1 L2.1 L2.3 L3.1 L2.2 L1.2 L5.1", no="L3.2", partial="L3.3", na="L3.6")
    found = gap(RUBRIC, given, MEDIANS)
    assert found is not None
    assert found.level == 3
    assert found.lacking == {"L3.2": Answer.NO, "L3.3": Answer.PARTIAL, "L3.4": Answer.UNKNOWN, "L3.5": Answer.UNKNOWN}
    assert found.satisfied == ("L3.1",)
    assert found.weaknesses == ("L1.2", "L2.2")


def test_dimensions_are_compared_with_the_next_level_and_an_unrated_one_is_neither() -> None:
    found = gap(RUBRIC, answers(yes="L1.1 L2.1 L2.3"), MEDIANS)
    assert found is not None
    # Level 3 needs 4 4 3 4 3.
    assert [(one.rated, one.needed, one.reached) for one in found.dimensions] == [
        (4, 4, Reached.YES), (3, 4, Reached.NO), (3, 3, Reached.YES), (None, 4, Reached.UNKNOWN), (2, 3, Reached.NO),
    ]  # fmt: skip


def test_the_next_level_brings_its_characteristics_and_its_pitfalls_as_warnings() -> None:
    found = gap(SHIPPED, answers(yes="L1.1 L2.1 L2.3"), MEDIANS)
    assert found is not None
    level = SHIPPED.levels[2]
    wanted = [one.id for one in level.statements if one.kind is StatementKind.CHARACTERISTIC]
    assert [one.statement.id for one in found.characteristics] == wanted
    assert all(one.reached is Reached.YES for one in found.characteristics
               if one.statement.dimension is Dimension.TECHNOLOGY)  # fmt: skip
    assert {one.kind for one in found.pitfalls} == {StatementKind.PITFALL}
    assert {one.id[:2] for one in found.pitfalls} == {"L3"}


def test_at_the_top_there_is_no_gap_and_at_the_bottom_it_is_to_level_one() -> None:
    assert gap(RUBRIC, {IndicatorId(one): Answer.YES for one in ALL}, {}) is None
    lowest = gap(RUBRIC, {}, {})
    assert lowest is not None
    assert (lowest.level, list(lowest.lacking)) == (1, ["L1.1"])


def test_a_superseded_indicator_is_not_lacking() -> None:
    found = gap(RUBRIC, answers(yes="L3.1"), {})
    assert found is not None
    # L3.1 satisfies L1.1 and L2.1; of level 2 only L2.3 is left.
    assert (found.level, list(found.lacking), found.satisfied) == (2, ["L2.3"], ("L2.1",))
    whole = gap(RUBRIC, answers(yes=level_ids(3)), {})
    assert whole is not None
    assert whole.level == 4
