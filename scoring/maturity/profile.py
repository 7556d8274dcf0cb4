"""The profile: how people rate the five dimensions, and the level whose profile these ratings fill."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scoring.maturity.rubric import Dimension, Rubric
from scoring.maturity.sheets import Ratings


@dataclass(frozen=True, slots=True)
class Rated:
    """How one dimension is rated by n people. median: the lower one on a tie, None when nobody has rated it."""

    n: int
    median: int | None


@dataclass(frozen=True, slots=True)
class Profile:
    """Ratings of all, and beside them those of each respondent group, by its name.

    level: the highest whose profile every dimension reaches; 0 is below the profile of level 1, None when a dimension
    has no rating. A difference to the checklist's level is something to talk about and never averaged away.
    """

    pooled: Mapping[Dimension, Rated]
    groups: Mapping[str, Mapping[Dimension, Rated]]
    level: int | None


def lower_median(values: Iterable[int]) -> int | None:
    """The value in the middle, the lower of two; None of nothing."""
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2] if ordered else None


def profile(rubric: Rubric, ratings: Sequence[Ratings]) -> Profile:
    """The profile that these ratings give. Respondents without a group count among all only."""
    pooled = _rated(ratings)
    groups = sorted({one.group for one in ratings if one.group is not None})
    return Profile(
        pooled=pooled,
        groups={name: _rated([one for one in ratings if one.group == name]) for name in groups},
        level=_level(rubric, {dimension: rated.median for dimension, rated in pooled.items()}),
    )


def _rated(ratings: Sequence[Ratings]) -> dict[Dimension, Rated]:
    given = {
        dimension: [one.ratings[dimension] for one in ratings if dimension in one.ratings] for dimension in Dimension
    }
    return {dimension: Rated(len(values), lower_median(values)) for dimension, values in given.items()}


def _level(rubric: Rubric, medians: Mapping[Dimension, int | None]) -> int | None:
    known = {dimension: median for dimension, median in medians.items() if median is not None}
    if len(known) < len(Dimension):
        return None
    filled = (
        level.number
        for level in rubric.levels
        if all(known[dimension] >= needed for dimension, needed in level.profile.items())
    )
    return max(filled, default=0)
