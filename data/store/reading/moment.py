"""What every question begins with: which clusters, and as of when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, and_, or_, select

from data.store.states import WHOLE
from data.store.tables import CLUSTERS, SOURCE_STATES
from scoring.catalog.estate import ClusterName

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A question's frame: the clusters it is about, by key, and the past moment it asks about (None: now)."""

    clusters: Mapping[int, ClusterName]
    asof: datetime | None

    def within(self, table: Table) -> ColumnElement[bool]:
        """Rows of the clusters asked about."""
        return table.c.cluster_id.in_(self.clusters)

    def holds(self, table: Table, start: str) -> ColumnElement[bool]:
        """Intervals of a table that hold at the moment; `start` is the column that they begin with."""
        return holds_at(table.c[start], table.c.ended_at, self.asof)

    @property
    def last_whole_hour(self) -> datetime | None:
        """Start of the last hour that was complete at a past moment; None for now, where the latest reading counts."""
        if self.asof is None:
            return None
        return self.asof.replace(minute=0, second=0, microsecond=0) - HOUR


def holds_at(began: ColumnElement[Any], ended: ColumnElement[Any], asof: datetime | None) -> ColumnElement[bool]:
    """Rows that had begun at a moment and not ended; of now (None), those that have no end."""
    if asof is None:
        return ended.is_(None)
    return and_(began <= asof, or_(ended.is_(None), ended > asof))


def frame(connection: Connection, cluster: ClusterName | None, asof: datetime | None) -> Moment:
    """The frame of a question about one cluster, or about all that were configured at the moment."""
    if cluster is not None:
        found = connection.execute(select(CLUSTERS.c.id, CLUSTERS.c.name).where(CLUSTERS.c.name == cluster))
        return Moment(_named(found), asof)
    everything = Moment({}, asof)
    configured = (
        select(CLUSTERS.c.id, CLUSTERS.c.name)
        .join(SOURCE_STATES, SOURCE_STATES.c.cluster_id == CLUSTERS.c.id)
        .where(SOURCE_STATES.c.part == WHOLE, everything.holds(SOURCE_STATES, "since"))
        .distinct()
        .order_by(CLUSTERS.c.name)
    )
    return Moment(_named(connection.execute(configured)), asof)


def _named(rows: Any) -> dict[int, ClusterName]:
    return {row.id: ClusterName(row.name) for row in rows}
