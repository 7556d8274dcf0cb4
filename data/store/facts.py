"""State facts as intervals: what was seen from when to when, and how it ended.

An interval is opened when a form is first seen, moved forward while it is seen unchanged, and ended when another form
is seen (changed) or when a complete look no longer finds the object (removed). A look that failed or was partial ends
nothing: what it did not show was not looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from data.store.columns import MICROSECOND
from data.store.content import Content
from data.store.dialect import chunks, insert
from data.store.read import EndedBy, FactKind
from data.store.tables import CONTENTS, FACTS


@dataclass(frozen=True, slots=True)
class Look:
    """One reading of one kind in one cluster by one run; complete is False when the source refused some items."""

    cluster_id: int
    kind: FactKind
    run_id: int
    at: datetime
    complete: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """What a look brought."""

    new: int
    changed: int
    removed: int
    unchanged: int


def append(connection: Connection, look: Look, items: Mapping[str, Content]) -> Changes:
    """Write one look at one kind; items are the objects found, by key.

    A clock that was set back does not bend the intervals: the look then counts as made just after the last one.
    """
    open_rows = {row.key: row for row in connection.execute(_open(look))}
    latest = max((row.last_seen for row in open_rows.values()), default=None)
    at = look.at if latest is None or look.at > latest else latest + MICROSECOND
    hashes = {key: content.hash for key, content in items.items()}

    new = [key for key in items if key not in open_rows]
    changed = [key for key, row in open_rows.items() if key in items and hashes[key] != row.hash]
    unseen = [key for key in open_rows if key not in items]
    removed = unseen if look.complete else []

    _end(connection, look, at, [open_rows[key].id for key in changed], EndedBy.CHANGED)
    _end(connection, look, at, [open_rows[key].id for key in removed], EndedBy.REMOVED)
    skipped = set() if look.complete else set(unseen)
    _move_forward(connection, look, at, [row.id for key, row in open_rows.items() if key in skipped])
    known_since = {key: open_rows[key].known_since for key in changed}
    _start(connection, look, at, {key: items[key] for key in (*new, *changed)}, known_since)
    return Changes(len(new), len(changed), len(removed), len(items) - len(new) - len(changed))


def _open(look: Look) -> Any:
    columns = (FACTS.c.id, FACTS.c.key, FACTS.c.known_since, FACTS.c.last_seen, CONTENTS.c.hash)
    return select(*columns).join(CONTENTS, CONTENTS.c.id == FACTS.c.content_id).where(*_is_open(look))


def _is_open(look: Look) -> tuple[Any, ...]:
    return FACTS.c.cluster_id == look.cluster_id, FACTS.c.kind == look.kind, FACTS.c.ended_at.is_(None)


def _end(connection: Connection, look: Look, at: datetime, ids: Sequence[int], why: EndedBy) -> None:
    for some in chunks(ids):
        ended = update(FACTS).where(FACTS.c.id.in_(some))
        connection.execute(ended.values(ended_at=at, ended_by=why, ended_run=look.run_id))


def _move_forward(connection: Connection, look: Look, at: datetime, skipped: Sequence[int]) -> None:
    """One statement for all that was seen unchanged; it runs after the others were ended and before new ones start."""
    seen = update(FACTS).where(*_is_open(look)).values(last_seen=at, last_run=look.run_id)
    if not skipped:
        connection.execute(seen)
        return
    wanted = set(skipped)
    still = [row.id for row in connection.execute(select(FACTS.c.id).where(*_is_open(look))) if row.id not in wanted]
    for some in chunks(still):
        connection.execute(seen.where(FACTS.c.id.in_(some)))


def _start(
    connection: Connection,
    look: Look,
    at: datetime,
    items: Mapping[str, Content],
    known_since: Mapping[str, datetime],
) -> None:
    if not items:
        return
    contents = store_contents(connection, {content.hash: content.body for content in items.values()})
    rows = [
        {
            "cluster_id": look.cluster_id,
            "kind": look.kind,
            "key": key,
            "content_id": contents[content.hash],
            "size": content.size,
            "known_since": known_since.get(key, at),
            "first_seen": at,
            "first_run": look.run_id,
            "last_seen": at,
            "last_run": look.run_id,
        }
        for key, content in items.items()
    ]
    connection.execute(FACTS.insert(), rows)


def store_contents(connection: Connection, bodies: Mapping[bytes, str]) -> dict[bytes, int]:
    """The keys of contents by their hash; those that are not there yet are written."""
    rows = [{"hash": digest, "body": body} for digest, body in bodies.items()]
    connection.execute(insert(connection, CONTENTS).on_conflict_do_nothing(index_elements=["hash"]), rows)
    found: dict[bytes, int] = {}
    for some in chunks(list(bodies)):
        matching = connection.execute(select(CONTENTS.c.hash, CONTENTS.c.id).where(CONTENTS.c.hash.in_(some)))
        found.update((bytes(row.hash), row.id) for row in matching)
    return found
