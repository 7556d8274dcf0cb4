"""The register of what streams, as people complete it; what the estate shows is added when it is read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from data.store.engine import Database
from data.store.tables import ACTORS, AUDIT_HEAD, REGISTER_STEPS
from data.store.writing import Writer
from scoring.actors import Actor, Role
from scoring.maturity.inventory import Entry, EntryKind, EntryStep, Stage
from scoring.meetings.decisions import ConflictError


class Registers:
    """Writes and reads the register. May be used from any thread."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def write(self, actor: Actor, entry: Entry, based_on: int, *, removed: bool = False) -> EntryStep:
        """Write an entry, or take it out (needs editor).

        based_on: the version that was on the screen, 0 for one that nobody has written yet. Raises ConflictError when
        somebody changed it meanwhile, TextError.
        """
        kept = entry.checked()
        key = kept.name.casefold()
        action = "register.remove" if removed else "register.write"
        with self._writer.write(actor, Role.EDITOR, action, f"{kept.kind} {kept.name}") as write:
            # Locked to the end, so that of two changes at once the second sees the first.
            write.connection.execute(select(AUDIT_HEAD.c.id).with_for_update())
            same = (REGISTER_STEPS.c.kind == kept.kind, REGISTER_STEPS.c.name_key == key)
            last = _latest(write.connection, *same)
            if (last[0].version if last else 0) != based_on:
                raise ConflictError(
                    f"{last[0].by} wrote “{last[0].entry.name}” meanwhile; look again." if last
                    else "This entry is not there any more; look again.",
                    last[0] if last else None,
                )  # fmt: skip
            row = {
                "kind": kept.kind,
                "name_key": key,
                "version": based_on + 1,
                "name": kept.name,
                "stage": kept.stage,
                "owner": kept.owner,
                "uses": kept.uses,
                "note": kept.note,
                "removed": removed,
                "said_at": write.at,
                "said_by": write.actor_id,
            }
            write.connection.execute(REGISTER_STEPS.insert(), row)
            write.detail |= {"version": based_on + 1, "stage": kept.stage, "owner": kept.owner}
            return EntryStep(kept, based_on + 1, removed, actor.name, write.at)

    def steps(self, asof: datetime | None = None) -> tuple[EntryStep, ...]:
        """The last step of every entry as it was known at `asof` (None: now), those that were taken out too."""
        known = () if asof is None else (REGISTER_STEPS.c.said_at <= asof,)
        with self._database.reading() as connection:
            return tuple(_latest(connection, *known))


def _latest(connection: Connection, *conditions: ColumnElement[bool]) -> list[EntryStep]:
    found = (
        select(REGISTER_STEPS, ACTORS.c.name.label("actor"))
        .join(ACTORS, ACTORS.c.id == REGISTER_STEPS.c.said_by)
        .where(*conditions)
        .order_by(REGISTER_STEPS.c.kind, REGISTER_STEPS.c.name_key, REGISTER_STEPS.c.version)
    )
    return list({(row.kind, row.name_key): _step(row) for row in connection.execute(found)}.values())


def _step(row: Any) -> EntryStep:
    entry = Entry(EntryKind(row.kind), row.name, Stage(row.stage), row.owner, row.uses, row.note)
    return EntryStep(entry, row.version, row.removed, row.actor, row.said_at)
