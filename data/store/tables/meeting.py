"""Tables of meetings: what was looked at, decided, to be done, and the record of it.

Triggers (migrations 0002 and 0007) refuse what no constraint can say: a record, a snapshot and a step of a decision's
history never change; a closed session changes no more, and nothing is added to it. A record from elsewhere never
changes either; it may be put away, and stays on file.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from sqlalchemy import Column, Date, ForeignKey, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from data.store.columns import BigId, UtcTime, holds, one_of
from data.store.tables.base import StoreTable
from scoring.actors import ScopeKind
from scoring.meetings.actions import ActionStatus
from scoring.meetings.sessions import SessionKind

_PRESENT = text("removed_at IS NULL")
_OPEN_REVIEW = text("closed_at IS NULL AND kind = 'slo_review'")


class SessionTable(StoreTable, table=True):
    """One meeting; of one scope there is at most one open SLO review. settings: JSON."""

    __tablename__ = "sessions"
    __table_args__: ClassVar = (
        one_of("kind", SessionKind),
        one_of("scope_kind", ScopeKind),
        holds("scope_named", "(scope_kind = 'everything') = (scope_name = '')"),
        holds("titled", "title <> ''"),
        holds("closing_is_whole", "(closed_at IS NULL) = (closed_by IS NULL)"),
        holds("closed_after_opened", "closed_at >= opened_at"),
        Index(
            "uq_sessions_open_review",
            "kind",
            "scope_kind",
            "scope_name",
            unique=True,
            sqlite_where=_OPEN_REVIEW,
            postgresql_where=_OPEN_REVIEW,
        ),
        Index(None, "kind", "scope_kind", "scope_name", "closed_at"),
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    scope_kind: str = Field(sa_type=Text)
    scope_name: str = Field(sa_type=Text)
    zone: str = Field(sa_type=Text)
    settings: str = Field(sa_type=Text)
    period_start: datetime = Field(sa_type=UtcTime)
    opened_at: datetime = Field(sa_type=UtcTime)
    opened_by: int = Field(foreign_key="actors.id")
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    closed_by: int | None = Field(default=None, foreign_key="actors.id")


class SnapshotTable(StoreTable, table=True):
    """The numbers of a meeting at one moment, as canonical JSON; the highest number is the one that is shown."""

    __tablename__ = "session_snapshots"
    __table_args__: ClassVar = (
        holds("numbered", "number >= 1"),
        holds("named", "length(snapshot_id) = 12"),
        UniqueConstraint("session_id", "number"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    session_id: int = Field(foreign_key="sessions.id")
    number: int
    taken_at: datetime = Field(sa_type=UtcTime)
    taken_by: int = Field(foreign_key="actors.id")
    snapshot_id: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)


class DecisionTable(StoreTable, table=True):
    """One step in the history of a subject's decision; without a choice the step before it was taken back."""

    __tablename__ = "decisions"
    __table_args__: ClassVar = (
        holds("about_something", "subject <> ''"),
        holds("versioned", "version >= 1"),
        holds("chosen", "choice <> ''"),
        holds("nothing_taken_back_says_more", "choice IS NOT NULL OR (note = '' AND owner = '' AND due IS NULL)"),
        UniqueConstraint("session_id", "subject", "version"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    session_id: int = Field(foreign_key="sessions.id")
    subject: str = Field(sa_type=Text)
    version: int
    choice: str | None = Field(default=None, sa_type=Text)
    note: str = Field(sa_type=Text)
    owner: str = Field(sa_type=Text)
    due: date | None = Field(default=None, sa_type=Date)
    dissent: str = Field(sa_type=Text)
    evidence: str = Field(sa_type=Text)
    approved_by: str = Field(sa_type=Text)
    decided_at: datetime = Field(sa_type=UtcTime)
    decided_by: int = Field(foreign_key="actors.id")


class ActionTable(StoreTable, table=True):
    """What is to be done; it outlives its meeting, so its status changes, and each change raises the version."""

    __tablename__ = "actions"
    __table_args__: ClassVar = (
        one_of("status", ActionStatus),
        holds("worded", "text <> ''"),
        holds("versioned", "version >= 1"),
        holds("changed_after_created", "changed_at >= created_at"),
        Index(None, "session_id"),
        Index(None, "status", "due"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    session_id: int = Field(foreign_key="sessions.id")
    subject: str = Field(sa_type=Text)
    text: str = Field(sa_type=Text)
    owner: str = Field(sa_type=Text)
    due: date | None = Field(default=None, sa_type=Date)
    status: str = Field(sa_type=Text)
    note: str = Field(sa_type=Text)
    version: int
    created_at: datetime = Field(sa_type=UtcTime)
    created_by: int = Field(foreign_key="actors.id")
    changed_at: datetime = Field(sa_type=UtcTime)
    changed_by: int = Field(foreign_key="actors.id")


class RecordTable(StoreTable, table=True):
    """The record of a closed session: canonical JSON, its SHA-256, and that of the record before it in its series."""

    __tablename__ = "records"
    __table_args__: ClassVar = (
        holds("sha256", "length(sha256) = 64"),
        holds("previous_sha256", "length(previous) = 64 AND previous <> sha256"),
        UniqueConstraint("sha256"),
        UniqueConstraint("previous"),
    )
    session_id: int = Field(
        sa_column=Column(ForeignKey("sessions.id"), primary_key=True, autoincrement=False, nullable=False)
    )
    form: str = Field(sa_type=Text)
    sha256: str = Field(sa_type=Text)
    previous: str | None = Field(default=None, sa_type=Text)
    body: str = Field(sa_type=Text)


class ImportedRecordTable(StoreTable, table=True):
    """The record of a meeting that was held and closed elsewhere; it stands in no series of this place.

    origin: whose it is, as the importer says. compared: whether its hash was held against one from beside the file.
    """

    __tablename__ = "imported_records"
    __table_args__: ClassVar = (
        one_of("kind", SessionKind),
        holds("sha256", "length(sha256) = 64"),
        holds("previous_sha256", "length(previous) = 64 AND previous <> sha256"),
        holds("titled", "title <> ''"),
        holds("told_whose", "origin <> ''"),
        holds("removal_is_whole", "(removed_at IS NULL) = (removed_by IS NULL)"),
        holds("removed_after", "removed_at >= imported_at"),
        Index("uq_imported_records_present", "sha256", unique=True, sqlite_where=_PRESENT, postgresql_where=_PRESENT),
        Index(None, "kind", "closed_at"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    kind: str = Field(sa_type=Text)
    title: str = Field(sa_type=Text)
    origin: str = Field(sa_type=Text)
    closed_at: datetime = Field(sa_type=UtcTime)
    sha256: str = Field(sa_type=Text)
    previous: str | None = Field(default=None, sa_type=Text)
    compared: bool
    body: str = Field(sa_type=Text)
    imported_at: datetime = Field(sa_type=UtcTime)
    imported_by: int = Field(foreign_key="actors.id")
    removed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    removed_by: int | None = Field(default=None, foreign_key="actors.id")
