"""How each source answers: one open period for the source and for each of its parts, ended by another condition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from data.store.read import SourceCondition
from data.store.tables import SOURCE_STATES
from scoring.catalog.estate import Absent, FailureKind, Part, SourceName

WHOLE = ""
"""The part that stands for the source as a whole."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How one attempt ended; error and next_step are sentences, empty when all is well."""

    state: SourceCondition
    error: str = ""
    next_step: str = ""

    @property
    def succeeded(self) -> bool:
        """True when the source gave something: a partial answer is news too."""
        return self.state in (SourceCondition.OK, SourceCondition.PARTIAL)


OK = Answer(SourceCondition.OK)


def answer_of(part: Part[Any]) -> Answer:
    """What a part of the estate says about its source. Raises ValueError for one that was never to be asked."""
    if isinstance(part, Absent):
        if part.kind is FailureKind.NOT_CONFIGURED:
            raise ValueError("a source that is not configured has no condition; leave its part out of the estate")
        return Answer(SourceCondition(part.kind), part.sentence, part.next_step)
    if part.missing:
        more = f" (and {len(part.missing) - 1} more)" if len(part.missing) > 1 else ""
        return Answer(SourceCondition.PARTIAL, part.missing[0] + more)
    return OK


def overall(answers: Iterable[Answer]) -> Answer:
    """One answer for several parts: ok when all are, their failure when all share its kind, otherwise partial."""
    given = list(answers)
    troubled = [answer for answer in given if answer.state is not SourceCondition.OK]
    if not troubled:
        return OK
    first = troubled[0]
    same = len(troubled) == len(given) and len({answer.state for answer in troubled}) == 1
    return Answer(first.state if same else SourceCondition.PARTIAL, first.error, first.next_step)


def announce(connection: Connection, cluster_id: int, sources: Iterable[SourceName], at: datetime) -> None:
    """Open the state `never` for sources that were just configured, and close those that no longer are."""
    rows = _open(connection, cluster_id)
    wanted = set(sources)
    for source in sorted(wanted):
        if (source, WHOLE) not in rows:
            _start(connection, cluster_id, source, WHOLE, at, Answer(SourceCondition.NEVER), None, None)
    for (name, _), row in rows.items():
        if name not in wanted:
            _close(connection, row, at)


def record(
    connection: Connection, cluster_id: int, source: SourceName, answers: Mapping[str, Answer], at: datetime
) -> None:
    """Write how the parts of one source answered, and what that makes of the source as a whole."""
    rows = {part: row for (name, part), row in _open(connection, cluster_id).items() if name == source}
    for part, answer in answers.items():
        _move(connection, cluster_id, source, part, rows.get(part), answer, at)
    earlier = {
        part: Answer(SourceCondition(row.state), row.error, row.next_step)
        for part, row in rows.items()
        if part not in answers and part != WHOLE
    }
    whole = overall([*answers.values(), *earlier.values()])
    reached = any(answer.succeeded for answer in answers.values())
    _move(connection, cluster_id, source, WHOLE, rows.get(WHOLE), whole, at, reached=reached)


def _open(connection: Connection, cluster_id: int) -> dict[tuple[str, str], Any]:
    found = select(SOURCE_STATES).where(SOURCE_STATES.c.cluster_id == cluster_id, SOURCE_STATES.c.ended_at.is_(None))
    return {(row.source, row.part): row for row in connection.execute(found)}


def _move(
    connection: Connection,
    cluster_id: int,
    source: SourceName,
    part: str,
    row: Any | None,
    answer: Answer,
    at: datetime,
    *,
    reached: bool | None = None,
) -> None:
    """Move the open period on, or end it and start another. A clock that was set back stands still meanwhile."""
    at = at if row is None else max(at, row.since, row.last_attempt or row.since)
    succeeded = answer.succeeded if reached is None else reached
    success = at if succeeded else (row.last_success if row is not None else None)
    if row is not None and row.state == answer.state:
        values = {"last_attempt": at, "last_success": success, "error": answer.error, "next_step": answer.next_step}
        connection.execute(update(SOURCE_STATES).where(SOURCE_STATES.c.id == row.id).values(**values))
        return
    if row is not None:
        _close(connection, row, at)
    _start(connection, cluster_id, source, part, at, answer, at, success)


def _close(connection: Connection, row: Any, at: datetime) -> None:
    ended = max(at, row.since)
    connection.execute(update(SOURCE_STATES).where(SOURCE_STATES.c.id == row.id).values(ended_at=ended))


def _start(
    connection: Connection,
    cluster_id: int,
    source: str,
    part: str,
    at: datetime,
    answer: Answer,
    last_attempt: datetime | None,
    last_success: datetime | None,
) -> None:
    row = {
        "cluster_id": cluster_id,
        "source": source,
        "part": part,
        "state": answer.state,
        "since": at,
        "last_attempt": last_attempt,
        "last_success": last_success,
        "error": answer.error,
        "next_step": answer.next_step,
    }
    connection.execute(SOURCE_STATES.insert(), row)
