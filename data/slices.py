"""Keeps the store's slices up to date: fetches the minutes that have closed since, counts them, merges them in."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.slice_history import SliceHistory, SliceStore
from data.slice_queries import SliceReader
from data.slice_source import PrometheusSource
from data.slice_stretches import CONTEXT, PIECE, Stretches
from scoring.catalog.estate import ClusterName
from scoring.slo.definition import Dialect, Sli, SloDefinition
from scoring.slo.slices import MINUTE, edge, minute_index

log = logging.getLogger(__name__)

LATE_SAMPLES = timedelta(seconds=30)
"""A minute is closed this long after its end; samples that arrive later than that are lost to it."""

BEFORE_WINDOW = timedelta(hours=12)
"""Read before the window, for its last hour may be needed for an estimate; with 30 days it makes four whole pieces."""

SHORTEST_HISTORY = timedelta(days=30) + BEFORE_WINDOW
"""How far back the first refresh asks at least, so that another window of up to 30 days is a read of the store."""


@dataclass(frozen=True, slots=True)
class SliceRefresh:
    """What a refresh did. minutes: newly known. dialect: whose metrics it found, None when it found or needed none.

    dropped_groups: groups that have no budget because the SLI has as many as it may have.
    """

    minutes: int
    dialect: Dialect | None
    closed_until: datetime
    dropped_groups: tuple[str, ...] = ()


def history_of(definition: SloDefinition) -> timedelta:
    """How far back the slices of an SLO are read at first."""
    return max(SHORTEST_HISTORY, definition.window.longest + BEFORE_WINDOW)


def refresh_slices(
    prometheus: PrometheusSource,
    store: SliceStore,
    definition: SloDefinition,
    cluster: ClusterName,
    now: datetime,
    *,
    late: timedelta = LATE_SAMPLES,
    retry_unknown: bool = False,
) -> SliceRefresh:
    """Brings one SLI of one cluster up to the last minute that is closed at `now`, in pieces that are saved one by one.

    late: how long samples may take to arrive. retry_unknown: ask again about minutes of which Prometheus had nothing
    (when it may have been refilled since).
    Raises SourceFailure; what was saved before it stays, the rest is fetched by the next refresh.
    """
    sli = definition.sli
    end = minute_index(now - late)
    begin = end - history_of(definition) // MINUTE
    readers = [SliceReader(prometheus, dialect, sli.group_by) for dialect in sli.dialects]
    past = SliceHistory(store, sli, cluster, begin, end)
    if not retry_unknown and past.next_minute >= end:
        return SliceRefresh(0, None, edge(end))
    reader, switched = _reader(readers, past, sli, end)
    stretches = Stretches(past, reader or readers[0], sli)
    context = 0 if switched else CONTEXT
    minutes = 0
    if retry_unknown:
        for low, high in past.unknown_stretches():
            minutes += sum(stretches.read(at, min(high, at + PIECE)) - at for at in range(low, high, PIECE))
    reached = past.next_minute
    while reached < end:
        first, reached = reached, stretches.read(reached, min(end, reached + PIECE), context)
        context = CONTEXT
        minutes += reached - first
        if reached == first:
            break
    dropped = tuple(sorted(stretches.dropped))
    if dropped:
        log.warning(
            "%s has more groups than %d: %d of them have no budget, among them %s; raise its limit on groups, "
            "or group by a label with fewer values",
            *(definition.id, sli.most_groups, len(dropped), dropped[0]),
        )
    return SliceRefresh(minutes, reader.dialect if reader else None, edge(reached), dropped)


def _reader(readers: Sequence[SliceReader], past: SliceHistory, sli: Sli, end: int) -> tuple[SliceReader | None, bool]:
    """The reader of the best dialect that is spoken now, else of the one that was; None when there never was one.

    The second value is True when the newest counts were made in another dialect: the counters of this one have been
    running unseen, so that their first values are baselines and not births.
    """
    newest = past.newest_component()
    spoken = None if newest is None else sli.dialect_of(newest) or sli.labelled_dialect
    before = next((reader for reader in readers if reader.dialect is spoken), None)
    now = next((reader for reader in readers if reader.speaks_now(end)), None)
    if now is not None:
        return now, before is not None and now is not before
    if before is not None or past.known(past.next_minute):
        return before or readers[0], False
    return next((reader for reader in readers if reader.has_spoken(past.begin, end)), None), False
