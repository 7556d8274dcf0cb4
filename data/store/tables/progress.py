"""Tables of what follows an assessment: the roadmap, figures, peers, and the register of what streams.

Steps of the roadmap and of the register are only added to: the highest version is what stands, and a past moment is
what stood then. Triggers (migration 0006) refuse to change them.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Column, Date, ForeignKey, Index, Text, UniqueConstraint
from sqlmodel import Field

from data.store.columns import BigId, UtcTime, holds, one_of
from data.store.tables.base import StoreTable
from scoring.maturity.inventory import EntryKind, Stage
from scoring.maturity.roadmap import ItemStatus


class RoadmapStepTable(StoreTable, table=True):
    """What was said about an item. Own items carry title, effort and the rest; helps and dimensions: JSON lists."""

    __tablename__ = "roadmap_steps"
    __table_args__: ClassVar = (
        one_of("status", ItemStatus),
        holds("named", "item <> ''"),
        holds("versioned", "version >= 1"),
        holds("percent", "progress BETWEEN 0 AND 100"),
        holds("own_is_whole", "(title = '') = (effort IS NULL) AND (effort IS NULL) = (impact IS NULL)"),
        holds("own_is_placed", "(effort IS NULL) = (from_level IS NULL)"),
        holds("one_to_five", "effort BETWEEN 1 AND 5 AND impact BETWEEN 1 AND 5 AND from_level BETWEEN 0 AND 5"),
        UniqueConstraint("item", "version"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    item: str = Field(sa_type=Text)
    version: int
    status: str = Field(sa_type=Text)
    owner: str = Field(sa_type=Text)
    due: date | None = Field(default=None, sa_type=Date)
    progress: int
    note: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    from_level: int | None = None
    effort: int | None = None
    impact: int | None = None
    helps: str = Field(sa_type=Text)
    dimensions: str = Field(sa_type=Text)
    said_at: datetime = Field(sa_type=UtcTime)
    said_by: int = Field(foreign_key="actors.id")


class KpiValueTable(StoreTable, table=True):
    """A figure that somebody entered for a day. value: a decimal number as it was written."""

    __tablename__ = "kpi_values"
    __table_args__: ClassVar = (
        holds("about_something", "kpi <> ''"),
        holds("valued", "value <> ''"),
        holds("withdrawal_is_whole", "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)"),
        holds("withdrawn_after", "withdrawn_at >= entered_at"),
        Index(None, "kpi", "on_day"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    kpi: str = Field(sa_type=Text)
    on_day: date = Field(sa_type=Date)
    value: str = Field(sa_type=Text)
    note: str = Field(sa_type=Text)
    entered_at: datetime = Field(sa_type=UtcTime)
    entered_by: int = Field(foreign_key="actors.id")
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcTime)
    withdrawn_by: int | None = Field(default=None, foreign_key="actors.id")


class BenchmarkTable(StoreTable, table=True):
    """A file of peers that was imported whole. sha256: of its bytes."""

    __tablename__ = "benchmarks"
    __table_args__: ClassVar = (
        holds("titled", "title <> ''"),
        holds("sha256", "length(sha256) = 64"),
        holds("removal_is_whole", "(removed_at IS NULL) = (removed_by IS NULL)"),
        holds("removed_after", "removed_at >= imported_at"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    title: str = Field(sa_type=Text)
    sha256: str = Field(sa_type=Text)
    imported_at: datetime = Field(sa_type=UtcTime)
    imported_by: int = Field(foreign_key="actors.id")
    removed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    removed_by: int | None = Field(default=None, foreign_key="actors.id")


class BenchmarkPeerTable(StoreTable, table=True):
    """One line of such a file. peer_index: a decimal number as it was written; ratings: JSON by dimension."""

    __tablename__ = "benchmark_peers"
    __table_args__: ClassVar = (
        holds("named", "name <> ''"),
        holds("level_known", "level BETWEEN 0 AND 5"),
    )
    benchmark_id: int = Field(
        sa_column=Column(BigId, ForeignKey("benchmarks.id"), primary_key=True, autoincrement=False, nullable=False)
    )
    line: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    name: str = Field(sa_type=Text)
    level: int
    peer_index: str | None = Field(default=None, sa_type=Text)
    ratings: str = Field(sa_type=Text)


class RegisterStepTable(StoreTable, table=True):
    """What was said about a use case, a technology or a team. name_key: the name without its case."""

    __tablename__ = "register_steps"
    __table_args__: ClassVar = (
        one_of("kind", EntryKind),
        one_of("stage", Stage),
        holds("named", "name <> '' AND name_key <> ''"),
        holds("versioned", "version >= 1"),
        UniqueConstraint("kind", "name_key", "version"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    kind: str = Field(sa_type=Text)
    name_key: str = Field(sa_type=Text)
    version: int
    name: str = Field(sa_type=Text)
    stage: str = Field(sa_type=Text)
    owner: str = Field(sa_type=Text)
    uses: str = Field(sa_type=Text)
    note: str = Field(sa_type=Text)
    removed: bool
    said_at: datetime = Field(sa_type=UtcTime)
    said_by: int = Field(foreign_key="actors.id")
