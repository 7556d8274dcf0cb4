"""Backup, restore and check.

A backup is always a SQLite file, whichever database it comes from: anything can open it, it is checked like any other
store, it needs no program beside Python, and it can be restored into either database. That is also how a company moves
from SQLite to PostgreSQL.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from data.store.check import check as check_database
from data.store.engine import Database
from data.store.failures import StoreError
from data.store.freezing import unfrozen
from data.store.migrate import migrate
from data.store.store import Store, open_store
from data.store.tables import AUDIT_HEAD, LEASES, METADATA
from data.store.writing import find_actor
from scoring.actors import Actor, Role

ROWS_AT_ONCE = 2_000

WRITTEN_BY_USE = (
    "clusters",
    "slis",
    "role_grants",
    "sessions",
    "exemptions",
    "overrides",
    "acknowledgements",
    "annotations",
    "roadmap_steps",
    "kpi_values",
    "benchmarks",
    "register_steps",
)
"""Tables that are empty in a store that nobody has used yet."""


class BackupError(StoreError):
    """A backup could not be made or restored; nothing was changed."""


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a backup holds."""

    file: Path
    bytes: int
    rows: int


def check(store: Store) -> list[str]:
    """What is wrong with a store, one sentence a finding; empty when it is whole."""
    return check_database(store.database)


def backup(store: Store, target: Path) -> BackupReport:
    """Write a consistent copy to `target` while others go on reading and writing; the file appears whole or not at all.

    Raises BackupError when the copy is not whole or there is a file already.
    """
    if target.exists():
        raise BackupError(f"{target} exists already; name another file, or remove it first.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
        copy = Path(folder) / "copy.sqlite"
        if store.database.file is not None:
            _copy_file(store.database.file, copy)
        else:
            _copy_to_sqlite(store.database, copy)
        rows = _verified(copy)
        with closing(sqlite3.connect(copy)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")  # one file, without a write-ahead log beside it
        with copy.open("rb") as written:
            os.fsync(written.fileno())
        copy.rename(target)
    return BackupReport(target, target.stat().st_size, rows)


def restore(store: Store, file: Path, actor: Actor, *, force: bool = False) -> int:
    """Put a backup in place of everything that is in the store, in one transaction. Returns the rows restored.

    Needs the role admin. Without `force` only an empty store is filled. Running collectors lose their leases and
    start anew; readers see all of it or nothing. Raises BackupError, ForbiddenError.
    """
    if not file.is_file():
        raise BackupError(f"There is no backup at {file}.")
    with _opened(file) as source, store.writer.write(actor, Role.ADMIN, "db.restore", file.name) as write:
        with source.reading() as saved:
            if not force and _is_used(write.connection):
                raise BackupError("The database holds observations already; pass --force to replace all of them.")
            leases = write.connection.execute(select(LEASES.c.cluster_id, LEASES.c.token)).all()
            highest = max((token for _, token in leases), default=0)
            with unfrozen(write.connection):
                for table in reversed(METADATA.sorted_tables):
                    write.connection.execute(delete(table))
                rows = _copy_rows(saved, write.connection)
        # Tokens go on from the highest that was ever given out, so that no collector of before still holds a lease.
        now = store.database.now(write.connection)
        fenced = LEASES.update().values(token=LEASES.c.token + highest + 1, expires_at=now)
        write.connection.execute(fenced)
        _set_sequences(write.connection)
        write.actor_id = find_actor(write.connection, actor.name, write.at)
        write.detail |= {"rows": rows, "file": file.name}
        return rows


def _copy_file(source: Path, copy: Path) -> None:
    """SQLite's online backup: a snapshot, page by page, while others write."""
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(copy)) as saved:
        live.backup(saved)


def _copy_to_sqlite(database: Database, copy: Path) -> None:
    saved = Database(f"sqlite:///{copy}")
    try:
        migrate(saved)
        with database.reading() as live, saved.writing() as target, unfrozen(target):
            target.execute(delete(AUDIT_HEAD))
            _copy_rows(live, target)
    finally:
        saved.close()


def _copy_rows(source: Connection, target: Connection) -> int:
    """All rows of all tables, parents first. Returns their number."""
    rows = 0
    for table in METADATA.sorted_tables:
        found = source.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table))
        for some in found.partitions(ROWS_AT_ONCE):
            target.execute(insert(table), [dict(row._mapping) for row in some])
            rows += len(some)
    return rows


@contextmanager
def _opened(file: Path) -> Iterator[Database]:
    """A backup that was found whole, brought up to date; worked on as a copy, so that the file stays as it is."""
    with tempfile.TemporaryDirectory(prefix="streamgauge-restore-") as folder:
        copy = Path(folder) / "backup.sqlite"
        shutil.copyfile(file, copy)
        _verified(copy)
        opened = Database(f"sqlite:///{copy}")
        try:
            yield opened
        finally:
            opened.close()


def _verified(copy: Path) -> int:
    """Number of rows in a copy. Raises BackupError when it is not whole.

    Whether it was ever a store is asked first: an empty file would otherwise become an empty store here.
    """
    try:
        with closing(sqlite3.connect(copy)) as connection:
            connection.execute("SELECT version_num FROM alembic_version").fetchone()
        opened = open_store(f"sqlite:///{copy}", reserve_bytes=0)
    except (StoreError, sqlite3.DatabaseError, DBAPIError) as error:
        raise BackupError(f"The file is no backup that this version can read: {error}") from error
    try:
        problems = check_database(opened.database)
        if problems:
            raise BackupError(f"The backup is not whole: {problems[0]} ({len(problems)} findings)")
        with opened.database.reading() as connection:
            return sum(_count(connection, table) for table in METADATA.sorted_tables)
    finally:
        opened.close()


def _count(connection: Connection, table: Any) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _is_used(connection: Connection) -> bool:
    """True once a cluster was registered or anything was audited but the writes of an empty store's first start."""
    return any(_count(connection, METADATA.tables[name]) for name in WRITTEN_BY_USE)


def _set_sequences(connection: Connection) -> None:
    """PostgreSQL counts keys apart from the rows; after rows came with their keys it has to be told."""
    if connection.dialect.name != "postgresql":
        return
    for table in METADATA.sorted_tables:
        for column in table.primary_key:
            name = connection.execute(
                text("SELECT pg_get_serial_sequence(:table, :column)"), {"table": table.name, "column": column.name}
            ).scalar_one()
            if name is not None:
                top = connection.execute(select(func.max(column))).scalar_one()
                connection.execute(
                    text("SELECT setval(:name, :top, :used)"), {"name": name, "top": top or 1, "used": top is not None}
                )
