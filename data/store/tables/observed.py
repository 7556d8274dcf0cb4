"""Tables of what was observed as state: clusters, collection runs, the sources' conditions, facts as intervals."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Column, ForeignKey, Index, LargeBinary, Text, UniqueConstraint, text
from sqlmodel import Field

from data.store.columns import BigId, UtcTime, holds, one_of
from data.store.read import EndedBy, FactKind, SourceCondition
from data.store.tables.base import StoreTable
from scoring.catalog.estate import SourceName

SCOPES = ("estate", "configs", "acls", "slices")
"""The cadences a source is read on; a run is one reading of one source on one cadence."""

READ = tuple(source for source in SourceName if source is not SourceName.ALERTMANAGER)
"""The sources that an estate is read from in runs; Alertmanager is asked in rounds of evidence."""

TRIED = tuple(condition for condition in SourceCondition if condition is not SourceCondition.NEVER)


class ClusterTable(StoreTable, table=True):
    """A cluster that was ever configured; every object and observation points here."""

    __tablename__ = "clusters"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    environment: str = Field(sa_type=Text)
    region: str = Field(sa_type=Text)
    first_seen: datetime = Field(sa_type=UtcTime)


class RunTable(StoreTable, table=True):
    """One finished reading of one source; facts and measurements name the run that saw them."""

    __tablename__ = "collection_runs"
    __table_args__: ClassVar = (
        one_of("source", READ),
        one_of("scope", SCOPES),
        one_of("outcome", TRIED),
        holds("ends_after_start", "finished >= started"),
        Index(None, "cluster_id", "source", "scope", "finished"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    cluster_id: int = Field(foreign_key="clusters.id")
    source: str = Field(sa_type=Text)
    scope: str = Field(sa_type=Text)
    started: datetime = Field(sa_type=UtcTime)
    finished: datetime = Field(sa_type=UtcTime)
    outcome: str = Field(sa_type=Text)
    error: str = Field(sa_type=Text)


class SourceStateTable(StoreTable, table=True):
    """A period in which a source (part '') or one part of it was in one condition; the open period has no end."""

    __tablename__ = "source_states"
    __table_args__: ClassVar = (
        one_of("source", SourceName),
        one_of("state", SourceCondition),
        holds("ends_after_start", "ended_at >= since"),
        holds("success_is_an_attempt", "last_success <= last_attempt"),
        holds("never_means_no_attempt", "(state = 'never') = (last_attempt IS NULL)"),
        Index(
            "uq_source_states_open",
            "cluster_id",
            "source",
            "part",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "cluster_id", "source", "part", "since"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    cluster_id: int = Field(foreign_key="clusters.id")
    source: str = Field(sa_type=Text)
    part: str = Field(sa_type=Text)
    state: str = Field(sa_type=Text)
    since: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    last_attempt: datetime | None = Field(default=None, sa_type=UtcTime)
    last_success: datetime | None = Field(default=None, sa_type=UtcTime)
    error: str = Field(sa_type=Text)
    next_step: str = Field(sa_type=Text)


class ContentTable(StoreTable, table=True):
    """A form that objects were seen in, once for all that share it; hash is the SHA-256 of the canonical JSON."""

    __tablename__ = "contents"
    __table_args__: ClassVar = (holds("sha256", "length(hash) = 32"),)
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    hash: bytes = Field(sa_column=Column(LargeBinary, nullable=False, unique=True))
    body: str = Field(sa_type=Text)


class FactTable(StoreTable, table=True):
    """One form of one object as an interval; only last_seen and last_run of an open interval ever move.

    Rows are narrow (the content is elsewhere) because every refresh moves last_seen of every open interval.
    size: what lists add up (partitions, members, versions, tasks). known_since: first_seen of the first form in an
    unbroken chain of changes. The run columns carry no foreign key: it would need an index on last_run that every
    refresh rewrites. Pruning keeps the runs that facts name, and `streamgauge db check` proves it.
    """

    __tablename__ = "facts"
    __table_args__: ClassVar = (
        one_of("kind", FactKind),
        one_of("ended_by", EndedBy),
        holds("size_counts", "size >= 0"),
        holds("seen_forward", "last_seen >= first_seen AND known_since <= first_seen"),
        holds("ends_after_last_seen", "ended_at >= last_seen"),
        holds("runs_forward", "last_run >= first_run AND ended_run >= last_run"),
        holds("end_is_whole", "(ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (ended_run IS NULL)"),
        UniqueConstraint("cluster_id", "kind", "key", "first_seen"),
        Index(
            "uq_facts_open",
            "cluster_id",
            "kind",
            "key",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "cluster_id", "kind", "ended_at"),
        Index(None, "content_id"),
        {"postgresql_with": {"fillfactor": 70}},
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    cluster_id: int = Field(foreign_key="clusters.id")
    kind: str = Field(sa_type=Text)
    key: str = Field(sa_type=Text)
    content_id: int = Field(sa_column=Column(BigId, ForeignKey("contents.id"), nullable=False))
    size: int
    known_since: datetime = Field(sa_type=UtcTime)
    first_seen: datetime = Field(sa_type=UtcTime)
    first_run: int = Field(sa_type=BigId)
    last_seen: datetime = Field(sa_type=UtcTime)
    last_run: int = Field(sa_type=BigId)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
    ended_by: str | None = Field(default=None, sa_type=Text)
    ended_run: int | None = Field(default=None, sa_type=BigId)
