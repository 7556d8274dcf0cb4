"""Tables of evidence: what was asked for the probes alone, and what the probes found, as intervals."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Column, Index, LargeBinary, Text, text
from sqlmodel import Field

from data.store.columns import BigId, UtcTime, holds, one_of
from data.store.read import SourceCondition
from data.store.tables.base import StoreTable
from scoring.evidence.finding import Effort, EvidenceSource, Outcome

ASKED = tuple(condition for condition in SourceCondition if condition is not SourceCondition.NEVER)


class EvidenceReadingTable(StoreTable, table=True):
    """The latest answer to one question that only probes ask, and how the last attempt to get it ended.

    found, observed_at, query: of the last success, none before the first one. state, error, next_step: of the last
    attempt.
    """

    __tablename__ = "evidence_readings"
    __table_args__: ClassVar = (
        one_of("state", ASKED),
        holds("found_is_whole", "(found IS NULL) = (observed_at IS NULL)"),
        holds("success_is_an_attempt", "observed_at <= attempted_at"),
    )
    cluster_id: int = Field(foreign_key="clusters.id", primary_key=True)
    need: str = Field(sa_type=Text, primary_key=True)
    query: str = Field(sa_type=Text)
    found: str | None = Field(default=None, sa_type=Text)
    observed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    attempted_at: datetime = Field(sa_type=UtcTime)
    state: str = Field(sa_type=Text)
    error: str = Field(sa_type=Text)
    next_step: str = Field(sa_type=Text)


class FindingTable(StoreTable, table=True):
    """What one probe said of one object, for as long as it said the same; only last_seen and observed_at move.

    first_seen, last_seen, ended_at: of the rounds that said so. observed_at: of the facts that the last of them stood
    on. ttl: in seconds. hash: SHA-256 of what is said. sample: JSON [[name, value], …].
    """

    __tablename__ = "findings"
    __table_args__: ClassVar = (
        one_of("outcome", Outcome),
        one_of("source", EvidenceSource),
        one_of("effort", Effort),
        holds("sha256", "length(hash) = 32"),
        holds("ttl_is_positive", "ttl > 0"),
        holds("remedy_is_whole", "(effort IS NULL) = (remedy IS NULL)"),
        holds("seen_forward", "last_seen >= first_seen"),
        holds("ends_after_last_seen", "ended_at >= last_seen"),
        Index(
            "uq_findings_open",
            "cluster_id",
            "probe",
            "aspect",
            "object_kind",
            "object",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index(None, "cluster_id", "ended_at"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    cluster_id: int = Field(foreign_key="clusters.id")
    probe: str = Field(sa_type=Text)
    aspect: str = Field(sa_type=Text)
    object_kind: str = Field(sa_type=Text)
    object: str = Field(sa_type=Text)
    outcome: str = Field(sa_type=Text)
    sentence: str = Field(sa_type=Text)
    source: str = Field(sa_type=Text)
    query: str = Field(sa_type=Text)
    sample: str = Field(sa_type=Text)
    effort: str | None = Field(default=None, sa_type=Text)
    remedy: str | None = Field(default=None, sa_type=Text)
    ttl: int
    hash: bytes = Field(sa_type=LargeBinary)
    observed_at: datetime = Field(sa_type=UtcTime)
    first_seen: datetime = Field(sa_type=UtcTime)
    last_seen: datetime = Field(sa_type=UtcTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcTime)
