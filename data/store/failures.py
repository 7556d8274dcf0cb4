"""What can go wrong with the store, each with what to do next."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError


class StoreError(Exception):
    """The store cannot do what was asked; the message says what to do next."""


class StoreUnreachableError(StoreError):
    """The database cannot be opened."""


class StoreTooNewError(StoreError):
    """The database was written by a newer streamgauge."""


class StoreReadOnlyError(StoreError):
    """The database takes no writes at the moment; what was to be written is not written."""


class LeaseLostError(StoreError):
    """Another collector has taken over this cluster; nothing was written."""


@dataclass(frozen=True, slots=True)
class Writable:
    """The last write went through, and there is room for the next one."""


@dataclass(frozen=True, slots=True)
class ReadOnly:
    """Nothing can be written; reason is a sentence for people, since is when it was noticed (UTC)."""

    reason: str
    since: datetime


_SQLITE_REASONS = {
    sqlite3.SQLITE_FULL: "The disk that holds the database is full. Free some space; writing resumes by itself.",
    sqlite3.SQLITE_IOERR: "The disk that holds the database reports an error. Check the disk and its free space.",
    sqlite3.SQLITE_READONLY: "The database file cannot be written. Give this user write permission on it.",
}

_POSTGRES_REASONS = {
    "53100": "The disk of the PostgreSQL server is full. Free some space there; writing resumes by itself.",
    "25006": "PostgreSQL takes no writes (a standby, or default_transaction_read_only). Connect to the primary.",
    "42501": "The PostgreSQL user may not write. Grant it INSERT, UPDATE and DELETE on the tables.",
}


def read_only_reason(error: DBAPIError) -> str | None:
    """Why the database takes no writes, when that is what the driver's error says; None for every other error."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if isinstance(code, int):
        return _SQLITE_REASONS.get(code & 0xFF)
    return _POSTGRES_REASONS.get(getattr(error.orig, "sqlstate", None) or "")


def is_busy(error: DBAPIError) -> bool:
    """True when another process held SQLite's write lock for longer than the busy timeout."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF == sqlite3.SQLITE_BUSY
