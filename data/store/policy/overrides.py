"""Overrides: releases that may pass in spite of a band, with a reason and an end."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from data.store.content import canonical
from data.store.engine import Database
from data.store.policy.read import OverrideRow, PolicyError
from data.store.tables import ACTORS, OVERRIDES
from data.store.writing import Writer
from scoring.actors import Actor, Role
from scoring.meetings.texts import written
from scoring.slo.definition import SloId
from scoring.slo.gate import Override
from scoring.slo.policy import ReleaseClass

GRANTER, REVOKER = ACTORS.alias("granter"), ACTORS.alias("revoker")


class Overrides:
    """Writes and reads overrides. May be used from any thread."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def grant(
        self,
        actor: Actor,
        slos: Iterable[SloId],
        release_class: ReleaseClass | None,
        reason: str,
        until: datetime,
    ) -> OverrideRow:
        """Let releases pass until a moment, whatever the band of these SLOs (needs approver).

        slos: ids, or EVERY_SLO. release_class: None for every class. Raises PolicyError for an end that is past,
        TextError without a reason.
        """
        named, reason = sorted(set(slos)), written("reason", reason, needed=True)
        with self._writer.write(actor, Role.APPROVER, "override.grant", ", ".join(named)) as write:
            if not named:
                raise PolicyError("This override names no SLO; choose at least one.")
            if until <= write.at:
                raise PolicyError("This override would have ended already; choose a moment that is still to come.")
            row = {
                "slos": canonical(named),
                "release_class": release_class,
                "reason": reason,
                "until": until,
                "granted_at": write.at,
                "granted_by": write.actor_id,
            }
            fresh = OVERRIDES.insert().values(row).returning(OVERRIDES.c.id)
            key = int(write.connection.execute(fresh).scalar_one())
            write.detail |= {"override": key, "class": release_class or "every", "until": str(until), "reason": reason}
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
        """Every override as it was known at `asof` (None: now), the latest first."""
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
    override = Override(
        id=str(row.id),
        slos=frozenset(SloId(slo) for slo in json.loads(row.slos)),
        release_class=None if row.release_class is None else ReleaseClass(row.release_class),
        reason=row.reason,
        overridden_by=row.granter,
        recorded_at=row.granted_at,
        until=row.until,
    )
    return OverrideRow(row.id, override, row.revoked_at, row.revoker)
