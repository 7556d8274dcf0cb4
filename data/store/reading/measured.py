"""Offsets and lag: the latest readings, and the hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, select

from data.store.dialect import chunks
from data.store.measurements import unpack_offsets
from data.store.read import Flow, GroupHour, GroupTopicLag, TopicHour
from data.store.reading.moment import HOUR, Moment
from data.store.tables import CLUSTERS, GROUP_HOURS, LATEST_OFFSETS, SERIES, TOPIC_HOURS
from scoring.catalog.estate import ClusterName, GroupId, TopicName
from scoring.evidence.given import ACTIVITY_WINDOW

Key = tuple[int, str]
"""(cluster's key, name of the topic or group)."""


@dataclass(frozen=True, slots=True)
class EndSum:
    """Sum of a topic's end offsets; total is None when a partition's was unknown."""

    total: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class LagSum:
    """Lag of a group over all its topics, in messages; partitions without a known lag are counted apart."""

    topics: int
    lag: int | None
    lag_max: int | None
    lag_unknown: int | None
    at: datetime


def end_sums(connection: Connection, moment: Moment) -> dict[Key, EndSum]:
    """Sums of end offsets by topic, as the moment knows them."""
    hour = moment.last_whole_hour
    if hour is None:
        latest = _latest(moment, SERIES.c.group_name == "", LATEST_OFFSETS.c.total, LATEST_OFFSETS.c.at)
        return {(owner, topic): EndSum(total, at) for owner, _, topic, total, at in connection.execute(latest)}
    found = (
        select(SERIES.c.cluster_id, SERIES.c.topic, TOPIC_HOURS.c.end_last)
        .join(TOPIC_HOURS, TOPIC_HOURS.c.series_id == SERIES.c.id)
        .where(moment.within(SERIES), TOPIC_HOURS.c.hour == hour)
    )
    return {(owner, topic): EndSum(total, hour + HOUR) for owner, topic, total in connection.execute(found)}


def lag_sums(connection: Connection, moment: Moment) -> dict[Key, LagSum]:
    """Lag by group, as the moment knows it."""
    hour = moment.last_whole_hour
    table: Any = LATEST_OFFSETS if hour is None else GROUP_HOURS
    lag = LATEST_OFFSETS.c.lag if hour is None else GROUP_HOURS.c.lag_last
    worst = func.max(LATEST_OFFSETS.c.lag_max) if hour is None else None
    unknown = func.sum(LATEST_OFFSETS.c.lag_unknown) if hour is None else None
    columns = [func.count(), func.sum(lag), worst, unknown, func.min(table.c.at) if hour is None else None]
    found = (
        select(SERIES.c.cluster_id, SERIES.c.group_name, *(column for column in columns if column is not None))
        .join(table, table.c.series_id == SERIES.c.id)
        .where(moment.within(SERIES), SERIES.c.group_name != "")
        .group_by(SERIES.c.cluster_id, SERIES.c.group_name)
    )
    if hour is None:
        return {
            (owner, group): LagSum(topics, _whole(lag_sum), lag_max, _whole(missing), at)
            for owner, group, topics, lag_sum, lag_max, missing, at in connection.execute(found)
        }
    found = found.where(GROUP_HOURS.c.hour == hour)
    return {
        (owner, group): LagSum(topics, _whole(lag_sum), None, None, hour + HOUR)
        for owner, group, topics, lag_sum in connection.execute(found)
    }


def _whole(number: Any) -> int | None:
    """A sum as an int; PostgreSQL adds 64-bit integers up to a Decimal."""
    return None if number is None else int(number)


def _latest(moment: Moment, which: ColumnElement[bool], *columns: Any) -> Select[Any]:
    return (
        select(SERIES.c.cluster_id, SERIES.c.group_name, SERIES.c.topic, *columns)
        .join(LATEST_OFFSETS, LATEST_OFFSETS.c.series_id == SERIES.c.id)
        .where(moment.within(SERIES), which)
    )


def group_lags(
    connection: Connection, moment: Moment, *, topic: TopicName | None = None, group: GroupId | None = None
) -> list[GroupTopicLag]:
    """The latest lag of one topic's groups, or of one group's topics, the worst first and the unknown on top."""
    which = SERIES.c.topic == topic if topic is not None else SERIES.c.group_name == group
    latest = LATEST_OFFSETS.c
    read = _latest(moment, which & (SERIES.c.group_name != ""), latest.offsets, latest.lag, latest.lag_max, latest.at)
    rows = connection.execute(read).all()
    ends = end_offsets(connection, moment, sorted({row.topic for row in rows}))
    lags = [
        GroupTopicLag(
            group=GroupId(row.group_name),
            topic=TopicName(row.topic),
            committed=unpack_offsets(row.offsets),
            end=ends.get(TopicName(row.topic)),
            lag=row.lag,
            lag_max=row.lag_max,
            observed_at=row.at,
        )
        for row in rows
    ]
    return sorted(lags, key=lambda item: (item.lag is not None, -(item.lag or 0), item.group, item.topic))


def end_offsets(connection: Connection, moment: Moment, topics: list[str]) -> dict[TopicName, Any]:
    """The latest end offsets of some topics of one cluster."""
    found = {}
    for some in chunks(topics):
        which = (SERIES.c.group_name == "") & SERIES.c.topic.in_(some)
        for _, _, topic, packed in connection.execute(_latest(moment, which, LATEST_OFFSETS.c.offsets)):
            found[TopicName(topic)] = unpack_offsets(packed)
    return found


def flow(connection: Connection, moment: Moment) -> Flow:
    """Commits at the end of the moment's last whole hour against those a week earlier; what one of the two hours has
    not is not counted."""
    hour = moment.last_whole_hour
    if hour is None:
        raise ValueError("The flow is asked for at a moment.")
    newest, before = GROUP_HOURS.alias(), GROUP_HOURS.alias()
    moved = newest.c.committed_last != before.c.committed_last
    found = (
        select(moved, func.count())
        .join(SERIES, SERIES.c.id == newest.c.series_id)
        .join(before, (before.c.series_id == newest.c.series_id) & (before.c.hour == hour - ACTIVITY_WINDOW))
        .where(moment.within(SERIES), newest.c.hour == hour)
        .group_by(moved)
    )
    counts = {bool(one): count for one, count in connection.execute(found)}
    return Flow(moved=counts.get(True, 0), still=counts.get(False, 0))


def topic_hours(
    connection: Connection, cluster: ClusterName, topic: TopicName, start: datetime, end: datetime
) -> list[TopicHour]:
    """The hours of one topic."""
    rows = _hours(connection, TOPIC_HOURS, _series(cluster, "", topic), start, end)
    return [TopicHour(row.hour, row.end_first, row.end_last, row.samples) for row in rows]


def group_hours(
    connection: Connection, cluster: ClusterName, group: GroupId, start: datetime, end: datetime
) -> list[GroupHour]:
    """The hours of one group, by topic."""
    return [
        GroupHour(
            TopicName(row.topic),
            row.hour,
            row.lag_min,
            row.lag_max,
            row.lag_last,
            row.committed_first,
            row.committed_last,
            row.samples,
        )
        for row in _hours(connection, GROUP_HOURS, _series(cluster, group, None), start, end)
    ]


def _series(cluster: ClusterName, group: str, topic: TopicName | None) -> Any:
    owner = select(CLUSTERS.c.id).where(CLUSTERS.c.name == cluster).scalar_subquery()
    which = (SERIES.c.cluster_id == owner) & (SERIES.c.group_name == group)
    return select(SERIES.c.id).where(which & (SERIES.c.topic == topic) if topic is not None else which)


def _hours(connection: Connection, table: Any, series: Any, start: datetime, end: datetime) -> Iterator[Any]:
    """Rows in [start, end) by hour and topic, looked up hour by hour, because the table's key begins with the hour."""
    numbers = list(connection.execute(series).scalars())
    first = start.replace(minute=0, second=0, microsecond=0)
    first += HOUR if first < start else HOUR * 0
    hours = [first + HOUR * step for step in range(max(0, -((first - end) // HOUR)))]
    for some in chunks(hours):
        found = select(table, SERIES.c.topic).join(SERIES, SERIES.c.id == table.c.series_id)
        found = found.where(table.c.hour.in_(some), table.c.series_id.in_(numbers))
        yield from connection.execute(found.order_by(table.c.hour, SERIES.c.topic))
