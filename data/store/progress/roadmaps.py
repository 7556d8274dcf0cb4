"""The roadmap as people keep it: every change is a step, and whoever takes it names the one that was on the screen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from data.store.content import canonical
from data.store.engine import Database
from data.store.tables import ACTORS, AUDIT_HEAD, ROADMAP_STEPS
from data.store.writing import Write, Writer
from scoring.actors import Actor, Role
from scoring.maturity.roadmap import OWN, ItemId, ItemStatus, ItemStep, OwnItem, RoadmapError, Work
from scoring.maturity.rubric import Dimension, IndicatorId
from scoring.meetings.decisions import ConflictError


class Roadmaps:
    """Writes and reads what was said about roadmap items (editor or facilitator). May be used from any thread."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def change(self, actor: Actor, item: ItemId, work: Work, based_on: int) -> ItemStep:
        """Say how far an item is, who sees to it and until when.

        based_on: the version that was on the screen, 0 for an action of the rubric that nobody has touched. Raises
        ConflictError when somebody changed it meanwhile, RoadmapError, TextError.
        """
        kept = work.checked()
        with self._writing(actor, "roadmap.change", item) as write:
            last = _latest(write.connection, ROADMAP_STEPS.c.item == item)
            if (last[0].version if last else 0) != based_on:
                raise _changed_meanwhile(last[0] if last else None)
            if not last and item.startswith(OWN):
                raise RoadmapError(f"There is no item {item}; look at the roadmap again.")
            return _keep(write, actor, item, based_on + 1, kept, last[0].own if last else None)

    def add(self, actor: Actor, own: OwnItem, work: Work) -> ItemStep:
        """Put something on the roadmap that the rubric does not have. Raises RoadmapError, TextError."""
        own, kept = own.checked(), work.checked()
        with self._writing(actor, "roadmap.add", own.title) as write:
            mine = select(func.count(func.distinct(ROADMAP_STEPS.c.item))).where(ROADMAP_STEPS.c.item.startswith(OWN))
            number = int(write.connection.execute(mine).scalar_one()) + 1
            return _keep(write, actor, ItemId(f"{OWN}{number}"), 1, kept, own)

    def steps(self, asof: datetime | None = None) -> tuple[ItemStep, ...]:
        """The last step of every item as it was known at `asof` (None: now), by the item's key."""
        known = () if asof is None else (ROADMAP_STEPS.c.said_at <= asof,)
        with self._database.reading() as connection:
            return tuple(_latest(connection, *known))

    def history(self, item: ItemId) -> tuple[ItemStep, ...]:
        """Everything that was ever said about one item, oldest first."""
        with self._database.reading() as connection:
            return tuple(_rows(connection, ROADMAP_STEPS.c.item == item))

    @contextmanager
    def _writing(self, actor: Actor, action: str, subject: str) -> Iterator[Write]:
        role = Role.FACILITATOR if actor.may(Role.FACILITATOR) else Role.EDITOR
        with self._writer.write(actor, role, action, subject) as write:
            # Locked to the end, so that of two changes at once the second sees the first.
            write.connection.execute(select(AUDIT_HEAD.c.id).with_for_update())
            yield write


def _changed_meanwhile(last: ItemStep | None) -> ConflictError:
    if last is None:
        return ConflictError("This item is not on the roadmap any more; look again.", None)
    return ConflictError(f"{last.by} changed {last.item} meanwhile to “{last.work.status}”; look again.", last)


def _keep(write: Write, actor: Actor, item: ItemId, version: int, work: Work, own: OwnItem | None) -> ItemStep:
    row = {
        "item": item,
        "version": version,
        "status": work.status,
        "owner": work.owner,
        "due": work.due,
        "progress": work.progress,
        "note": work.note,
        "title": "" if own is None else own.title,
        "text": "" if own is None else own.text,
        "from_level": None if own is None else own.from_level,
        "effort": None if own is None else own.effort,
        "impact": None if own is None else own.impact,
        "helps": canonical([] if own is None else list(own.helps)),
        "dimensions": canonical([] if own is None else [one.value for one in own.dimensions]),
        "said_at": write.at,
        "said_by": write.actor_id,
    }
    write.connection.execute(ROADMAP_STEPS.insert(), row)
    write.detail |= {
        "item": item,
        "version": version,
        "status": work.status,
        "owner": work.owner,
        "due": str(work.due or ""),
        "progress": work.progress,
    }
    return ItemStep(item, version, work, own, actor.name, write.at)


def _latest(connection: Connection, *conditions: ColumnElement[bool]) -> list[ItemStep]:
    found = {step.item: step for step in _rows(connection, *conditions)}
    return [found[item] for item in sorted(found)]


def _rows(connection: Connection, *conditions: ColumnElement[bool]) -> list[ItemStep]:
    found = (
        select(ROADMAP_STEPS, ACTORS.c.name.label("actor"))
        .join(ACTORS, ACTORS.c.id == ROADMAP_STEPS.c.said_by)
        .where(*conditions)
        .order_by(ROADMAP_STEPS.c.item, ROADMAP_STEPS.c.version)
    )
    return [_step(row) for row in connection.execute(found)]


def _step(row: Any) -> ItemStep:
    own = OwnItem(
        title=row.title,
        text=row.text,
        from_level=row.from_level,
        effort=row.effort,
        impact=row.impact,
        helps=tuple(IndicatorId(one) for one in json.loads(row.helps)),
        dimensions=tuple(Dimension(one) for one in json.loads(row.dimensions)),
    )
    work = Work(ItemStatus(row.status), row.owner, row.due, row.progress, row.note)
    return ItemStep(ItemId(row.item), row.version, work, own if row.title else None, row.actor, row.said_at)
