"""How the sources answer, and answered at a past moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from data.store.observations import RUN_OF
from data.store.read import ClusterRow, PartState, SourceCondition, SourceState
from data.store.reading.moment import Moment
from data.store.states import WHOLE
from data.store.tables import CLUSTERS, RUNS, SOURCE_STATES
from data.store.tables.observed import READ
from scoring.catalog.estate import SourceName

FEEDS: Mapping[SourceName, tuple[str, ...]] = {
    SourceName.KAFKA: ("brokers", "topics", "topic settings", "consumer groups", "lag", "ACLs"),
    SourceName.REGISTRY: ("schemas",),
    SourceName.CONNECT: ("connectors",),
    SourceName.PROMETHEUS: ("error budgets", "produce success", "cluster health"),
    SourceName.ALERTMANAGER: ("evidence on alerts",),
}
"""What on screen comes from each source."""

_SUCCEEDED = (SourceCondition.OK, SourceCondition.PARTIAL)


def clusters(connection: Connection) -> list[ClusterRow]:
    """Every cluster that was ever configured."""
    open_states = select(SOURCE_STATES.c.cluster_id).where(SOURCE_STATES.c.ended_at.is_(None)).distinct()
    configured = set(connection.execute(open_states).scalars())
    rows = connection.execute(select(CLUSTERS).order_by(CLUSTERS.c.name))
    return [ClusterRow(row.name, row.environment, row.region, row.id in configured) for row in rows]


def source_states(connection: Connection, moment: Moment) -> list[SourceState]:
    """One row for each configured source."""
    answers = []
    for row in _states(connection, moment, whole=True):
        source = SourceName(row.source)
        attempt, success = _last(connection, moment, row)
        answers.append(
            SourceState(
                cluster=moment.clusters[row.cluster_id],
                source=source,
                state=SourceCondition(row.state),
                since=row.since if row.last_attempt is not None else None,
                last_attempt=attempt,
                last_success=success,
                error=row.error,
                next_step=row.next_step,
                feeds=FEEDS[source],
            )
        )
    return answers


def part_states(connection: Connection, moment: Moment) -> list[PartState]:
    """One row for each part of a source that was ever tried."""
    answers = []
    for row in _states(connection, moment, whole=False):
        attempt, success = _last(connection, moment, row)
        cluster, state = moment.clusters[row.cluster_id], SourceCondition(row.state)
        answers.append(
            PartState(
                cluster,
                SourceName(row.source),
                row.part,
                state,
                row.since,
                attempt,
                success,
                row.error,
                row.next_step,
            )
        )
    return answers


def looks(states: Iterable[PartState]) -> dict[tuple[str, str], datetime | None]:
    """When each part of each cluster was last read with success."""
    return {(state.cluster, state.part): state.last_success for state in states}


def _states(connection: Connection, moment: Moment, *, whole: bool) -> list[Any]:
    is_whole = SOURCE_STATES.c.part == WHOLE if whole else SOURCE_STATES.c.part != WHOLE
    found = select(SOURCE_STATES).where(is_whole, moment.within(SOURCE_STATES), moment.holds(SOURCE_STATES, "since"))
    rows = connection.execute(found).all()
    return sorted(rows, key=lambda row: (moment.clusters[row.cluster_id], _ORDER[row.source], row.part))


_ORDER = {source: place for place, source in enumerate(SourceName)}


def _last(connection: Connection, moment: Moment, row: Any) -> tuple[datetime | None, datetime | None]:
    """The last attempt and the last success that were known at the moment.

    The row itself knows how they stand now, or stood when the period ended; for a moment in its middle the runs know.
    """
    if moment.asof is None or row.last_attempt is None or row.last_attempt <= moment.asof:
        return row.last_attempt, row.last_success
    if row.source not in READ:  # asked in rounds, which leave no runs; and asked until after the moment
        return moment.asof, moment.asof if row.state in _SUCCEEDED else row.last_success
    finished = select(func.max(RUNS.c.finished)).where(
        RUNS.c.cluster_id == row.cluster_id, RUNS.c.source == row.source, RUNS.c.finished <= moment.asof
    )
    if row.part in RUN_OF:
        finished = finished.where(RUNS.c.scope == RUN_OF[row.part][1])
    attempt: datetime = connection.execute(finished).scalar_one_or_none() or row.since
    attempt = max(attempt, row.since)
    return attempt, attempt if row.state in _SUCCEEDED else row.last_success
