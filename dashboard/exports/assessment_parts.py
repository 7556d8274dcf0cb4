"""How far groups and units lie apart, for files: a row for all groups and one for all units, none for any of them."""

from __future__ import annotations

from dashboard.exports.report import Cell, Column, Section, Table
from dashboard.exports.slides import Grid, Slide
from dashboard.maturity import Told
from dashboard.maturity_parts import NOUNS, OLDER, WHY_WITHHELD, PartsTold, parts_told, spread_words
from dashboard.shapes import Shape

NONE = "—"
NAMES = ("told", "lowest", "median", "highest", "highest_unknown_as_yes")


def spread_section(told: Told) -> Section:
    """The spread in a document."""
    columns = (
        Column("Levels proposed by", 2.4),
        Column("Told", 0.6, numeric=True),
        Column("Lowest", 0.8, numeric=True),
        Column("Median", 0.8, numeric=True),
        Column("Highest", 0.8, numeric=True),
        Column("Unknown as yes", 1.0, numeric=True),
        Column("Held back", 4.0),
    )
    rows = tuple(
        (
            Cell(f"{NOUNS[one.part]}s"),
            *(Cell(NONE if value is None else str(value)) for value in _numbers(one)),
            Cell(", ".join(one.withheld) or "none", WHY_WITHHELD if one.withheld else ""),
        )
        for one in parts_told(told)
    )
    return Section("Between groups and units", Table(columns, rows), OLDER)


def spread_shapes(told: Told) -> list[Shape]:
    """The spread in a workbook, numbers as numbers."""
    return [
        {
            "levels_proposed_by": f"{NOUNS[one.part]}s",
            **dict(zip(NAMES, _numbers(one), strict=True)),
            "held_back": len(one.withheld),
        }
        for one in parts_told(told)
    ]


def spread_slide(told: Told) -> list[Slide]:
    """The spread on a slide of its own; none where nothing lies apart from anything."""
    apart = [one for one in parts_told(told) if one.spread is not None and one.spread.n > 1]
    if not apart:
        return []
    header = ("Levels proposed by", "Told", "Lowest", "Median", "Highest", "Unknown as yes", "Held back")
    rows = [
        (f"{NOUNS[one.part]}s", *(NONE if value is None else str(value) for value in _numbers(one)),
         str(len(one.withheld)))
        for one in apart
    ]  # fmt: skip
    title = "; ".join(spread_words(one) for one in apart)
    return [Slide(title, grid=Grid(header, rows, (3.6, 1.1, 1.3, 1.3, 1.3, 2.1, 1.4)))]


def _numbers(parts: PartsTold) -> tuple[int | None, ...]:
    spread = parts.spread
    if spread is None:
        return 0, None, None, None, None
    return spread.n, spread.lowest, spread.median, spread.highest, parts.up_to
