"""Measurements: the latest offsets of every topic and group, and their hours.

The latest reading overwrites the one before; the hour that it falls into keeps what charts need (first and last sum,
lowest, highest and last lag), in the same transaction, so a killed collector loses no hour.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, Table, case, delete, select

from data.store.dialect import chunks, insert
from data.store.tables import GROUP_HOURS, LATEST_OFFSETS, SERIES, TOPIC_HOURS
from scoring.catalog.estate import NO_OFFSET, Committed, EndOffsets, Offsets, lag

SeriesKey = tuple[str, str]
"""(group, topic); the group of a topic's own end offsets is ''."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Which run read the offsets of which cluster, and when; complete is False when the source refused some items."""

    cluster_id: int
    run_id: int
    at: datetime
    complete: bool

    @property
    def hour(self) -> datetime:
        """Start of the hour that the reading falls into."""
        return self.at.replace(minute=0, second=0, microsecond=0)


def append_end_offsets(connection: Connection, reading: Reading, ends: EndOffsets) -> int:
    """Write the end offsets of topics; sums only where every partition is known. Returns the topics written."""
    series = _series(connection, reading.cluster_id, [("", topic) for topic in ends])
    latest, hours = [], []
    for topic, offsets in ends.items():
        number = series["", topic]
        whole = len(offsets) > 0 and not (offsets == NO_OFFSET).any()
        total = int(offsets.sum()) if whole else None
        latest.append(_latest(reading, number, offsets, total))
        if total is not None:
            hours.append({**_hour(reading, number), "end_first": total, "end_last": total})
    _upsert(connection, LATEST_OFFSETS, latest, ["series_id"])
    _upsert_topic_hours(connection, hours)
    _forget(connection, reading, SERIES.c.group_name == "")
    return len(latest)


def append_committed(connection: Connection, reading: Reading, committed: Committed, ends: EndOffsets | None) -> int:
    """Write the commits of groups, with their lag where the end offsets are known. Returns the pairs written."""
    pairs = [(group, topic) for group, topics in committed.items() for topic in topics]
    series = _series(connection, reading.cluster_id, pairs)
    latest, hours = [], []
    for group, topics in committed.items():
        for topic, offsets in topics.items():
            number = series[group, topic]
            lags = _lags(offsets, ends.get(topic) if ends is not None else None)
            total = int(offsets[offsets != NO_OFFSET].sum())
            latest.append(_latest(reading, number, offsets, total) | lags)
            hour = {"lag_min": lags["lag"], "lag_max": lags["lag"], "lag_last": lags["lag"]}
            hours.append({**_hour(reading, number), **hour, "committed_first": total, "committed_last": total})
    _upsert(connection, LATEST_OFFSETS, latest, ["series_id"])
    _upsert_group_hours(connection, hours)
    _forget(connection, reading, SERIES.c.group_name != "")
    return len(latest)


def pack_offsets(offsets: Offsets) -> bytes:
    """Offsets as little-endian int64."""
    return offsets.astype("<i8", copy=False).tobytes()


def unpack_offsets(packed: bytes) -> Offsets:
    """Offsets from their stored form. Raises ValueError when the length is no multiple of 8."""
    return np.frombuffer(packed, dtype="<i8").astype(np.int64)


def _forget(connection: Connection, reading: Reading, whose: ColumnElement[bool]) -> None:
    """Drop latest readings that a complete reading no longer found: deleted topics, expired commits. Hours stay."""
    if not reading.complete:
        return
    numbers = select(SERIES.c.id).where(SERIES.c.cluster_id == reading.cluster_id, whose)
    stale = LATEST_OFFSETS.c.series_id.in_(numbers) & (LATEST_OFFSETS.c.run_id != reading.run_id)
    connection.execute(delete(LATEST_OFFSETS).where(stale))


def _lags(committed: Offsets, end: Offsets | None) -> dict[str, int | None]:
    """Lag over the committed partitions; a partition that was never committed to has none and is not unknown."""
    wanted = int((committed != NO_OFFSET).sum())
    behind = lag(committed, end) if end is not None else np.empty(0, dtype=np.int64)
    known = behind[behind != NO_OFFSET]
    if not len(known):
        return {"lag": None, "lag_max": None, "lag_unknown": wanted}
    return {"lag": int(known.sum()), "lag_max": int(known.max()), "lag_unknown": wanted - len(known)}


def _latest(reading: Reading, series_id: int, offsets: Offsets, total: int | None) -> dict[str, Any]:
    return {
        "series_id": series_id,
        "run_id": reading.run_id,
        "at": reading.at,
        "offsets": pack_offsets(offsets),
        "total": total,
    }


def _hour(reading: Reading, series_id: int) -> dict[str, Any]:
    return {"hour": reading.hour, "series_id": series_id, "samples": 1}


def _series(connection: Connection, cluster_id: int, keys: Iterable[SeriesKey]) -> Mapping[SeriesKey, int]:
    """The numbers of all series of a cluster; those of `keys` that have none yet get one."""
    known = _known_series(connection, cluster_id)
    fresh = [key for key in keys if key not in known]
    if not fresh:
        return known
    rows = [{"cluster_id": cluster_id, "group_name": group, "topic": topic} for group, topic in fresh]
    for some in chunks(rows):
        connection.execute(SERIES.insert(), list(some))
    return _known_series(connection, cluster_id)


def _known_series(connection: Connection, cluster_id: int) -> dict[SeriesKey, int]:
    found = select(SERIES.c.group_name, SERIES.c.topic, SERIES.c.id).where(SERIES.c.cluster_id == cluster_id)
    return {(group, topic): number for group, topic, number in connection.execute(found)}


def _upsert(connection: Connection, table: Table, rows: list[dict[str, Any]], key: list[str]) -> None:
    if not rows:
        return
    statement = insert(connection, table)
    changed = {column: statement.excluded[column] for column in rows[0] if column not in key}
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=changed), rows)


def _upsert_topic_hours(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    statement = insert(connection, TOPIC_HOURS)
    changed = {"end_last": statement.excluded.end_last, "samples": TOPIC_HOURS.c.samples + 1}
    connection.execute(statement.on_conflict_do_update(index_elements=["hour", "series_id"], set_=changed), rows)


def _upsert_group_hours(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """An unknown lag changes nothing; a first known one in the hour sets all three."""
    if not rows:
        return
    statement = insert(connection, GROUP_HOURS)
    old, new = GROUP_HOURS.c, statement.excluded
    known = new.lag_last.is_not(None)
    changed = {
        "lag_min": case(
            (known & (old.lag_min.is_(None) | (new.lag_min < old.lag_min)), new.lag_min), else_=old.lag_min
        ),
        "lag_max": case(
            (known & (old.lag_max.is_(None) | (new.lag_max > old.lag_max)), new.lag_max), else_=old.lag_max
        ),
        "lag_last": case((known, new.lag_last), else_=old.lag_last),
        "committed_last": new.committed_last,
        "samples": old.samples + 1,
    }
    connection.execute(statement.on_conflict_do_update(index_elements=["hour", "series_id"], set_=changed), rows)
