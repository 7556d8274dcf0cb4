"""Tables of votes: how people come in, who has joined, the rounds, and what was voted.

Triggers (migration 0005) refuse what no constraint can say: a vote for a round that is revealed or put aside, a change
of such a round, and anything new in a session that is closed.
"""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from sqlalchemy import Column, ForeignKey, Index, Text, text
from sqlmodel import Field

from data.store.columns import BigId, UtcTime, holds, one_of
from data.store.tables.base import StoreTable
from scoring.voting.choices import CHOICES, Scale
from scoring.voting.lobbies import Mode

_ALL_CHOICES = tuple(dict.fromkeys(choice for choices in CHOICES.values() for choice in choices))


class LobbyTable(StoreTable, table=True):
    """How a session is joined, and where its voting stands; no two open PINs are equal. group_names, units: JSON."""

    __tablename__ = "lobbies"
    __table_args__: ClassVar = (
        one_of("mode", Mode),
        holds("six_digits", "length(pin) = 6"),
        holds("closing_is_whole", "(closed_at IS NULL) = (closed_by IS NULL)"),
        holds("versioned", "version >= 1"),
        holds("about_something", "subject <> ''"),
        Index(
            "uq_lobbies_open_pin",
            "pin",
            unique=True,
            sqlite_where=text("closed_at IS NULL"),
            postgresql_where=text("closed_at IS NULL"),
        ),
    )
    session_id: int = Field(
        sa_column=Column(ForeignKey("sessions.id"), primary_key=True, autoincrement=False, nullable=False)
    )
    pin: str = Field(sa_type=Text)
    join_key: str = Field(sa_type=Text)
    group_names: str = Field(sa_type=Text)
    units: str = Field(sa_type=Text)
    named: bool
    auto_reveal: bool
    mode: str = Field(sa_type=Text)
    version: int = Field(sa_type=BigId)
    presenter_id: int = Field(foreign_key="actors.id")
    subject: str | None = Field(default=None, sa_type=Text)
    round_id: int | None = Field(default=None, sa_type=BigId)
    timer_ends_at: datetime | None = Field(default=None, sa_type=UtcTime)
    deadline: datetime | None = Field(default=None, sa_type=UtcTime)
    opened_at: datetime = Field(sa_type=UtcTime)
    opened_by: int = Field(foreign_key="actors.id")
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    closed_by: int | None = Field(default=None, foreign_key="actors.id")


class RespondentTable(StoreTable, table=True):
    """Somebody who has joined. token_hash: SHA-256 of the phone's token, which is kept nowhere."""

    __tablename__ = "respondents"
    __table_args__: ClassVar = (
        holds("hashed", "length(token_hash) = 64"),
        holds("left_after_joining", "left_at >= joined_at"),
        Index(None, "session_id"),
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    session_id: int = Field(foreign_key="lobbies.session_id")
    token_hash: str = Field(sa_column=Column(Text, nullable=False, unique=True))
    actor_id: int = Field(foreign_key="actors.id", unique=True)
    group_name: str = Field(sa_type=Text)
    unit: str = Field(sa_type=Text)
    name: str = Field(sa_type=Text)
    observer: bool
    joined_at: datetime = Field(sa_type=UtcTime)
    left_at: datetime | None = Field(default=None, sa_type=UtcTime)


class RoundTable(StoreTable, table=True):
    """One round of voting about a subject; of those not put aside there is one of each number. question: JSON."""

    __tablename__ = "voting_rounds"
    __table_args__: ClassVar = (
        holds("first_or_second", "number IN (1, 2)"),
        holds("about_something", "subject <> ''"),
        holds("revealing_is_whole", "(revealed_at IS NULL) = (revealed_by IS NULL)"),
        holds("dropping_is_whole", "(dropped_at IS NULL) = (dropped_by IS NULL)"),
        holds("revealed_or_dropped", "revealed_at IS NULL OR dropped_at IS NULL"),
        holds("ended_after_opened", "revealed_at >= opened_at AND dropped_at >= opened_at"),
        one_of("scale", Scale),
        Index(
            "uq_voting_rounds_held",
            "session_id",
            "subject",
            "number",
            unique=True,
            sqlite_where=text("dropped_at IS NULL"),
            postgresql_where=text("dropped_at IS NULL"),
        ),
    )
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    session_id: int = Field(foreign_key="lobbies.session_id")
    subject: str = Field(sa_type=Text)
    number: int
    scale: str = Field(sa_type=Text)
    question: str = Field(sa_type=Text)
    opened_at: datetime = Field(sa_type=UtcTime)
    opened_by: int = Field(foreign_key="actors.id")
    revealed_at: datetime | None = Field(default=None, sa_type=UtcTime)
    revealed_by: int | None = Field(default=None, foreign_key="actors.id")
    dropped_at: datetime | None = Field(default=None, sa_type=UtcTime)
    dropped_by: int | None = Field(default=None, foreign_key="actors.id")


class VoteTable(StoreTable, table=True):
    """What one respondent voted in one round; changed until the reveal, and never after it."""

    __tablename__ = "votes"
    __table_args__: ClassVar = (one_of("choice", _ALL_CHOICES), Index(None, "respondent_id"))
    round_id: int = Field(
        sa_column=Column(BigId, ForeignKey("voting_rounds.id"), primary_key=True, autoincrement=False, nullable=False)
    )
    respondent_id: int = Field(
        sa_column=Column(BigId, ForeignKey("respondents.id"), primary_key=True, autoincrement=False, nullable=False)
    )
    choice: str = Field(sa_type=Text)
    voted_at: datetime = Field(sa_type=UtcTime)


class JoinFailureTable(StoreTable, table=True):
    """A wrong PIN. caller: the address it came from; both are forgotten when they no longer count."""

    __tablename__ = "join_failures"
    __table_args__: ClassVar = (Index(None, "at"),)
    id: int | None = Field(default=None, sa_column=Column(BigId, primary_key=True))
    caller: str = Field(sa_type=Text)
    at: datetime = Field(sa_type=UtcTime)
