"""Others' results from a CSV file, and where ours stands among them. No peer's number is ever invented."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from scoring.maturity.rubric import LEVELS, RATINGS, Dimension
from scoring.meetings.texts import RefusedError

PEER, LEVEL, INDEX = "peer", "level", "index"
NEEDED = (PEER, LEVEL)
COLUMNS = (PEER, LEVEL, INDEX, *(one.value for one in Dimension))
MOST_PEERS = 10_000
LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class BadField:
    """What is wrong in one place. line: as an editor counts, from 1; field: the column's name."""

    line: int
    field: str
    problem: str

    def __str__(self) -> str:
        """As it is shown."""
        return f"line {self.line}, {self.field}: {self.problem}"


class BenchmarkError(RefusedError):
    """A file of which nothing was taken, with everything that is wrong in it."""

    def __init__(self, problems: Iterable[BadField]) -> None:
        self.problems = tuple(problems)
        few = "; ".join(map(str, self.problems[:5]))
        more = f"; and {len(self.problems) - 5} more" if len(self.problems) > 5 else ""
        super().__init__(f"Nothing was imported. Correct this and import the file again: {few}{more}.")


@dataclass(frozen=True, slots=True)
class Peer:
    """Another platform's result. line: where it stands in the file. index: None when the file does not say."""

    line: int
    name: str
    level: int
    index: Decimal | None = None
    ratings: Mapping[Dimension, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Position:
    """Ours among n peers. median: the lower one. below, equal: peers that are, exactly; None without our own value."""

    measure: str
    ours: Decimal | None
    n: int
    lowest: Decimal
    median: Decimal
    highest: Decimal
    below: int | None
    equal: int | None


def read_peers(text: str) -> tuple[Peer, ...]:
    """The peers in a CSV text with a header: peer and level are needed, index and the five dimensions may be there.

    Raises BenchmarkError with every wrong line and field; then nothing of the file counts.
    """
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    problems: list[BadField] = []
    peers: list[Peer] = []
    lines: dict[str, int] = {}
    try:
        header = _header(next(rows, []))
        for cells in rows:
            if not any(cell.strip() for cell in cells):
                continue
            line = rows.line_num
            if len(cells) != len(header):
                problems.append(BadField(line, "row", f"has {len(cells)} fields, the header has {len(header)}"))
                continue
            peer, wrong = _peer(line, dict(zip(header, (cell.strip() for cell in cells), strict=True)))
            problems += wrong
            first = lines.setdefault(peer.name, line)
            if peer.name and first != line:
                problems.append(BadField(line, PEER, f"“{peer.name}” is in line {first} already"))
            peers.append(peer)
    except csv.Error as error:
        problems.append(BadField(rows.line_num, "row", f"is no CSV: {error}"))
    if not problems and not peers:
        problems.append(BadField(max(rows.line_num, 1), "row", "there is no peer in this file"))
    if len(peers) > MOST_PEERS:
        problems.append(BadField(MOST_PEERS + 2, "row", f"is one too many; {MOST_PEERS} peers fit"))
    if problems:
        raise BenchmarkError(problems)
    return tuple(peers)


def _header(cells: list[str]) -> list[str]:
    known = {one.casefold(): one for one in COLUMNS}
    names = [known.get(cell.strip().casefold(), cell.strip()) for cell in cells]
    problems = [BadField(1, name or "(no name)", f"is no column; they are {', '.join(COLUMNS)}")
                for name in names if name not in COLUMNS]  # fmt: skip
    problems += [BadField(1, name, "is there twice") for name in COLUMNS if names.count(name) > 1]
    problems += [BadField(1, name, "is missing") for name in NEEDED if name not in names]
    if problems:
        raise BenchmarkError(problems)
    return names


def _peer(line: int, row: Mapping[str, str]) -> tuple[Peer, list[BadField]]:
    problems: list[BadField] = []
    name = row[PEER]
    if not name:
        problems.append(BadField(line, PEER, "is empty; give it a name, which need not be the real one"))
    elif len(name) > LONGEST_NAME:
        problems.append(BadField(line, PEER, f"has {len(name)} characters; {LONGEST_NAME} fit"))
    level = _whole(line, LEVEL, row[LEVEL], (0, *LEVELS), problems)
    if level is None and not row[LEVEL]:
        problems.append(BadField(line, LEVEL, "is empty; write 0 to 5"))
    ratings = {
        one: rating
        for one in Dimension
        if (rating := _whole(line, one.value, row.get(one.value, ""), RATINGS, problems)) is not None
    }
    index = _index(line, row.get(INDEX, ""), level, problems)
    return Peer(line, name, level or 0, index, ratings), problems


def _whole(line: int, column: str, text: str, allowed: tuple[int, ...], problems: list[BadField]) -> int | None:
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) < 3 and int(text) in allowed:
        return int(text)
    problems.append(
        BadField(line, column, f"is “{text[:40]}”; write a whole number from {allowed[0]} to {allowed[-1]}")
    )
    return None


def _index(line: int, text: str, level: int | None, problems: list[BadField]) -> Decimal | None:
    if not text:
        return None
    try:
        index = Decimal(text)
    except InvalidOperation:
        index = Decimal("NaN")
    if not index.is_finite() or not 0 <= index <= LEVELS[-1]:
        problems.append(BadField(line, INDEX, f"is “{text[:40]}”; write a number from 0 to 5 with a point"))
        return None
    if level is not None and not (level <= index < level + 1):
        problems.append(BadField(line, INDEX, f"is {index}, which is not at level {level}"))
        return None
    return index


def positions(
    peers: Iterable[Peer], level: int | None, index: Decimal | None, ratings: Mapping[Dimension, int | None]
) -> tuple[Position, ...]:
    """Ours among the peers by every measure that at least one of them has."""
    known = list(peers)
    measures: list[tuple[str, Decimal | None, list[Decimal]]] = [
        (LEVEL, None if level is None else Decimal(level), [Decimal(one.level) for one in known]),
        (INDEX, index, [one.index for one in known if one.index is not None]),
    ]
    for dimension in Dimension:
        ours = ratings.get(dimension)
        values = [Decimal(one.ratings[dimension]) for one in known if dimension in one.ratings]
        measures.append((dimension.value, None if ours is None else Decimal(ours), values))
    return tuple(_position(name, ours, sorted(values)) for name, ours, values in measures if values)


def _position(name: str, ours: Decimal | None, values: list[Decimal]) -> Position:
    return Position(
        measure=name,
        ours=ours,
        n=len(values),
        lowest=values[0],
        median=values[(len(values) - 1) // 2],
        highest=values[-1],
        below=None if ours is None else sum(one < ours for one in values),
        equal=None if ours is None else values.count(ours),
    )
