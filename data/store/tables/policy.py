"""Tables of what people say about budgets: exemptions, overrides, acknowledgements, annotations.

Nothing is deleted: what no longer holds says since when and who ended it, so that a past moment can be shown.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import BigInteger, Column, Index, Text
from sqlmodel import Field

from data.store.columns import DAY_MICROS, MINUTE_MICROS, BigId, UtcTime, holds, one_of
from data.store.policy.read import AnnotationKind
from data.store.tables.base import StoreTable
from scoring.slo.exemptions import FARTHEST_BACK
from scoring.slo.policy import ReleaseClass


class ExemptionTable(StoreTable, table=True):
    """Minutes [starts_at, ends_at) that should not count. slos: JSON list of SLO ids, or ["*"]; matchers: JSON."""

    __tablename__ = "exemptions"
    __table_args__: ClassVar = (
        holds("reasoned", "reason <> ''"),
        holds("whole_minutes", f"starts_at % {MINUTE_MICROS} = 0 AND ends_at % {MINUTE_MICROS} = 0"),
        holds("ends_after_start", "ends_at > starts_at"),
        holds("not_long_past", f"starts_at >= requested_at - {FARTHEST_BACK.days * DAY_MICROS}"),
        holds("approved_by_another", "approved_by <> requested_by"),
        holds("approval_is_whole", "(approved_at IS NULL) = (approved_by IS NULL)"),
        holds("withdrawal_is_whole", "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)"),
        holds("in_order", "approved_at >= requested_at AND withdrawn_at >= requested_at"),
        Index(None, "starts_at", "ends_at"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    slos: str = Field(sa_type=Text)
    matchers: str = Field(sa_type=Text)
    starts_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime = Field(sa_type=UtcTime)
    reason: str = Field(sa_type=Text)
    requested_at: datetime = Field(sa_type=UtcTime)
    requested_by: int = Field(foreign_key="actors.id")
    approved_at: datetime | None = Field(default=None, sa_type=UtcTime)
    approved_by: int | None = Field(default=None, foreign_key="actors.id")
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcTime)
    withdrawn_by: int | None = Field(default=None, foreign_key="actors.id")


class OverrideTable(StoreTable, table=True):
    """Releases that may pass in spite of an SLO's band. slos: JSON list of ids, or ["*"]; no class: every class."""

    __tablename__ = "overrides"
    __table_args__: ClassVar = (
        one_of("release_class", ReleaseClass),
        holds("reasoned", "reason <> ''"),
        holds("ends_later", "until > granted_at"),
        holds("revocation_is_whole", "(revoked_at IS NULL) = (revoked_by IS NULL)"),
        holds("revoked_after_granted", "revoked_at >= granted_at"),
        Index(None, "until"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    slos: str = Field(sa_type=Text)
    release_class: str | None = Field(default=None, sa_type=Text)
    reason: str = Field(sa_type=Text)
    until: datetime = Field(sa_type=UtcTime)
    granted_at: datetime = Field(sa_type=UtcTime)
    granted_by: int = Field(foreign_key="actors.id")
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    revoked_by: int | None = Field(default=None, foreign_key="actors.id")


class AcknowledgementTable(StoreTable, table=True):
    """An invariant's violations seen by `through`, answered for: their cause and where they are written up."""

    __tablename__ = "acknowledgements"
    __table_args__: ClassVar = (
        holds("about_something", "slo <> ''"),
        holds("caused", "cause <> ''"),
        holds("written_up", "postmortem <> ''"),
        holds("found_some", "found >= 1"),
        holds("not_ahead", "through <= acknowledged_at"),
        holds("withdrawal_is_whole", "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)"),
        holds("withdrawn_after", "withdrawn_at >= acknowledged_at"),
        Index(None, "slo", "through"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    slo: str = Field(sa_type=Text)
    cluster: str = Field(sa_type=Text)
    group_key: str = Field(sa_type=Text)
    found: int = Field(sa_type=BigInteger)
    through: datetime = Field(sa_type=UtcTime)
    cause: str = Field(sa_type=Text)
    postmortem: str = Field(sa_type=Text)
    acknowledged_at: datetime = Field(sa_type=UtcTime)
    acknowledged_by: int = Field(foreign_key="actors.id")
    withdrawn_at: datetime | None = Field(default=None, sa_type=UtcTime)
    withdrawn_by: int | None = Field(default=None, foreign_key="actors.id")


class AnnotationTable(StoreTable, table=True):
    """What happened, beside a chart. subject: an SLO's subject, or *. Without ends_at it is still going on."""

    __tablename__ = "annotations"
    __table_args__: ClassVar = (
        one_of("kind", AnnotationKind),
        holds("about_something", "subject <> ''"),
        holds("worded", "text <> ''"),
        holds("ends_after_start", "ends_at >= starts_at"),
        holds("removal_is_whole", "(removed_at IS NULL) = (removed_by IS NULL)"),
        holds("removed_after_added", "removed_at >= added_at"),
        Index(None, "starts_at"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    kind: str = Field(sa_type=Text)
    subject: str = Field(sa_type=Text)
    starts_at: datetime = Field(sa_type=UtcTime)
    ends_at: datetime | None = Field(default=None, sa_type=UtcTime)
    text: str = Field(sa_type=Text)
    link: str = Field(sa_type=Text)
    added_at: datetime = Field(sa_type=UtcTime)
    added_by: int = Field(foreign_key="actors.id")
    removed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    removed_by: int | None = Field(default=None, foreign_key="actors.id")
