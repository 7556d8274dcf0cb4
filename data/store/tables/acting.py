"""Tables of who may do what and who did what, the lease that lets one collector write, and what this database is."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import Column, Index, Text, text
from sqlmodel import Field

from data.store.columns import BigId, UtcTime, holds, one_of
from data.store.tables.base import StoreTable
from scoring.actors import Role, ScopeKind

GRANTED = tuple(role for role in Role if role is not Role.SYSTEM)
"""Roles that can be granted; the system role belongs to parts of the product alone."""


class AuditOutcome(StrEnum):
    """How a write ended."""

    DONE = "done"
    REFUSED = "refused"


class ActorTable(StoreTable, table=True):
    """Whoever wrote something or was granted a role; never deleted, because the audit log names them."""

    __tablename__ = "actors"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    first_seen: datetime = Field(sa_type=UtcTime)


class RoleGrantTable(StoreTable, table=True):
    """A role over a scope, from granted_at until revoked_at."""

    __tablename__ = "role_grants"
    __table_args__: ClassVar = (
        one_of("role", GRANTED),
        one_of("scope_kind", ScopeKind),
        holds("scope_named", "(scope_kind = 'everything') = (scope_name = '')"),
        holds("revoked_after_granted", "revoked_at >= granted_at"),
        holds("revocation_is_whole", "(revoked_at IS NULL) = (revoked_by IS NULL)"),
        Index(
            "uq_role_grants_open",
            "actor_id",
            "role",
            "scope_kind",
            "scope_name",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    actor_id: int = Field(foreign_key="actors.id")
    role: str = Field(sa_type=Text)
    scope_kind: str = Field(sa_type=Text)
    scope_name: str = Field(sa_type=Text)
    granted_at: datetime = Field(sa_type=UtcTime)
    granted_by: int = Field(foreign_key="actors.id")
    revoked_at: datetime | None = Field(default=None, sa_type=UtcTime)
    revoked_by: int | None = Field(default=None, foreign_key="actors.id")


class AuditTable(StoreTable, table=True):
    """One write. Ids are given without gaps, inside the write's own transaction, so that a missing one shows."""

    __tablename__ = "audit_entries"
    __table_args__: ClassVar = (one_of("outcome", AuditOutcome),)
    id: int = Field(sa_column=Column(BigId, primary_key=True, autoincrement=False))
    at: datetime = Field(sa_type=UtcTime)
    actor_id: int = Field(foreign_key="actors.id")
    action: str = Field(sa_type=Text)
    object: str = Field(sa_type=Text)
    detail: str = Field(sa_type=Text)
    outcome: str = Field(sa_type=Text)


class AuditHeadTable(StoreTable, table=True):
    """One row: the first and the last audit id that must be there. Without it a cut-off end would not show."""

    __tablename__ = "audit_head"
    __table_args__: ClassVar = (
        holds("one_row", "id = 1"),
        holds("forward", "first_id >= 1 AND last_id >= first_id - 1"),
    )
    id: int = Field(sa_column=Column(BigId, primary_key=True, autoincrement=False))
    first_id: int = Field(sa_type=BigId)
    last_id: int = Field(sa_type=BigId)


class LeaseTable(StoreTable, table=True):
    """Who may collect a cluster, until when; the token grows with every change of hands and fences the loser off."""

    __tablename__ = "leases"
    __table_args__: ClassVar = (holds("token_counts", "token >= 1"),)
    cluster_id: int = Field(primary_key=True, foreign_key="clusters.id", sa_column_kwargs={"autoincrement": False})
    holder: str = Field(sa_type=Text)
    token: int = Field(sa_type=BigId)
    acquired_at: datetime = Field(sa_type=UtcTime)
    expires_at: datetime = Field(sa_type=UtcTime)


class MetaTable(StoreTable, table=True):
    """What this database is, in words."""

    __tablename__ = "meta"
    key: str = Field(sa_type=Text, primary_key=True)
    value: str = Field(sa_type=Text)
