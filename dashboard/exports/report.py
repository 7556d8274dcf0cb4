"""A report as it is read, whatever it is written as: facts, then sections with one table each."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.theme import Tone


@dataclass(frozen=True, slots=True)
class Cell:
    """Words in a table; a smaller line under them; a tone where they state a condition."""

    words: str
    detail: str = ""
    tone: Tone | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """A column's heading, its share of the width beside the others, and whether it holds numbers."""

    heading: str
    width: float = 1.0
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many cells as there are columns. Raises ValueError otherwise."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def __post_init__(self) -> None:
        """Checks that every row fits."""
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"a row has another number of cells than the {len(self.columns)} columns")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its table; `empty` is what stands there instead when the table has no rows."""

    heading: str
    table: Table
    empty: str


@dataclass(frozen=True, slots=True)
class Report:
    """A document. facts: what it is about, as label and value. seal: the line that says how to verify it."""

    title: str
    subtitle: str
    facts: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    seal: str
