"""Figures that people enter for a day; a wrong one is withdrawn and stays on file."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import select

from data.store.engine import Database
from data.store.reading.moment import holds_at
from data.store.tables import ACTORS, KPI_VALUES
from data.store.writing import Writer
from scoring.actors import Actor, Role
from scoring.maturity.kpis import KpiEntry, KpiError
from scoring.maturity.rubric import KpiId
from scoring.meetings.texts import written


class Figures:
    """Writes and reads figures. May be used from any thread."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def enter(self, actor: Actor, kpi: KpiId, day: date, value: Decimal, note: str = "") -> int:
        """Enter a figure (needs editor); returns its number. Raises KpiError for a day to come, TextError."""
        note = written("note", note)
        with self._writer.write(actor, Role.EDITOR, "kpi.enter", kpi) as write:
            if day > write.at.date():
                raise KpiError(f"{day} has not come yet; enter what was, not what is hoped for.")
            row = {
                "kpi": kpi,
                "on_day": day,
                "value": f"{value:f}",
                "note": note,
                "entered_at": write.at,
                "entered_by": write.actor_id,
            }
            key = int(write.connection.execute(KPI_VALUES.insert().values(row).returning(KPI_VALUES.c.id)).scalar_one())
            write.detail |= {"figure": key, "day": str(day), "value": f"{value:f}"}
            return key

    def withdraw(self, actor: Actor, key: int) -> None:
        """Let a figure count no more (needs editor). Raises KpiError when there is none, or it counts no more."""
        with self._writer.write(actor, Role.EDITOR, "kpi.withdraw", f"figure {key}") as write:
            still = (KPI_VALUES.c.id == key, KPI_VALUES.c.withdrawn_at.is_(None))
            change = {"withdrawn_at": write.at, "withdrawn_by": write.actor_id}
            if not write.connection.execute(KPI_VALUES.update().where(*still).values(change)).rowcount:
                raise KpiError("There is no such figure; look at the list again.")

    def entries(self, asof: datetime | None = None) -> tuple[KpiEntry, ...]:
        """The figures that count, as it was known at `asof` (None: now), by figure and day."""
        found = (
            select(KPI_VALUES, ACTORS.c.name.label("actor"))
            .join(ACTORS, ACTORS.c.id == KPI_VALUES.c.entered_by)
            .where(holds_at(KPI_VALUES.c.entered_at, KPI_VALUES.c.withdrawn_at, asof))
            .order_by(KPI_VALUES.c.kpi, KPI_VALUES.c.on_day, KPI_VALUES.c.id)
        )
        with self._database.reading() as connection:
            return tuple(
                KpiEntry(row.id, KpiId(row.kpi), row.on_day, Decimal(row.value), row.note, row.actor, row.entered_at)
                for row in connection.execute(found)
            )
