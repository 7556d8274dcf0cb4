"""SLI slices: 1440 counts and 1440 minute states a day and component, packed (see `data.store.slice_rows`).

Merging is the only way in. What may be written over what is decided by `SliceDay.merged` alone; this module refuses,
records and reports whatever would have changed a closed minute.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Connection, select

from data.store.dialect import insert
from data.store.engine import Database
from data.store.leases import Lease, cluster_id_of, renew
from data.store.slice_rows import read_days, select_days, slice_row, unpacked
from data.store.tables import SLICE_DAYS, SLIS
from data.store.tables.acting import AuditOutcome
from data.store.writing import Write, Writer
from scoring.actors import Actor, Role
from scoring.catalog.estate import ClusterName
from scoring.slo.slices import FINAL, MinuteState, SliceDay, SliceKey, SliHash

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SliText:
    """The definition that slices were counted by: its hash, the SLO's name, the canonical text that was hashed."""

    hash: SliHash
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did: minutes that were written, and minutes that were closed already and were left as they are."""

    written: int
    refused: int


class SliSlices:
    """The slices of one SLI, as whatever counts them sees them."""

    def __init__(self, database: Database, slices: Slices, sli: SliText) -> None:
        self._database = database
        self._slices = slices
        self._sli = sli

    def slice_days(self, sli: str, cluster: ClusterName | None, start: date, end: date) -> list[SliceDay]:
        """The days start…end, both included."""
        with self._database.reading() as connection:
            return read_days(connection, sli, cluster, start, end)

    def save_slice_days(self, days: Sequence[SliceDay]) -> None:
        """Merge whole days in one transaction; see `Slices.merge`."""
        self._slices.merge(self._sli, days)


class Slices:
    """Writes slices; under a lease when it is a collector's, without one for backfills and samples."""

    def __init__(self, database: Database, writer: Writer, actor: Actor, lease: Lease | None = None) -> None:
        self._database = database
        self._writer = writer
        self._actor = actor
        self._lease = lease

    def of(self, sli: SliText) -> SliSlices:
        """The slices of one SLI."""
        return SliSlices(self._database, self, sli)

    def merge(self, sli: SliText, days: Sequence[SliceDay]) -> Merged:
        """Write the minutes that are still open; all days are one transaction. Nothing is written for no news.

        Raises ValueError for a day of another SLI, LeaseLostError, StoreReadOnlyError.
        """
        for day in days:
            if day.sli != sli.hash:
                raise ValueError(f"the slices are of {day.sli}, the definition is {sli.hash}")
        if not days:
            return Merged(0, 0)
        with self._writer.write(self._actor, Role.SYSTEM, "slices.merge", sli.name) as write:
            if self._lease is not None:
                renew(self._database, write, self._lease)
            sli_id, is_new = _sli_id(write, sli)
            merged = _merge(write, sli_id, days)
            write.detail |= {"sli": sli.hash, "minutes": merged.written}
            write.quiet = not merged.written and not is_new
            if merged.refused:
                log.warning("%s: %d closed minutes would have changed and were left alone", sli.name, merged.refused)
                write.audit(
                    "slices.rewrite", sli.name, {"sli": sli.hash, "minutes": merged.refused}, AuditOutcome.REFUSED
                )
            return merged


def _merge(write: Write, sli_id: int, days: Iterable[SliceDay]) -> Merged:
    written = refused = 0
    by_cluster: dict[ClusterName, list[SliceDay]] = defaultdict(list)
    for day in days:
        by_cluster[day.cluster].append(day)
    for cluster, some in by_cluster.items():
        cluster_id = cluster_id_of(write.connection, cluster)
        stored = _stored(write.connection, sli_id, cluster_id, sorted({day.day for day in some}))
        rows = []
        for day in some:
            before = stored.get((day.key, day.day), SliceDay.empty(day.key, day.day))
            after = before.merged(day)
            refused += _refused(before, day)
            news = int(((after.states != before.states) | (after.values != before.values)).sum())
            if news:
                written += news
                rows.append(slice_row(sli_id, cluster_id, after))
                stored[day.key, day.day] = after
        _upsert(write.connection, rows)
    return Merged(written, refused)


def _refused(before: SliceDay, newer: SliceDay) -> int:
    """Closed minutes that `newer` says something else about."""
    closed = np.isin(before.states, FINAL) & (newer.states != MinuteState.PENDING)
    return int((closed & ((newer.states != before.states) | (newer.values != before.values))).sum())


def _sli_id(write: Write, sli: SliText) -> tuple[int, bool]:
    """The key of the definition and whether it is new. Its row is locked: two merges must not each keep their half."""
    row = {"hash": sli.hash, "name": sli.name, "text": sli.text, "first_seen": write.at}
    fresh = insert(write.connection, SLIS).on_conflict_do_nothing(index_elements=["hash"])
    is_new = write.connection.execute(fresh, row).rowcount > 0
    found = select(SLIS.c.id).where(SLIS.c.hash == sli.hash).with_for_update()
    return int(write.connection.execute(found).scalar_one()), is_new


def _stored(
    connection: Connection, sli_id: int, cluster_id: int, days: Sequence[date]
) -> dict[tuple[SliceKey, date], SliceDay]:
    found = select_days().where(
        SLICE_DAYS.c.sli_id == sli_id,
        SLICE_DAYS.c.cluster_id == cluster_id,
        SLICE_DAYS.c.day.between(days[0], days[-1]),
    )
    return {(day.key, day.day): day for day in map(unpacked, connection.execute(found))}


def _upsert(connection: Connection, rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    statement = insert(connection, SLICE_DAYS)
    key = ["sli_id", "cluster_id", "day", "group_key", "component"]
    packed = {"counts": statement.excluded.counts, "states": statement.excluded.states}
    connection.execute(statement.on_conflict_do_update(index_elements=key, set_=packed), rows)
