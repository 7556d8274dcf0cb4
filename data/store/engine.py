"""The connection to the database: one place that knows how SQLite and PostgreSQL are to be opened.

SQLite: WAL, so that pages read while the collector writes; foreign keys on; a busy timeout; every write transaction
begins IMMEDIATE, so that it waits for the lock at its start and never fails half-way with "database is locked".
synchronous is FULL, which costs one fsync a commit (a few a minute) and means that a committed observation survives
a power cut as well as a killed process; NORMAL would survive only the latter.

PostgreSQL: writes at READ COMMITTED with row locks where two writers could meet, reads as one REPEATABLE READ
snapshot, so that the tables of one page belong together; in WAL mode SQLite gives the same by itself.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from data.store.columns import from_micros
from data.store.failures import StoreError, StoreReadOnlyError, StoreUnreachableError, is_busy, read_only_reason

BUSY_SECONDS = 15.0
"""How long a SQLite writer waits for another one before it fails."""

_WRITES = "streamgauge_writes"
_ALLOWED = "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/DATABASE"


class Database:
    """An open database; connections are pooled and may be used from any thread, each by one thread at a time."""

    def __init__(self, url: str) -> None:
        self.url = _parse(url)
        self.file = Path(self.url.database) if self.is_sqlite and self.url.database else None
        if self.file is not None:
            _make_folder(self.file)
            self._engine = create_engine(self.url, connect_args={"timeout": BUSY_SECONDS})
            event.listen(self._engine, "connect", _open_sqlite)
            event.listen(self._engine, "begin", _begin_sqlite)
            self._reads = self._engine
        else:
            self._engine = create_engine(self.url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
            self._reads = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._writes = self._engine.execution_options(**{_WRITES: True})

    @property
    def is_sqlite(self) -> bool:
        """True for SQLite, False for PostgreSQL."""
        return self.url.get_backend_name() == "sqlite"

    @property
    def engine(self) -> Engine:
        """The engine itself, for the migrations and for tests that look under the floor."""
        return self._engine

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent snapshot. Raises StoreUnreachableError when the database does not answer."""
        with self._connected(self._reads) as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction: all of it is written, or nothing.

        Raises StoreReadOnlyError when the database takes no writes, StoreUnreachableError when nothing answers.
        """
        with self._connected(self._writes) as connection:
            yield connection

    @contextmanager
    def _connected(self, engine: Engine) -> Iterator[Connection]:
        try:
            connection = engine.connect()
        except DBAPIError as error:
            raise StoreUnreachableError(f"The database {self.shown} cannot be opened: {error.orig}") from error
        try:
            with connection, connection.begin():
                yield connection
        except DBAPIError as error:
            reason = read_only_reason(error)
            if reason is not None:
                raise StoreReadOnlyError(reason) from error
            if error.connection_invalidated or is_busy(error):
                raise StoreUnreachableError(f"The database {self.shown} does not answer: {error.orig}") from error
            raise

    def now(self, connection: Connection) -> datetime:
        """The database's own clock (UTC), which all collectors that share the database share too."""
        if self.is_sqlite:
            statement = "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000"
        else:
            statement = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"
        return from_micros(int(connection.execute(text(statement)).scalar_one()))

    def size_bytes(self) -> int:
        """Space that the database occupies, its write-ahead log included."""
        if self.file is not None:
            parts = (self.file, self.file.with_name(self.file.name + "-wal"))
            return sum(part.stat().st_size for part in parts if part.exists())
        with self.reading() as connection:
            return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())

    @property
    def shown(self) -> str:
        """The database's address without its password."""
        return self.url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Give all connections back to the operating system."""
        self._engine.dispose()


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise StoreError(f"The database URL cannot be read; write {_ALLOWED}.") from error
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    raise StoreError(f"The database URL names no database that streamgauge speaks; write {_ALLOWED}.")


def _make_folder(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnreachableError(f"The folder {file.parent} for the database cannot be made: {error}") from error


def _open_sqlite(raw: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
    raw.isolation_level = None  # transactions are begun by _begin_sqlite, not guessed by the driver
    raw.execute(f"PRAGMA busy_timeout = {int(BUSY_SECONDS * 1000)}")
    raw.execute("PRAGMA foreign_keys = ON")
    raw.execute("PRAGMA synchronous = FULL")
    raw.execute("PRAGMA journal_size_limit = 67108864")
    _switch_to_wal(raw)


def _switch_to_wal(raw: sqlite3.Connection) -> None:
    """WAL is a property of the file. The switch needs the file alone and ignores the busy timeout, hence the loop."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            if raw.execute("PRAGMA journal_mode").fetchone()[0] == "wal":
                return
            raw.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
                raise
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
