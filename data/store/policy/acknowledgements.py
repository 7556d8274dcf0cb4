"""Acknowledgements: an approver answers for the violations of an invariant, with their cause and a postmortem."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from data.store.engine import Database
from data.store.policy.read import AcknowledgementRow, PolicyError
from data.store.tables import ACKNOWLEDGEMENTS, ACTORS
from data.store.writing import Writer
from scoring.actors import Actor, Role
from scoring.catalog.estate import ClusterName
from scoring.meetings.subjects import subject_of
from scoring.meetings.texts import linked, written
from scoring.slo.definition import SloId
from scoring.slo.invariants import Acknowledgement

GIVER, WITHDRAWER = ACTORS.alias("giver"), ACTORS.alias("withdrawer")


class Acknowledgements:
    """Writes and reads acknowledgements. May be used from any thread."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def acknowledge(
        self,
        actor: Actor,
        slo: SloId,
        cluster: ClusterName,
        through: datetime,
        found: int,
        cause: str,
        postmortem: str,
        group: str = "",
    ) -> AcknowledgementRow:
        """Answer for the violations of an invariant that were seen by `through` (needs approver).

        through: end of the last minute with a violation that is known. found: how many are known. postmortem: a link.
        A later violation needs another one. Raises TextError for a missing cause or link, PolicyError when there is
        nothing to answer for.
        """
        cause, postmortem = written("cause", cause, needed=True), linked("postmortem", postmortem, needed=True)
        subject = subject_of(slo, cluster, group)
        with self._writer.write(actor, Role.APPROVER, "invariant.acknowledge", subject) as write:
            if found < 1 or through > write.at:
                raise PolicyError("Nothing was violated yet that could be acknowledged; look at the page again.")
            row = {
                "slo": slo,
                "cluster": cluster,
                "group_key": group,
                "found": found,
                "through": through,
                "cause": cause,
                "postmortem": postmortem,
                "acknowledged_at": write.at,
                "acknowledged_by": write.actor_id,
            }
            fresh = ACKNOWLEDGEMENTS.insert().values(row).returning(ACKNOWLEDGEMENTS.c.id)
            key = int(write.connection.execute(fresh).scalar_one())
            write.detail |= {"acknowledgement": key, "found": found, "cause": cause, "postmortem": postmortem}
            return _rows(write.connection, ACKNOWLEDGEMENTS.c.id == key)[0]

    def withdraw(self, actor: Actor, key: int) -> AcknowledgementRow:
        """Take an acknowledgement back (needs approver): the invariant is in the lowest band again."""
        with self._writer.write(actor, Role.APPROVER, "invariant.withdraw", f"acknowledgement {key}") as write:
            still = (ACKNOWLEDGEMENTS.c.id == key, ACKNOWLEDGEMENTS.c.withdrawn_at.is_(None))
            change = {"withdrawn_at": write.at, "withdrawn_by": write.actor_id}
            if not write.connection.execute(ACKNOWLEDGEMENTS.update().where(*still).values(change)).rowcount:
                raise PolicyError("There is no such acknowledgement to take back; look at the list again.")
            return _rows(write.connection, ACKNOWLEDGEMENTS.c.id == key)[0]

    def rows(self, asof: datetime | None = None) -> tuple[AcknowledgementRow, ...]:
        """Every acknowledgement as it was known at `asof` (None: now), the latest first."""
        with self._database.reading() as connection:
            found = _rows(connection)
        known = found if asof is None else [row.at(asof) for row in found]
        return tuple(row for row in known if row is not None)


def _rows(connection: Connection, *conditions: ColumnElement[bool]) -> list[AcknowledgementRow]:
    found = (
        select(ACKNOWLEDGEMENTS, GIVER.c.name.label("giver"), WITHDRAWER.c.name.label("withdrawer"))
        .join(GIVER, GIVER.c.id == ACKNOWLEDGEMENTS.c.acknowledged_by)
        .outerjoin(WITHDRAWER, WITHDRAWER.c.id == ACKNOWLEDGEMENTS.c.withdrawn_by)
        .where(*conditions)
        .order_by(ACKNOWLEDGEMENTS.c.id.desc())
    )
    return [_row(row) for row in connection.execute(found)]


def _row(row: Any) -> AcknowledgementRow:
    acknowledgement = Acknowledgement(
        slo=SloId(row.slo),
        cluster=ClusterName(row.cluster),
        group=row.group_key,
        through=row.through,
        cause=row.cause,
        postmortem=row.postmortem,
        acknowledged_by=row.giver,
        recorded_at=row.acknowledged_at,
    )
    return AcknowledgementRow(row.id, acknowledgement, row.found, row.withdrawn_at, row.withdrawer)
