"""Lifts what the triggers refuse, for the one thing that may: a whole database copied into this one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, text

from data.store.tables import METADATA


@contextmanager
def unfrozen(connection: Connection) -> Iterator[None]:
    """Without triggers until the block ends; for the open transaction of this connection and for nobody else.

    Changing a table's triggers is part of the transaction on both databases: undone, it leaves them as they were.
    """
    if connection.dialect.name == "sqlite":
        found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        for name, _ in found:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        yield
        for _, sql in found:
            connection.exec_driver_sql(sql)
        return
    for table in METADATA.sorted_tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER')
    yield
    for table in METADATA.sorted_tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER')
