"""Health of the brokers: the latest answer to each question about a cluster, with its query and its age."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, select

from data.health.questions import HealthKey
from data.health.readings import HealthReading, HealthRow, HealthValue
from data.store.dialect import insert
from data.store.reading.moment import Moment
from data.store.tables import HEALTH


def keep_health(connection: Connection, cluster_id: int, readings: Iterable[HealthReading]) -> None:
    """Write answers over the earlier ones of this cluster."""
    rows = [
        {
            "cluster_id": cluster_id,
            "key": reading.key,
            "query": reading.query,
            "dialect": reading.dialect,
            "observed_at": reading.observed_at,
            "found": None if reading.values is None else _text(reading.values),
        }
        for reading in readings
    ]
    if not rows:
        return
    statement = insert(connection, HEALTH)
    changed = {name: statement.excluded[name] for name in rows[0] if name not in ("cluster_id", "key")}
    connection.execute(statement.on_conflict_do_update(index_elements=["cluster_id", "key"], set_=changed), rows)


def health_rows(connection: Connection, moment: Moment) -> list[HealthRow]:
    """The latest answers that had been given by the moment, by cluster and question.

    Only the latest is kept: as of an earlier moment there is none.
    """
    found = select(HEALTH).where(moment.within(HEALTH))
    if moment.asof is not None:
        found = found.where(HEALTH.c.observed_at <= moment.asof)
    rows = [_row(moment, row) for row in connection.execute(found) if row.key in set(HealthKey)]
    order = {key: place for place, key in enumerate(HealthKey)}
    return sorted(rows, key=lambda row: (row.cluster, order[row.reading.key]))


def _text(values: Iterable[HealthValue]) -> str:
    return json.dumps([[dict(one.labels), one.value] for one in values], sort_keys=True, separators=(",", ":"))


def _row(moment: Moment, row: Any) -> HealthRow:
    values = None if row.found is None else tuple(HealthValue(labels, value) for labels, value in json.loads(row.found))
    reading = HealthReading(HealthKey(row.key), row.query, row.dialect, row.observed_at, values)
    return HealthRow(moment.clusters[row.cluster_id], reading)
