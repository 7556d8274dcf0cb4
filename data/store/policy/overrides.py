"""Overrides: a release class that may pass in spite of a band, with a reason and an end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from data.store.engine import Database
from data.store.policy.read import OverrideRow, PolicyError
from data.store.tables import ACTORS, OVERRIDES
from data.store.writing import Writer
from scoring.actors import Actor, Role
from scoring.meetings.subjects import Subject
from scoring.meetings.texts import written
from scoring.slo.policy import ReleaseClass

GRANTER, REVOKER = ACTORS.alias("granter"), ACTORS.alias("revoker")


class Overrides:
    """Writes and reads overrides. May be used from any thread."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def grant(
        self, actor: Actor, subject: Subject, release_class: ReleaseClass, reason: str, until: datetime
    ) -> OverrideRow:
        """Let a class of releases pass until a moment, whatever the band (needs approver).

        subject: an SLO's subject, or EVERYTHING_HERE. Raises PolicyError for an end that is past, TextError without a
        reason.
        """
        reason = written("reason", reason, needed=True)
        with self._writer.write(actor, Role.APPROVER, "override.grant", subject) as write:
            if until <= write.at:
                raise PolicyError("This override would have ended already; choose a moment that is still to come.")
            row = {
                "subject": subject,
                "release_class": release_class,
                "reason": reason,
                "until": until,
                "granted_at": write.at,
                "granted_by": write.actor_id,
            }
            fresh = OVERRIDES.insert().values(row).returning(OVERRIDES.c.id)
            key = int(write.connection.execute(fresh).scalar_one())
            write.detail |= {"override": key, "class": release_class, "until": str(until), "reason": reason}
            return _rows(write.connection, OVERRIDES.c.id == key)[0]

    def revoke(self, actor: Actor, key: int) -> OverrideRow:
        """End an override now (needs approver). Raises PolicyError when it is not there or has ended."""
        with self._writer.write(actor, Role.APPROVER, "override.revoke", f"override {key}") as write:
            still = (OVERRIDES.c.id == key, OVERRIDES.c.revoked_at.is_(None), OVERRIDES.c.until > write.at)
            change = {"revoked_at": write.at, "revoked_by": write.actor_id}
            if not write.connection.execute(OVERRIDES.update().where(*still).values(change)).rowcount:
                raise PolicyError("There is no such override in force; look at the list again.")
            return _rows(write.connection, OVERRIDES.c.id == key)[0]

    def rows(self, asof: datetime | None = None) -> tuple[OverrideRow, ...]:
        """Every override as it was known at `asof` (None: now), the latest first; `holds` tells which are in force."""
        with self._database.reading() as connection:
            found = _rows(connection)
        known = found if asof is None else [row.at(asof) for row in found]
        return tuple(row for row in known if row is not None)


def _rows(connection: Connection, *conditions: ColumnElement[bool]) -> list[OverrideRow]:
    found = (
        select(OVERRIDES, GRANTER.c.name.label("granter"), REVOKER.c.name.label("revoker"))
        .join(GRANTER, GRANTER.c.id == OVERRIDES.c.granted_by)
        .outerjoin(REVOKER, REVOKER.c.id == OVERRIDES.c.revoked_by)
        .where(*conditions)
        .order_by(OVERRIDES.c.id.desc())
    )
    return [_row(row) for row in connection.execute(found)]


def _row(row: Any) -> OverrideRow:
    return OverrideRow(
        key=row.id,
        subject=Subject(row.subject),
        release_class=ReleaseClass(row.release_class),
        reason=row.reason,
        until=row.until,
        granted_at=row.granted_at,
        granted_by=row.granter,
        revoked_at=row.revoked_at,
        revoked_by=row.revoker,
    )
