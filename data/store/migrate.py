"""Bring a database to the tables that this version of streamgauge writes.

Forward only: going back means restoring a backup that was made before. A step back that drops a column would lose
what was observed since, and nobody tests it until the night it is needed.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from data.store.engine import Database
from data.store.failures import StoreTooNewError

HEAD = "0008"
"""The newest revision. A constant, so that opening a database that is up to date need not load Alembic."""

MIGRATIONS = Path(__file__).with_name("migrations")

_POSTGRES_LOCK = 7_304_829_561
"""Any number that no other program on the same PostgreSQL database uses for an advisory lock."""


def migrate(database: Database) -> bool:
    """Apply what is missing; True when something was. Concurrent starters wait for the first one.

    All steps are one transaction on both databases. Raises StoreTooNewError for a database from the future.
    """
    with database.reading() as connection:
        if revision(connection) == HEAD:
            return False
    with database.writing() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _POSTGRES_LOCK})
        found = revision(connection)
        if found == HEAD:
            return False
        _upgrade(connection, found)
    return True


def revision(connection: Connection) -> str | None:
    """The revision that a database is at; None when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()


def _upgrade(connection: Connection, found: str | None) -> None:
    from alembic import command  # loaded here: it costs a tenth of a second, and most starts have nothing to apply
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise StoreTooNewError(
            f"The database is at revision {found}, which this version does not know: a newer streamgauge wrote it. "
            f"Install that version, or restore a backup that is at revision {HEAD}."
        )
    command.upgrade(config, HEAD)
