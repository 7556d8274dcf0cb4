"""Whose distributions may be shown so that nobody is exposed, neither directly nor by subtracting what is shown.

Every shown distribution is a sum over the people in it. What somebody can work out from several is every weighted sum
of them, so a person is exposed when some weighted sum is about fewer than three people. That covers complements (all
less a group), what several groups leave over, and groups and units that overlap.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from fractions import Fraction

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
    shown: dict[str, AbstractSet[str]] = {}
    for name in sorted(parts, key=lambda name: (-len(parts[name] & voted), name)):
        members = parts[name]
        if len(members & counted) < FEWEST:
            continue
        tried = [*shown.values(), members]
        if not exposes(tried, voted) and not exposes(tried, counted):
            shown[name] = members
    return Disclosure(everybody=True, parts=frozenset(shown))


def exposes(shown: Iterable[AbstractSet[str]], people: AbstractSet[str]) -> bool:
    """True when the distributions of these sets and of all people together tell something of fewer than three of them.

    People who are in the same sets cannot be told apart and are one atom. A weighted sum of what is shown is about
    atoms only; it is orthogonal to everything that all shown sums leave open (their null space). So a single small atom
    is exposed when nothing open touches it, and two single people when what is open touches them in one proportion.
    """
    sets = [members & people for members in shown]
    sizes = Counter(tuple(one in members for members in sets) for one in people)
    atoms = list(sizes)
    rows = [[Fraction(1)] * len(atoms)] + [[Fraction(atom[place]) for atom in atoms] for place in range(len(sets))]
    open_directions = _null_space(rows, len(atoms))
    touched = [tuple(direction[place] for direction in open_directions) for place in range(len(atoms))]
    if any(sizes[atom] < FEWEST and not any(touch) for atom, touch in zip(atoms, touched, strict=True)):
        return True
    alone: Sequence[Hashable] = [
        _proportion(touch) for atom, touch in zip(atoms, touched, strict=True) if sizes[atom] == 1
    ]
    return len(set(alone)) < len(alone)


def _null_space(rows: list[list[Fraction]], width: int) -> list[list[Fraction]]:
    """A basis of all vectors that are orthogonal to every row, by Gauss-Jordan elimination."""
    pivots: list[int] = []
    for column in range(width):
        place = next((at for at in range(len(pivots), len(rows)) if rows[at][column]), None)
        if place is None:
            continue
        top = len(pivots)
        rows[top], rows[place] = rows[place], rows[top]
        rows[top] = [value / rows[top][column] for value in rows[top]]
        for at, row in enumerate(rows):
            if at != top and row[column]:
                rows[at] = [value - row[column] * own for value, own in zip(row, rows[top], strict=True)]
        pivots.append(column)
    free = [column for column in range(width) if column not in pivots]
    basis = []
    for column in free:
        vector = [Fraction(0)] * width
        vector[column] = Fraction(1)
        for at, pivot in enumerate(pivots):
            vector[pivot] = -rows[at][column]
        basis.append(vector)
    return basis


def _proportion(touch: tuple[Fraction, ...]) -> tuple[Fraction, ...]:
    """The same for vectors that are multiples of one another."""
    leading = next(value for value in touch if value)
    return tuple(value / leading for value in touch)
