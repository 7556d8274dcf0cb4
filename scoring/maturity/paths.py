"""What would move the level: the fewest indicators whose yes reaches the next confirmed one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scoring.maturity.rubric import Answer, Indicator, IndicatorId, Rubric
from scoring.maturity.sheets import Sheet
from scoring.maturity.staging import TOP, Reading, reading, standing


@dataclass(frozen=True, slots=True)
class Path:
    """A smallest set of gating indicators whose yes reaches the next level.

    reaches: the level confirmed then, the next one or higher. unknown: those of them that nobody has answered yet, so
    that finding out may be all that is needed.
    """

    indicators: tuple[IndicatorId, ...]
    reaches: int
    unknown: tuple[IndicatorId, ...]


@dataclass(frozen=True, slots=True)
class NextLevel:
    """What leads to the level after the confirmed one. level: None at the top.

    paths: the smallest sets, the level's own indicators first; none when nothing that could be answered leads there,
    because too few indicators of that level apply.
    """

    level: int | None
    paths: tuple[Path, ...]


def next_level(rubric: Rubric, sheet: Sheet) -> NextLevel:
    """All smallest sets that reach the next level, every unknown taken as no. Raises SheetError as `score` does.

    Never a deficit and never what does not apply. One that supersedes several can stand for all of them, which is how a
    set becomes smaller than the list of what is lacking.
    """
    answers = sheet.answered(rubric)
    now = reading(answers)
    at = standing(rubric, now)
    if at.level == TOP:
        return NextLevel(None, ())
    if not at.counts[at.level].assessable:
        return NextLevel(at.level + 1, ())
    lacking = [
        _ways(rubric, one, now)
        for one in rubric.gating(at.level + 1)
        if one.id not in now.not_applicable and not now.satisfies(one)
    ]
    found: list[frozenset[IndicatorId]] = []
    for chosen in _covering(lacking, frozenset(), _fewest(lacking)):
        if chosen not in found:
            found.append(chosen)
    order = {one.id: place for place, one in enumerate(rubric.indicators)}
    return NextLevel(
        at.level + 1, tuple(_path(rubric, answers, now, sorted(one, key=order.__getitem__)) for one in found)
    )


def _ways(rubric: Rubric, indicator: Indicator, now: Reading) -> tuple[IndicatorId, ...]:
    """Indicators of which a yes would satisfy this one: itself, then what supersedes it."""
    superseding = (
        one
        for one in indicator.superseded_by
        if one not in now.not_applicable and one in rubric.by_id and rubric.by_id[one].gates
    )
    return indicator.id, *superseding


def _fewest(lacking: Sequence[tuple[IndicatorId, ...]]) -> int:
    """The size of the smallest sets: more are allowed until some set covers everything that is lacking."""
    return next(size for size in range(len(lacking) + 1) if any(True for _ in _covering(lacking, frozenset(), size)))


def _covering(
    lacking: Sequence[tuple[IndicatorId, ...]], chosen: frozenset[IndicatorId], size: int
) -> Iterator[frozenset[IndicatorId]]:
    """Sets of at most `size` indicators with one way for each of the lacking; a set may come more than once."""
    uncovered = next((ways for ways in lacking if chosen.isdisjoint(ways)), None)
    if uncovered is None:
        yield chosen
    elif len(chosen) < size:
        for way in uncovered:
            yield from _covering(lacking, chosen | {way}, size)


def _path(
    rubric: Rubric, answers: Mapping[IndicatorId, Answer], now: Reading, indicators: Sequence[IndicatorId]
) -> Path:
    then = standing(rubric, Reading(now.yes | set(indicators), now.not_applicable))
    return Path(tuple(indicators), then.level, tuple(one for one in indicators if answers[one] is Answer.UNKNOWN))
