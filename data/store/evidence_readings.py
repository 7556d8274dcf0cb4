"""The latest answer to each question that only probes ask, with its query and age, and how the last attempt ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from data.evidence.forms import encoded
from data.store.dialect import insert
from data.store.read import SourceCondition
from data.store.states import answer_of
from data.store.tables import EVIDENCE_READINGS
from scoring.catalog.estate import Part, Present
from scoring.evidence.probe import Need


@dataclass(frozen=True, slots=True)
class KeptReading:
    """One question's last answer.

    found: its text, None before the first one. state, error, next_step: how the last attempt ended.
    """

    need: Need
    query: str
    found: str | None
    observed_at: datetime | None
    state: SourceCondition
    error: str
    next_step: str


def keep_readings(
    connection: Connection, cluster_id: int, parts: Mapping[Need, Part[Any]], at: datetime
) -> dict[str, str]:
    """Write answers over the earlier ones. Returns the state of each that failed."""
    failed: dict[str, str] = {}
    for need, part in parts.items():
        answer = answer_of(part)
        row: dict[str, Any] = {
            "cluster_id": cluster_id,
            "need": need.value,
            "attempted_at": at,
            "state": answer.state,
            "error": answer.error,
            "next_step": answer.next_step,
        }
        if isinstance(part, Present):
            row |= {"query": part.query, "found": encoded(need, part.value), "observed_at": min(part.observed_at, at)}
            overwritten = tuple(row)
        else:
            overwritten = tuple(row)
            row |= {"query": "", "found": None, "observed_at": None}
            failed[need.value] = answer.state
        statement = insert(connection, EVIDENCE_READINGS)
        changed = {name: statement.excluded[name] for name in overwritten if name not in ("cluster_id", "need")}
        connection.execute(statement.on_conflict_do_update(index_elements=["cluster_id", "need"], set_=changed), row)
    return failed


def kept_readings(connection: Connection, cluster_id: int) -> dict[Need, KeptReading]:
    """The last answers about a cluster; a need that this version does not know is left out."""
    known: Mapping[str, Need] = {need.value: need for need in Need}
    rows = connection.execute(select(EVIDENCE_READINGS).where(EVIDENCE_READINGS.c.cluster_id == cluster_id))
    return {known[row.need]: _kept(row) for row in rows if row.need in known}


def _kept(row: Any) -> KeptReading:
    return KeptReading(
        Need(row.need), row.query, row.found, row.observed_at, SourceCondition(row.state), row.error, row.next_step
    )
