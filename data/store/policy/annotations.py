"""Annotations: what happened, in people's words, beside the charts. They stay."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select

from data.store.engine import Database
from data.store.policy.read import EVERYTHING_HERE, AnnotationKind, AnnotationRow, PolicyError
from data.store.reading.moment import holds_at
from data.store.tables import ACTORS, ANNOTATIONS
from data.store.writing import Writer
from scoring.actors import Actor, Role
from scoring.meetings.subjects import Subject
from scoring.meetings.texts import linked, written


class Annotations:
    """Writes and reads annotations. May be used from any thread."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def add(
        self,
        actor: Actor,
        kind: AnnotationKind,
        text: str,
        starts_at: datetime,
        ends_at: datetime | None,
        subject: Subject = EVERYTHING_HERE,
        link: str = "",
    ) -> AnnotationRow:
        """Say what happened (needs editor).

        ends_at: None while it goes on, starts_at for a single moment. Raises PolicyError for an end before the start,
        TextError.
        """
        text, link = written("text", text, needed=True), linked("link", link)
        with self._writer.write(actor, Role.EDITOR, "annotation.add", subject) as write:
            _require_order(starts_at, ends_at)
            row = {
                "kind": kind,
                "subject": subject,
                "starts_at": starts_at,
                "ends_at": ends_at,
                "text": text,
                "link": link,
                "added_at": write.at,
                "added_by": write.actor_id,
            }
            fresh = ANNOTATIONS.insert().values(row).returning(ANNOTATIONS.c.id)
            key = int(write.connection.execute(fresh).scalar_one())
            write.detail |= {"annotation": key, "kind": kind, "text": text}
            return _rows(write.connection, ANNOTATIONS.c.id == key)[0]

    def end(self, actor: Actor, key: int, ends_at: datetime) -> AnnotationRow:
        """Say when something that was going on ended (needs editor). Raises PolicyError when it has ended already."""
        with self._writer.write(actor, Role.EDITOR, "annotation.end", f"annotation {key}") as write:
            still = (ANNOTATIONS.c.id == key, ANNOTATIONS.c.ends_at.is_(None), ANNOTATIONS.c.removed_at.is_(None))
            found = _rows(write.connection, *still)
            if not found:
                raise PolicyError("Nothing of that number is still going on; look at the chart again.")
            _require_order(found[0].starts_at, ends_at)
            write.connection.execute(ANNOTATIONS.update().where(*still).values(ends_at=ends_at))
            write.detail |= {"ended": str(ends_at)}
            return _rows(write.connection, ANNOTATIONS.c.id == key)[0]

    def remove(self, actor: Actor, key: int) -> None:
        """Show a mistaken annotation no more (needs editor); its row and who removed it stay. Raises PolicyError."""
        with self._writer.write(actor, Role.EDITOR, "annotation.remove", f"annotation {key}") as write:
            still = (ANNOTATIONS.c.id == key, ANNOTATIONS.c.removed_at.is_(None))
            change = {"removed_at": write.at, "removed_by": write.actor_id}
            if not write.connection.execute(ANNOTATIONS.update().where(*still).values(change)).rowcount:
                raise PolicyError("There is no such annotation; look at the chart again.")

    def rows(
        self, start: datetime, end: datetime, subject: Subject | None = None, asof: datetime | None = None
    ) -> tuple[AnnotationRow, ...]:
        """What happened between two moments, in order; as it was known at `asof` (None: now).

        subject: only what is about this SLO or about all of them; None for everything.
        """
        inside = (ANNOTATIONS.c.starts_at <= end, or_(ANNOTATIONS.c.ends_at.is_(None), ANNOTATIONS.c.ends_at >= start))
        about = () if subject is None else (ANNOTATIONS.c.subject.in_([EVERYTHING_HERE, subject]),)
        shown = holds_at(ANNOTATIONS.c.added_at, ANNOTATIONS.c.removed_at, asof)
        with self._database.reading() as connection:
            return tuple(_rows(connection, *inside, *about, shown))


def _require_order(starts_at: datetime, ends_at: datetime | None) -> None:
    if ends_at is not None and ends_at < starts_at:
        raise PolicyError("It would end before it began; put the two times in order.")


def _rows(connection: Connection, *conditions: ColumnElement[bool]) -> list[AnnotationRow]:
    found = (
        select(ANNOTATIONS, ACTORS.c.name)
        .join(ACTORS, ACTORS.c.id == ANNOTATIONS.c.added_by)
        .where(*conditions)
        .order_by(ANNOTATIONS.c.starts_at, ANNOTATIONS.c.id)
    )
    return [_row(row) for row in connection.execute(found)]


def _row(row: Any) -> AnnotationRow:
    return AnnotationRow(
        key=row.id,
        kind=AnnotationKind(row.kind),
        subject=Subject(row.subject),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        text=row.text,
        link=row.link,
        added_at=row.added_at,
        added_by=row.name,
    )
