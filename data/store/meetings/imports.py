"""Records of meetings that were held elsewhere: taken whole and verified, or not at all; read, and put away again.

They stand beside the series of this place and never in it: what was closed here keeps its own chain of records.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from data.store.engine import Database
from data.store.meetings import rows
from data.store.reading.moment import holds_at
from data.store.tables import ACTORS, IMPORTED_RECORDS, RECORDS
from data.store.writing import Write, Writer
from scoring.actors import Actor, Role
from scoring.meetings.records import Record, RecordError, verified_file
from scoring.meetings.rederiving import require_rederived
from scoring.meetings.sessions import SessionKind
from scoring.meetings.texts import RefusedError, written

LARGEST = 16 * 1024 * 1024
"""Bytes of a file; a record of 200 people has about one megabyte."""


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """A record from elsewhere in a list.

    origin: whose it is, in the words of who imported it. compared: whether its hash was held against one from beside
    the file. previous: SHA-256 of the record before it, there.
    """

    key: int
    title: str
    origin: str
    closed_at: datetime
    sha256: str
    previous: str | None
    compared: bool
    by: str
    at: datetime


class Imports:
    """Takes, reads and puts away records from elsewhere. May be used from any thread."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def take(
        self,
        actor: Actor,
        origin: str,
        file: bytes,
        sha256: str = "",
        accept: Callable[[Record], object] | None = None,
    ) -> int:
        """Import the record of an assessment from an exported JSON file (needs editor); returns its number.

        origin: whose assessment it is. sha256: the hash that it should have, as its PDF shows it; empty when nobody
        has it. accept: asked about the record last; may raise RecordError. Raises RecordError when the file is no such
        record, was changed, or does not follow from its own decisions; RefusedError when it is here already;
        TextError. Nothing is written then.
        """
        origin = written("origin", origin, needed=True)
        expected = sha256.strip().lower()
        if len(file) > LARGEST:
            raise RecordError(f"The file has {len(file)} bytes, and a record at most {LARGEST}; choose another file.")
        record = verified_file(file)
        if expected and record.sha256 != expected:
            raise RecordError(f"This is another record; its hash is {record.sha256}. Ask for the file again.")
        if record.session.closed_at is None:
            raise RecordError("This meeting was not closed when it was exported, so this is no record of it.")
        require_rederived(record)
        if accept is not None:
            accept(record)
        with self._writer.write(actor, Role.EDITOR, "record.import", origin) as write:
            _require_new(write, record.sha256)
            row = {
                "kind": record.session.kind,
                "title": written("title", record.session.title, needed=True),
                "origin": origin,
                "closed_at": record.session.closed_at,
                "sha256": record.sha256,
                "previous": record.previous,
                "compared": bool(expected),
                "body": record.body(),
                "imported_at": write.at,
                "imported_by": write.actor_id,
            }
            insertion = IMPORTED_RECORDS.insert().values(row).returning(IMPORTED_RECORDS.c.id)
            key = int(write.connection.execute(insertion).scalar_one())
            write.detail |= {"record": key, "sha256": record.sha256, "compared": bool(expected)}
            return key

    def put_away(self, actor: Actor, key: int) -> None:
        """Show a record no more (needs editor); it stays on file. Raises RefusedError when it is not there."""
        with self._writer.write(actor, Role.EDITOR, "record.put_away", f"imported record {key}") as write:
            still = (IMPORTED_RECORDS.c.id == key, IMPORTED_RECORDS.c.removed_at.is_(None))
            change = {"removed_at": write.at, "removed_by": write.actor_id}
            if not write.connection.execute(IMPORTED_RECORDS.update().where(*still).values(change)).rowcount:
                raise RefusedError("There is no such record; look at the list again.")

    def every(self, kind: SessionKind, asof: datetime | None = None) -> tuple[ImportedRow, ...]:
        """The records that are here, as it was known at `asof` (None: now), the latest closed first."""
        table = IMPORTED_RECORDS.c
        found = (
            select(IMPORTED_RECORDS, ACTORS.c.name.label("actor"))
            .join(ACTORS, ACTORS.c.id == table.imported_by)
            .where(table.kind == kind, holds_at(table.imported_at, table.removed_at, asof))
            .order_by(table.closed_at.desc(), table.id.desc())
        )
        with self._database.reading() as connection:
            return tuple(
                ImportedRow(
                    key=row.id,
                    title=row.title,
                    origin=row.origin,
                    closed_at=row.closed_at,
                    sha256=row.sha256,
                    previous=row.previous,
                    compared=row.compared,
                    by=row.actor,
                    at=row.imported_at,
                )
                for row in connection.execute(found)
            )

    def record(self, key: int) -> Record | None:
        """The record with that number, also one that was put away. Raises RecordError when it is not what it was."""
        with self._database.reading() as connection:
            found = select(IMPORTED_RECORDS).where(IMPORTED_RECORDS.c.id == key)
            row = connection.execute(found).one_or_none()
            return None if row is None else rows.record_from(row)


def _require_new(write: Write, sha256: str) -> None:
    own = select(RECORDS.c.session_id).where(RECORDS.c.sha256 == sha256)
    session = write.connection.execute(own).scalar_one_or_none()
    if session is not None:
        raise RefusedError(f"This very assessment was closed here: it is session {session}.")
    table = IMPORTED_RECORDS.c
    same = select(table.origin).where(table.sha256 == sha256, table.removed_at.is_(None))
    known = write.connection.execute(same).scalar_one_or_none()
    if known is not None:
        raise RefusedError(f"This very record is here already, from “{known}”.")
