"""Column types and constraints that both databases keep in the same way."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from sqlalchemy import BigInteger, CheckConstraint, Dialect, Integer
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
MINUTE_MICROS = 60_000_000
HOUR_MICROS = 60 * MINUTE_MICROS
DAY_MICROS = 24 * HOUR_MICROS

BigId = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit key; SQLite counts up by itself only in a column that is declared INTEGER."""


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970 of an aware time. Raises ValueError for a naive one, which would name no moment."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone; pass an aware UTC time")
    return (moment - EPOCH) // MICROSECOND


@lru_cache(maxsize=4096)
def from_micros(micros: int) -> datetime:
    """The UTC time of a number of microseconds since 1970; cached, since thousands of rows share one last_seen."""
    return EPOCH + timedelta(microseconds=micros)


class UtcTime(TypeDecorator[datetime]):
    """A moment, stored as microseconds since 1970 in a 64-bit integer.

    The same bytes on both databases: exact, sortable, a third of SQLite's text form, and no driver turns it into
    a local time on the way. Rejected: `timestamptz` on PostgreSQL, which a portable backup would have to translate.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """To the database."""
        return None if value is None else to_micros(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From the database."""
        return None if value is None else from_micros(value)


def one_of(column: str, allowed: type[StrEnum] | Iterable[str]) -> CheckConstraint:
    """A CHECK that a text column holds one of the words; table models of SQLModel do not validate by themselves."""
    words = ", ".join(f"'{word}'" for word in allowed)
    return CheckConstraint(f"{column} IN ({words})", name=f"{column}_known")


def holds(name: str, condition: str) -> CheckConstraint:
    """A CHECK with a name that says what is wrong when it fails."""
    return CheckConstraint(condition, name=name)
