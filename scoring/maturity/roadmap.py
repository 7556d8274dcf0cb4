"""The roadmap: what to do next, the most impact for the least effort first, and nothing before what it needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction
from typing import NewType

from scoring.maturity.rubric import ActionKey, Dimension, IndicatorId, RoadmapAction, Rubric
from scoring.meetings.texts import RefusedError, written

ItemId = NewType("ItemId", str)
"""An action's key in the rubric, such as R2.7, or that of an own item, such as own-3."""

OWN = "own-"
SMALLEST, LARGEST = 1, 5


class RoadmapError(RefusedError):
    """Something on the roadmap cannot be as it was asked for."""


class ItemStatus(StrEnum):
    """How far an item is."""

    PLANNED = "planned"
    DOING = "in progress"
    DONE = "done"
    DROPPED = "dropped"

    @property
    def is_open(self) -> bool:
        """True while there is something left to do."""
        return self in (ItemStatus.PLANNED, ItemStatus.DOING)


@dataclass(frozen=True, slots=True)
class Work:
    """What people say about an item. progress: percent, 0 to 100; a done item has 100."""

    status: ItemStatus = ItemStatus.PLANNED
    owner: str = ""
    due: date | None = None
    progress: int = 0
    note: str = ""

    def checked(self) -> Work:
        """As it is kept. Raises RoadmapError, TextError."""
        if not 0 <= self.progress <= 100:
            raise RoadmapError(f"The progress is {self.progress} %; write a number from 0 to 100.")
        progress = 100 if self.status is ItemStatus.DONE else self.progress
        owner, note = written("owner", self.owner), written("note", self.note)
        return replace(self, owner=owner, note=note, progress=progress)


@dataclass(frozen=True, slots=True)
class OwnItem:
    """Something to do that the rubric does not have. from_level: on the way from this level to the next."""

    title: str
    from_level: int
    text: str = ""
    effort: int = 3
    impact: int = 3
    helps: tuple[IndicatorId, ...] = ()
    dimensions: tuple[Dimension, ...] = ()

    def checked(self) -> OwnItem:
        """As it is kept. Raises RoadmapError, TextError."""
        for name, value in (("effort", self.effort), ("impact", self.impact)):
            if not SMALLEST <= value <= LARGEST:
                raise RoadmapError(f"The {name} is {value}; write a number from {SMALLEST} to {LARGEST}.")
        return replace(self, title=written("title", self.title, needed=True), text=written("text", self.text))

    def action(self, item: ItemId) -> RoadmapAction:
        """As an action among those of the rubric."""
        return RoadmapAction(
            id=ActionKey(item),
            from_level=self.from_level,
            title=self.title,
            text=self.text,
            effort=self.effort,
            impact=self.impact,
            helps=self.helps,
            dimensions=self.dimensions,
        )


@dataclass(frozen=True, slots=True)
class ItemStep:
    """What was last said about an item. own: None for an action of the rubric. version: 1, 2, 3, …"""

    item: ItemId
    version: int
    work: Work
    own: OwnItem | None
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Planned:
    """One line of the roadmap.

    version: what to name when changing it, 0 before anybody has. lacking: indicators that it helps with and that are
    not satisfied. waits_for: items that come before it and are not done. carried: from the way to an earlier level.
    """

    action: RoadmapAction
    work: Work
    version: int
    lacking: tuple[IndicatorId, ...]
    waits_for: tuple[ItemId, ...]
    carried: bool
    own: bool = False
    changed_by: str = ""
    changed_at: datetime | None = None

    @property
    def item(self) -> ItemId:
        """Its key."""
        return ItemId(self.action.id)

    @property
    def ratio(self) -> Fraction:
        """Impact by effort."""
        return Fraction(self.action.impact, self.action.effort)

    @property
    def needless(self) -> bool:
        """True when every indicator that it helps with is satisfied already."""
        return bool(self.action.helps) and not self.lacking

    def is_overdue(self, today: date) -> bool:
        """True when it is open and its due date has passed."""
        return self.work.status.is_open and self.work.due is not None and self.work.due < today


@dataclass(frozen=True, slots=True)
class Roadmap:
    """from_level: where it starts. open: to do, in order. settled: done, dropped, or already satisfied without it."""

    from_level: int
    open: tuple[Planned, ...]
    settled: tuple[Planned, ...] = field(default=())

    @property
    def every(self) -> tuple[Planned, ...]:
        """All of it."""
        return (*self.open, *self.settled)

    def overdue(self, today: date) -> tuple[Planned, ...]:
        """Open items whose due date has passed."""
        return tuple(one for one in self.open if one.is_overdue(today))


def in_order(actions: Sequence[RoadmapAction]) -> tuple[RoadmapAction, ...]:
    """By impact ÷ effort, the highest first, but each after everything that it needs; equal ones as they were given.

    Of what is ready, the best comes next. Needs that are not among these actions are taken as met. Raises RoadmapError
    when actions need each other in a circle.
    """
    names = {one.id for one in actions}
    left, placed = list(actions), list[RoadmapAction]()
    done: set[ActionKey] = set()
    while left:
        ready = [one for one in left if all(need in done or need not in names for need in one.needs)]
        if not ready:
            raise RoadmapError(f"{', '.join(one.id for one in left)} need each other; take one of the needs out.")
        best = max(ready, key=lambda one: Fraction(one.impact, one.effort))
        left.remove(best)
        done.add(best.id)
        placed.append(best)
    return tuple(placed)


def roadmap(rubric: Rubric, level: int, satisfied: AbstractSet[IndicatorId], steps: Iterable[ItemStep] = ()) -> Roadmap:
    """The way from a confirmed level to the next one, with what is left over from the ways before.

    level: 0 to 5; from 0 on it is the way from level 1 that is shown, as there is none before. satisfied: indicators
    that are answered yes or superseded. steps: the last step of every item that somebody has touched.
    """
    start = max(level, 1)
    known = {one.item: one for one in steps}
    mine = {ItemId(one.id): one for one in rubric.actions} | {
        item: step.own.action(item) for item, step in known.items() if step.own is not None
    }
    shown = [
        action
        for item, action in mine.items()
        if action.from_level == start
        or (item in known and (action.from_level < start or known[item].work.status is not ItemStatus.PLANNED))
    ]
    open_items = {item: known[item].work.status.is_open if item in known else True for item in mine}
    lines = [_planned(one, known, satisfied, open_items, start, mine) for one in in_order(shown)]
    still = [one for one in lines if one.work.status.is_open and not (one.needless and one.version == 0)]
    return Roadmap(start, tuple(still), tuple(one for one in lines if one not in still))


def _planned(
    action: RoadmapAction,
    known: Mapping[ItemId, ItemStep],
    satisfied: AbstractSet[IndicatorId],
    open_items: Mapping[ItemId, bool],
    start: int,
    mine: Mapping[ItemId, RoadmapAction],
) -> Planned:
    item = ItemId(action.id)
    step = known.get(item)
    needed = (ItemId(need) for need in action.needs)
    return Planned(
        action=action,
        work=Work() if step is None else step.work,
        version=0 if step is None else step.version,
        lacking=tuple(one for one in action.helps if one not in satisfied),
        waits_for=tuple(one for one in needed if open_items.get(one, False) and not _met(mine[one], satisfied)),
        carried=action.from_level < start,
        own=step is not None and step.own is not None,
        changed_by="" if step is None else step.by,
        changed_at=None if step is None else step.at,
    )


def _met(action: RoadmapAction, satisfied: AbstractSet[IndicatorId]) -> bool:
    return bool(action.helps) and all(one in satisfied for one in action.helps)
