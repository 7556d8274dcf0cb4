"""Exemptions: asked for by an editor, approved by somebody else, withdrawn by either."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from data.store.content import canonical
from data.store.engine import Database
from data.store.policy.read import ExemptionRow, ExemptionState, PolicyError, SelfApprovalError
from data.store.tables import ACTORS, EXEMPTIONS
from data.store.writing import Writer
from scoring.actors import Actor, Role
from scoring.meetings.texts import written
from scoring.slo.definition import SloId
from scoring.slo.exemptions import Exemption

ASKER, APPROVER, WITHDRAWER = (ACTORS.alias(name) for name in ("asker", "approver", "withdrawer"))


class Exemptions:
    """Writes and reads exemptions. May be used from any thread."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def request(
        self,
        actor: Actor,
        slos: Iterable[SloId],
        start: datetime,
        end: datetime,
        reason: str,
        labels: Mapping[str, str] | None = None,
    ) -> ExemptionRow:
        """Ask that the whole minutes [start, end) of these SLOs should not count (needs editor).

        labels: as `scoring.slo.exemptions.Exemption` matches them. Raises PolicyError for what nobody may grant, such
        as minutes more than 30 days back.
        """
        named, matchers, reason = sorted(set(slos)), dict(labels or {}), written("reason", reason, needed=True)
        with self._writer.write(actor, Role.EDITOR, "exemption.request", ", ".join(named)) as write:
            _require_grantable(named, matchers, start, end, reason, actor, write.at)
            row = {
                "slos": canonical(named),
                "matchers": canonical(matchers),
                "starts_at": start,
                "ends_at": end,
                "reason": reason,
                "requested_at": write.at,
                "requested_by": write.actor_id,
            }
            fresh = EXEMPTIONS.insert().values(row).returning(EXEMPTIONS.c.id)
            key = int(write.connection.execute(fresh).scalar_one())
            write.detail |= {"exemption": key, "from": str(start), "to": str(end), "reason": reason}
            return _one(write.connection, key)

    def approve(self, actor: Actor, key: int) -> ExemptionRow:
        """Let an exemption count (needs approver). Raises SelfApprovalError for whoever asked for it, PolicyError."""
        with self._writer.write(actor, Role.APPROVER, "exemption.approve", f"exemption {key}") as write:
            found = _locked(write.connection, key)
            if found.exemption.requested_by == actor.name:
                raise SelfApprovalError(f"{actor.name} asked for this exemption; somebody else has to approve it.")
            if found.state is not ExemptionState.REQUESTED:
                raise PolicyError(f"This exemption is {found.state} already; look at the list again.")
            approved = EXEMPTIONS.update().where(EXEMPTIONS.c.id == key)
            write.connection.execute(approved.values(approved_at=write.at, approved_by=write.actor_id))
            return _one(write.connection, key)

    def withdraw(self, actor: Actor, key: int) -> ExemptionRow:
        """Let its minutes count again, from now on (needs approver, or editor). Closed reviews keep their numbers."""
        role = Role.APPROVER if actor.may(Role.APPROVER) else Role.EDITOR
        with self._writer.write(actor, role, "exemption.withdraw", f"exemption {key}") as write:
            if _locked(write.connection, key).state is ExemptionState.WITHDRAWN:
                raise PolicyError("This exemption is withdrawn already; look at the list again.")
            withdrawn = EXEMPTIONS.update().where(EXEMPTIONS.c.id == key)
            write.connection.execute(withdrawn.values(withdrawn_at=write.at, withdrawn_by=write.actor_id))
            return _one(write.connection, key)

    def rows(self, asof: datetime | None = None, start: datetime | None = None) -> tuple[ExemptionRow, ...]:
        """Every exemption as it was known at `asof` (None: now), by its first minute.

        start: only those that reach into what comes after this moment; a budget's window begins there.
        """
        conditions = () if start is None else (EXEMPTIONS.c.ends_at > start,)
        with self._database.reading() as connection:
            found = _rows(connection, *conditions)
        known = found if asof is None else [row.at(asof) for row in found]
        return tuple(row for row in known if row is not None)


def _require_grantable(
    slos: list[SloId],
    labels: Mapping[str, str],
    start: datetime,
    end: datetime,
    reason: str,
    actor: Actor,
    at: datetime,
) -> None:
    try:
        Exemption(
            id="asked for",
            slos=frozenset(slos),
            labels=labels,
            start=start,
            end=end,
            reason=reason,
            requested_by=actor.name,
            recorded_at=at,
        )
    except ValueError as error:
        raise PolicyError(f"This cannot be exempted: {error}.") from error


def _locked(connection: Connection, key: int) -> ExemptionRow:
    connection.execute(select(EXEMPTIONS.c.id).where(EXEMPTIONS.c.id == key).with_for_update())
    return _one(connection, key)


def _one(connection: Connection, key: int) -> ExemptionRow:
    found = _rows(connection, EXEMPTIONS.c.id == key)
    if not found:
        raise PolicyError(f"There is no exemption {key}; look at the list again.")
    return found[0]


def _rows(connection: Connection, *conditions: ColumnElement[bool]) -> list[ExemptionRow]:
    found = (
        select(
            EXEMPTIONS,
            ASKER.c.name.label("asker"),
            APPROVER.c.name.label("approver"),
            WITHDRAWER.c.name.label("withdrawer"),
        )
        .join(ASKER, ASKER.c.id == EXEMPTIONS.c.requested_by)
        .outerjoin(APPROVER, APPROVER.c.id == EXEMPTIONS.c.approved_by)
        .outerjoin(WITHDRAWER, WITHDRAWER.c.id == EXEMPTIONS.c.withdrawn_by)
        .where(*conditions)
        .order_by(EXEMPTIONS.c.starts_at, EXEMPTIONS.c.id)
    )
    return [_row(row) for row in connection.execute(found)]


def _row(row: Any) -> ExemptionRow:
    exemption = Exemption(
        id=str(row.id),
        slos=frozenset(SloId(slo) for slo in json.loads(row.slos)),
        labels=json.loads(row.matchers),
        start=row.starts_at,
        end=row.ends_at,
        reason=row.reason,
        requested_by=row.asker,
        approved_by=row.approver,
        recorded_at=row.requested_at,
    )
    return ExemptionRow(row.id, exemption, row.approved_at, row.withdrawn_at, row.withdrawer)
