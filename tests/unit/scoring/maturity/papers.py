"""The model as the design's table has it, a rubric made of it, and the rules once more as somebody with paper would do.

Nothing of the second half comes from the code under test: it is what that code is compared with.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from scoring.maturity.rubric import (
    Anchors,
    Answer,
    Dimension,
    DimensionText,
    Indicator,
    IndicatorId,
    Level,
    Polarity,
    Rubric,
)
from scoring.maturity.sheets import Ratings, Sheet

TABLE = """
L1.1 descriptor Business Value: L2.1 L3.1
L1.2 deficit Governance: L3.2
L1.3 deficit Technology: L3.3 L3.6
L1.4 deficit Operations: L3.4
L2.1 descriptor Business Value: L3.1
L2.2 deficit Technology: L3.1
L2.3 descriptor Operations: L3.5
L2.4 deficit Governance: L3.2
L3.1 capability Technology:
L3.2 capability Governance:
L3.3 capability Governance:
L3.4 capability Operations:
L3.5 capability Operations:
L3.6 capability Technology:
L4.1 capability Technology:
L4.2 capability Business Value:
L4.3 capability Operations:
L4.4 capability Operations:
L4.5 capability Technology:
L4.6 capability Operations:
L5.1 capability Governance:
L5.2 capability Business Value:
L5.3 capability Governance:
L5.4 capability Governance:
L5.5 capability Governance:
L5.6 capability Business Value:
"""
PROFILES = {
    "Technology": (2, 3, 4, 5, 5),
    "Governance": (1, 2, 4, 5, 5),
    "Skills": (1, 2, 3, 4, 5),
    "Operations": (1, 2, 4, 5, 5),
    "Business Value": (2, 2, 3, 4, 5),
}
DEFICITS = ("L1.2", "L1.3", "L1.4", "L2.2", "L2.4")
SUPERSEDED = {
    line.split()[0]: tuple(line.partition(":")[2].split())
    for line in TABLE.strip().splitlines()
}  # fmt: skip
ALL = tuple(SUPERSEDED)
GATING = tuple(one for one in ALL if one not in DEFICITS)
BY_LEVEL = {level: tuple(one for one in GATING if one.startswith(f"L{level}.")) for level in range(1, 6)}


def indicator(
    name: str, polarity: Polarity = Polarity.CAPABILITY, superseded_by: tuple[str, ...] = (), level: int | None = None
) -> Indicator:
    return Indicator(
        id=IndicatorId(name),
        level=int(name[1]) if level is None else level,
        title=name,
        question=f"{name}?",
        polarity=polarity,
        dimension=Dimension.TECHNOLOGY,
        anchors=Anchors("all", "some", "none"),
        superseded_by=tuple(map(IndicatorId, superseded_by)),
    )


def rubric_of(*indicators: Indicator) -> Rubric:
    levels = tuple(
        Level(number, f"Level {number}", "", (), {one: PROFILES[one.value][number - 1] for one in Dimension})
        for number in range(1, 6)
    )
    texts = tuple(DimensionText(one, one.value, "", ("1", "2", "3", "4", "5")) for one in Dimension)
    return Rubric("table", "1", "en", levels, texts, indicators, (), ())


RUBRIC = rubric_of(
    *(
        indicator(line.split()[0], Polarity(line.split()[1]), tuple(line.partition(":")[2].split()))
        for line in TABLE.strip().splitlines()
    )
)


def answers(**words: str) -> dict[IndicatorId, Answer]:
    """answers(yes="L1.1 L2.1", no="L2.3") and so on; na stands for n/a."""
    return {
        IndicatorId(one): Answer("n/a" if word == "na" else word) for word, ids in words.items() for one in ids.split()
    }


def level_ids(*levels: int) -> str:
    """The gating indicators of these levels, for `answers`."""
    return " ".join(one for level in levels for one in BY_LEVEL[level])


def sheet(**words: str) -> Sheet:
    return Sheet(answers(**words))


def rated(respondent: str, *five: int, group: str | None = None, unit: str | None = None) -> Ratings:
    """Ratings of Technology, Governance, Skills, Operations, Business Value in this order."""
    return Ratings(respondent, dict(zip(Dimension, five, strict=True)), group, unit)


def on_paper(given: Mapping[IndicatorId, Answer], *, unknown_as_yes: bool = False) -> tuple[int, Fraction | None]:
    """Level and index by rules 1 to 5, read from the page and kept as plain as the page."""
    said = {box: given.get(IndicatorId(box), Answer.UNKNOWN).value for box in ALL}
    ticked = {box for box in ALL if said[box] == "yes" or (unknown_as_yes and said[box] == "unknown")}
    left_out = {box for box in ALL if said[box] == "n/a"}
    shares = []
    for boxes in BY_LEVEL.values():
        applicable = [box for box in boxes if box not in left_out]
        done = [box for box in applicable if box in ticked or any(other in ticked for other in SUPERSEDED[box])]
        shares.append(None if len(applicable) < len(boxes) / 2 else Fraction(len(done), len(applicable)))
    level = 0
    while level < 5 and shares[level] == 1:
        level += 1
    if shares[0] is None:
        return 0, None
    return level, level + (shares[level] or Fraction(0) if level < 5 else Fraction(0))
