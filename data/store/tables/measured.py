"""Tables of what was measured: offsets, lag and SLI slices."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Column, Date, ForeignKey, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field

from data.store.columns import HOUR_MICROS, BigId, UtcTime, holds
from data.store.tables.base import StoreTable


class SeriesTable(StoreTable, table=True):
    """What has offsets: a topic (group_name '') or a group on a topic. A number instead of two names in every hour."""

    __tablename__ = "series"
    __table_args__: ClassVar = (UniqueConstraint("cluster_id", "group_name", "topic"),)
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    cluster_id: int = Field(foreign_key="clusters.id")
    group_name: str = Field(sa_type=Text)
    topic: str = Field(sa_type=Text)


class LatestOffsetsTable(StoreTable, table=True):
    """The latest reading of a series: little-endian int64, one a partition, -1 where there is none.

    A topic's are end offsets, a group's its commits. total: their sum; none for a topic with an unknown partition.
    lag: over the partitions where it is known; lag_unknown counts the others.
    """

    __tablename__ = "latest_offsets"
    __table_args__: ClassVar = (
        holds("whole_int64", "length(offsets) % 8 = 0"),
        holds("lag_counts", "lag >= 0 AND lag_max >= 0 AND lag_max <= lag AND lag_unknown >= 0"),
    )
    series_id: int = Field(sa_column=Column(BigId, ForeignKey("series.id"), primary_key=True, autoincrement=False))
    run_id: int = Field(sa_type=BigId)
    at: datetime = Field(sa_type=UtcTime)
    offsets: bytes = Field(sa_type=LargeBinary)
    total: int | None = Field(default=None, sa_type=BigInteger)
    lag: int | None = Field(default=None, sa_type=BigInteger)
    lag_max: int | None = Field(default=None, sa_type=BigInteger)
    lag_unknown: int | None = Field(default=None)


class TopicHourTable(StoreTable, table=True):
    """One hour of a topic: first and last sum of its end offsets.

    The key begins with the hour, so that a refresh writes neighbouring rows and pruning removes neighbouring rows;
    one topic's history is then one look-up an hour, which is 720 for 30 days and takes milliseconds.
    """

    __tablename__ = "topic_hours"
    __table_args__: ClassVar = (
        holds("whole_hour", f"hour % {HOUR_MICROS} = 0"),
        holds("sampled", "samples > 0"),
        {"sqlite_with_rowid": False},
    )
    hour: datetime = Field(sa_type=UtcTime, primary_key=True)
    series_id: int = Field(sa_column=Column(BigId, ForeignKey("series.id"), primary_key=True, autoincrement=False))
    end_first: int = Field(sa_type=BigInteger)
    end_last: int = Field(sa_type=BigInteger)
    samples: int


class GroupHourTable(StoreTable, table=True):
    """One hour of a group on a topic: lag in messages, commits as the sum over partitions."""

    __tablename__ = "group_hours"
    __table_args__: ClassVar = (
        holds("whole_hour", f"hour % {HOUR_MICROS} = 0"),
        holds("sampled", "samples > 0"),
        holds("lag_ordered", "lag_min >= 0 AND lag_max >= lag_min AND lag_last >= lag_min AND lag_last <= lag_max"),
        {"sqlite_with_rowid": False},
    )
    hour: datetime = Field(sa_type=UtcTime, primary_key=True)
    series_id: int = Field(sa_column=Column(BigId, ForeignKey("series.id"), primary_key=True, autoincrement=False))
    lag_min: int | None = Field(default=None, sa_type=BigInteger)
    lag_max: int | None = Field(default=None, sa_type=BigInteger)
    lag_last: int | None = Field(default=None, sa_type=BigInteger)
    committed_first: int = Field(sa_type=BigInteger)
    committed_last: int = Field(sa_type=BigInteger)
    samples: int


class HealthTable(StoreTable, table=True):
    """The latest answer to one question about a cluster's health. found: JSON [[labels, value], …]; none when no known
    exporter has the metric."""

    __tablename__ = "health"
    __table_args__: ClassVar = (holds("found_by_somebody", "(found IS NULL) = (dialect = '')"),)
    cluster_id: int = Field(foreign_key="clusters.id", primary_key=True)
    key: str = Field(sa_type=Text, primary_key=True)
    query: str = Field(sa_type=Text)
    dialect: str = Field(sa_type=Text)
    observed_at: datetime = Field(sa_type=UtcTime)
    found: str | None = Field(default=None, sa_type=Text)


class SliTable(StoreTable, table=True):
    """An SLI definition that slices were counted by; the hash names its slices."""

    __tablename__ = "slis"
    id: int | None = Field(default=None, primary_key=True)
    hash: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    name: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    first_seen: datetime = Field(sa_type=UtcTime)


class SliceDayTable(StoreTable, table=True):
    """One UTC day of one component of one SLI: 1440 counts and 1440 minute states, packed."""

    __tablename__ = "slice_days"
    __table_args__: ClassVar = (
        holds("not_empty", "length(counts) > 0 AND length(states) > 0"),
        UniqueConstraint("sli_id", "cluster_id", "day", "group_key", "component"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    sli_id: int = Field(foreign_key="slis.id")
    cluster_id: int = Field(foreign_key="clusters.id")
    day: date = Field(sa_type=Date)
    group_key: str = Field(sa_type=Text)
    component: str = Field(sa_type=Text)
    counts: bytes = Field(sa_type=LargeBinary)
    states: bytes = Field(sa_type=LargeBinary)
