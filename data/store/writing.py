"""Every write goes through here: the actor's role is checked, one transaction is made, an audit entry is left in it.

When the database takes no writes (a full disk, a standby), the store is announced as read-only until a write
goes through again; nothing is ever written half.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from data.clock import Clock
from data.store.dialect import insert
from data.store.engine import Database
from data.store.failures import ReadOnly, StoreReadOnlyError, Writable
from data.store.tables import ACTORS, AUDIT, AUDIT_HEAD
from data.store.tables.acting import AuditOutcome
from scoring.actors import EVERYTHING, Actor, ForbiddenError, Role, Scope

RESERVE_BYTES = 8 * 1024 * 1024
"""Free space below which a SQLite store takes no more writes: what a write-ahead log grows by between checkpoints.

It is kept so that reading goes on, and because every process that looks at the disk comes to the same verdict:
the pages announce what only the collector has run into.
"""


@dataclass(slots=True)
class Write:
    """One open transaction; what a service puts into `detail` ends up in the audit entry.

    at: the moment that the audit entry carries. Setting `quiet` leaves out the entry of a write that changed nothing.
    """

    connection: Connection
    actor_id: int
    at: datetime
    detail: dict[str, Any] = field(default_factory=dict)
    quiet: bool = False

    def audit(
        self, action: str, subject: str, detail: Mapping[str, Any], outcome: AuditOutcome = AuditOutcome.DONE
    ) -> None:
        """Leave one entry."""
        _keep_entries(self.connection, self.at, [Entry(self.actor_id, action, subject, detail, outcome)])


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the audit log: who (the actor's key) did what to which object, and how it ended."""

    actor_id: int
    action: str
    subject: str
    detail: Mapping[str, Any]
    outcome: AuditOutcome = AuditOutcome.DONE


@dataclass(slots=True)
class Batch:
    """One open transaction of several actors. at: the moment that its audit entries carry."""

    connection: Connection
    at: datetime

    def audit(self, entries: Sequence[Entry]) -> None:
        """Leave one entry for each write of the batch, in this order."""
        _keep_entries(self.connection, self.at, entries)


def _keep_entries(connection: Connection, at: datetime, entries: Sequence[Entry]) -> None:
    """Append to the audit log. Ids have no gaps: the head row is locked until the transaction ends."""
    if not entries:
        return
    head = (
        update(AUDIT_HEAD)
        .where(AUDIT_HEAD.c.id == 1)
        .values(last_id=AUDIT_HEAD.c.last_id + len(entries))
        .returning(AUDIT_HEAD.c.last_id)
    )
    first = connection.execute(head).scalar_one() - len(entries) + 1
    rows = [
        {
            "id": key,
            "at": at,
            "actor_id": entry.actor_id,
            "action": entry.action,
            "object": entry.subject,
            "detail": json.dumps(entry.detail, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
            "outcome": entry.outcome,
        }
        for key, entry in enumerate(entries, start=first)
    ]
    connection.execute(AUDIT.insert(), rows)


class Writer:
    """Opens writes on one database. May be used from any thread."""

    def __init__(self, database: Database, clock: Clock, reserve_bytes: int = RESERVE_BYTES) -> None:
        self._database = database
        self._clock = clock
        self._reserve_bytes = reserve_bytes
        self._lock = threading.Lock()
        self._stopped: ReadOnly | None = None

    @contextmanager
    def write(self, actor: Actor, role: Role, action: str, subject: str, scope: Scope = EVERYTHING) -> Iterator[Write]:
        """One transaction by `actor`, who needs `role` over `scope`.

        Raises ForbiddenError (and leaves an entry of the refused attempt), StoreReadOnlyError when the database
        takes no writes, StoreUnreachableError when it does not answer. On any error nothing is written.
        """
        if not actor.may(role, scope):
            with suppress(StoreReadOnlyError), self._transaction(actor) as refused:
                refused.audit(action, subject, {"needs": role}, AuditOutcome.REFUSED)
            raise ForbiddenError(actor, role, action)
        with self._transaction(actor) as write:
            yield write
            if not write.quiet:
                write.audit(action, subject, write.detail)

    @contextmanager
    def together(self) -> Iterator[Batch]:
        """One transaction for writes of several actors that arrived at the same time, so that they share one commit.

        Whoever opens it checks each one's role and leaves each one's entry. Raises as `write` does; on any error
        nothing of the batch is written.
        """
        with self._opened() as connection:
            yield Batch(connection, self._clock())

    @contextmanager
    def _transaction(self, actor: Actor) -> Iterator[Write]:
        with self._opened() as connection:
            yield Write(connection, find_actor(connection, actor.name, self._clock()), self._clock())

    @contextmanager
    def _opened(self) -> Iterator[Connection]:
        short = self._short_of_space()
        if short is not None:
            raise StoreReadOnlyError(self._stop(short).reason)
        try:
            with self._database.writing() as connection:
                yield connection
        except StoreReadOnlyError as error:
            self._stop(str(error))
            raise
        with self._lock:
            self._stopped = None

    def _stop(self, reason: str) -> ReadOnly:
        with self._lock:
            self._stopped = ReadOnly(reason, self._stopped.since if self._stopped else self._clock())
            return self._stopped

    @property
    def state(self) -> Writable | ReadOnly:
        """Whether writes go through: what the last one met, or else whether the disk has room for the next one."""
        short = self._short_of_space()
        if short is not None:
            return self._stop(short)
        with self._lock:
            return self._stopped or Writable()

    def _short_of_space(self) -> str | None:
        file = self._database.file
        if file is None or shutil.disk_usage(file.parent).free >= self._reserve_bytes:
            return None
        return "The disk that holds the database is full. Free some space; writing resumes by itself."


def find_actor(connection: Connection, name: str, at: datetime) -> int:
    """The key of an actor, who is written down when new. Not cached: a restored backup changes the keys."""
    found = select(ACTORS.c.id).where(ACTORS.c.name == name)
    known = connection.execute(found).scalar_one_or_none()
    if known is None:
        fresh = insert(connection, ACTORS).on_conflict_do_nothing(index_elements=["name"])
        connection.execute(fresh, {"name": name, "first_seen": at})
        known = connection.execute(found).scalar_one()
    return int(known)
