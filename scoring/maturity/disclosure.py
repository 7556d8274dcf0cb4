"""Whose distributions may be shown so that nobody is exposed, neither directly nor by subtracting what is shown.

Every shown distribution is a sum over the people in it. What somebody can work out from several is every weighted sum
of them, so a person is exposed when some weighted sum is about fewer than three people. That covers complements (all
less a group), what several groups leave over, and groups and units that overlap.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

FEWEST = 3
"""A distribution is shown from this many people on."""


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What may be shown of one question. everybody: the distribution of all votes. parts: names of those shown too."""

    everybody: bool
    parts: frozenset[str]


def disclosed(parts: Mapping[str, AbstractSet[str]], voted: AbstractSet[str], counted: AbstractSet[str]) -> Disclosure:
    """What may be shown of one question together, the largest parts first.

    parts: respondents by group or unit, which may overlap. voted: who cast anything but an observer's vote; counted:
    those of them with a vote on the scale. Both have to be three, since don't know and n/a are shown as numbers too.
    A part that is held back hides in what is left over, so one that is large enough can be held back for a small one.
    """
    if len(counted) < FEWEST:
        return Disclosure(everybody=False, parts=frozenset())
    large = [name for name, members in parts.items() if len(members & counted) >= FEWEST]
    if _safe([parts[name] for name in large], voted, counted):
        return Disclosure(everybody=True, parts=frozenset(large))
    shown: dict[str, AbstractSet[str]] = {}
    for name in sorted(large, key=lambda name: (-len(parts[name] & voted), name)):
        if _safe([*shown.values(), parts[name]], voted, counted):
            shown[name] = parts[name]
    return Disclosure(everybody=True, parts=frozenset(shown))


def _safe(sets: Sequence[AbstractSet[str]], voted: AbstractSet[str], counted: AbstractSet[str]) -> bool:
    return not exposes(sets, voted) and not exposes(sets, counted)


def exposes(shown: Iterable[AbstractSet[str]], people: AbstractSet[str]) -> bool:
    """True when the distributions of these sets and of all people together tell something of fewer than three of them.

    People who are in the same sets cannot be told apart and are one atom. A weighted sum of what is shown is about
    atoms only; it is orthogonal to everything that all shown sums leave open (their null space). So a single small atom
    is exposed when nothing open touches it, and two single people when what is open touches them in one proportion.
    """
    sets = [members & people for members in shown]
    sizes = Counter(tuple(one in members for members in sets) for one in people)
    atoms = list(sizes)
    rows = [[1] * len(atoms)] + [[int(atom[place]) for atom in atoms] for place in range(len(sets))]
    left_open = _left_open(rows, len(atoms))
    if any(sizes[atom] < FEWEST and not any(one) for atom, one in zip(atoms, left_open, strict=True)):
        return True
    alone = [one for atom, one in zip(atoms, left_open, strict=True) if sizes[atom] == 1]
    return len(set(alone)) < len(alone)


def _left_open(rows: list[list[int]], width: int) -> list[tuple[int, ...]]:
    """How each column is touched by what is orthogonal to all rows, up to a factor: zero when by nothing.

    Gauss-Jordan elimination in whole numbers. Each free column opens one direction; a column that leads a row is
    touched by it as much as the row has there. Columns that are touched in one proportion come out equal.
    """
    leading: list[int] = []
    for column in range(width):
        top = len(leading)
        place = next((at for at in range(top, len(rows)) if rows[at][column]), None)
        if place is None:
            continue
        rows[top], rows[place] = rows[place], rows[top]
        lead = rows[top]
        for at, row in enumerate(rows):
            if at != top and row[column]:
                rows[at] = _lowest(
                    [value * lead[column] - row[column] * own for value, own in zip(row, lead, strict=True)]
                )
        leading.append(column)
    free = [column for column in range(width) if column not in leading]
    by_row = {column: tuple(_lowest([rows[at][one] for one in free])) for at, column in enumerate(leading)}
    by_itself = {column: tuple(int(column == one) for one in free) for column in free}
    return [(by_row | by_itself)[column] for column in range(width)]


def _lowest(values: list[int]) -> list[int]:
    """The same proportion in the smallest whole numbers, the first one positive."""
    factor = math.gcd(*values)
    if factor and next(value for value in values if value) < 0:
        factor = -factor
    return [value // factor for value in values] if factor else values
