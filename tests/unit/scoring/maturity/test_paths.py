"""What would move the level, in cases worked out by hand; trying every set is in test_laws."""

from __future__ import annotations

from fractions import Fraction

from scoring.maturity.paths import next_level
from scoring.maturity.rubric import Polarity, Rubric
from scoring.maturity.unknowns import weights
from tests.unit.scoring.maturity.papers import RUBRIC, indicator, level_ids, rubric_of, sheet


def ways(rubric: Rubric = RUBRIC, **words: str) -> list[str]:
    return [" ".join(path.indicators) for path in next_level(rubric, sheet(**words)).paths]


def test_the_level_lacks_just_what_is_not_yes() -> None:
    found = next_level(RUBRIC, sheet(yes="L1.1 L2.1 L2.3 L3.1 L3.2", partial="L3.3", no="L3.4 L1.2", unknown="L3.5"))
    (path,) = found.paths
    assert (found.level, path.reaches) == (3, 3)
    assert path.indicators == ("L3.3", "L3.4", "L3.5", "L3.6")
    assert path.unknown == ("L3.5", "L3.6")


def test_what_supersedes_is_another_way_of_the_same_length() -> None:
    assert ways(yes="L1.1 L2.1", no="L2.3") == ["L2.3", "L3.5"]
    assert ways() == ["L1.1", "L2.1", "L3.1"]


def test_one_that_supersedes_two_is_the_shorter_way() -> None:
    rubric = rubric_of(
        indicator("L1.1", Polarity.DESCRIPTOR, ("L3.1",)),
        indicator("L1.2", Polarity.DESCRIPTOR, ("L3.1",)),
        *(indicator(f"L{level}.1") for level in (2, 3, 4, 5)),
    )
    assert ways(rubric) == ["L3.1"]
    # Where it does not apply, the long way is left.
    assert ways(rubric, na="L3.1") == ["L1.1 L1.2"]


def test_a_level_can_be_skipped_when_the_next_is_complete_already() -> None:
    found = next_level(RUBRIC, sheet(yes=level_ids(3).replace("L3.5", "") + " L1.1 L2.1", no="L2.3 L3.5"))
    assert [(path.indicators, path.reaches) for path in found.paths] == [(("L2.3",), 2), (("L3.5",), 3)]


def test_no_way_leads_through_a_deficit() -> None:
    rubric = rubric_of(
        indicator("L1.1", Polarity.DESCRIPTOR, ("L1.2",)),
        indicator("L1.2", Polarity.DEFICIT),
        *(indicator(f"L{level}.1") for level in (2, 3, 4, 5)),
    )
    assert ways(rubric) == ["L1.1"]


def test_no_way_leads_to_a_level_that_cannot_be_assessed_or_above_the_top() -> None:
    stuck = next_level(RUBRIC, sheet(yes="L1.1 L2.1 L2.3", na="L3.1 L3.2 L3.3 L3.4"))
    assert (stuck.level, stuck.paths) == (3, ())
    top = next_level(RUBRIC, sheet(yes=level_ids(1, 2, 3, 4, 5)))
    assert (top.level, top.paths) == (None, ())


def test_the_unknown_that_decides_a_level_matters_most() -> None:
    # Level 2 but for L2.3; level 3 has three of six, L3.1 and L3.2 unknown. Bounds: 1 1/2, and 2 5/6 with three yes.
    # L2.3 yes alone: 2 3/6, up 1; no alone: 1 1/2, down 4/3. L3.1 or L3.2: yes changes nothing yet, no takes 1/6.
    found = weights(
        RUBRIC,
        sheet(yes="L1.1 L2.1 L3.3 L3.4 L3.6", no="L3.5 " + level_ids(4, 5), unknown="L2.3 L3.1 L3.2"),
    )
    assert [(one.indicator, one.raises, one.lowers) for one in found] == [
        ("L2.3", Fraction(1), Fraction(4, 3)),
        ("L3.1", Fraction(0), Fraction(1, 6)),
        ("L3.2", Fraction(0), Fraction(1, 6)),
    ]
