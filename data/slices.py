"""Keeps the store's slices up to date: fetches the minutes that have closed since, counts them, merges them in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from data.slice_blocks import Block
from data.slice_history import SliceHistory, SliceStore
from data.slice_queries import PrometheusSource, SliceReader
from scoring.catalog.estate import ClusterName
from scoring.slo.counting import count_minutes
from scoring.slo.definition import EventsSli, SloDefinition
from scoring.slo.slices import MINUTE, MinuteState, edge, minute_index

LATE_SAMPLES = timedelta(seconds=30)
"""A minute is closed this long after its end; samples that arrive later than that are lost to it."""

HISTORY = timedelta(days=31)
"""How far back the first refresh asks: the window and one day, whose last hour may be needed for an estimate."""

PIECE = 10_000
"""Minutes in one range query; Prometheus refuses more than 11 000 points."""

CONTEXT = 10
"""Minutes before the first new one that are read along: the previous scrape of every target that lives is in them."""

LOOKBACKS = (60, 1440, PIECE)
"""How far, in minutes, the previous scrape of a returning target is looked for, step by step, before all of HISTORY."""


@dataclass(frozen=True, slots=True)
class SliceRefresh:
    """What a refresh did. minutes: newly known. dialect: whose metrics it found, None when it found or needed none."""

    minutes: int
    dialect: str | None
    closed_until: datetime


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
    end = minute_index(now - late)
    begin = end - HISTORY // MINUTE
    readers = [SliceReader(prometheus, dialect) for dialect in definition.sli.dialects]
    past = SliceHistory(store, definition.sli, cluster, begin, end)
    if not retry_unknown and past.next_minute >= end:
        return SliceRefresh(0, None, edge(end))
    reader, switched = _reader(readers, past, definition.sli, end)
    counter = _Counter(past, reader or readers[0])
    context = 0 if switched else CONTEXT
    minutes = 0
    if retry_unknown:
        for low, high in past.unknown_stretches():
            minutes += sum(counter.count(start, min(high, start + PIECE)) for start in range(low, high, PIECE))
    while past.next_minute < end:
        counted = counter.count(past.next_minute, min(end, past.next_minute + PIECE), context)
        context = CONTEXT
        minutes += counted
        if not counted:
            break
    return SliceRefresh(minutes, reader.dialect.name if reader else None, edge(past.next_minute))


def _reader(
    readers: Sequence[SliceReader], past: SliceHistory, sli: EventsSli, end: int
) -> tuple[SliceReader | None, bool]:
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
    if before is not None or past.before(past.next_minute).known:
        return before or readers[0], False
    return next((reader for reader in readers if reader.has_spoken(past.begin, end)), None), False


class _Counter:
    """Reads a stretch with as much of the time before as its first differences need, and counts it."""

    def __init__(self, past: SliceHistory, reader: SliceReader) -> None:
        self._past = past
        self._reader = reader

    def count(self, first: int, end: int, context: int = CONTEXT) -> int:
        """Counts minutes first…end−1 and saves them; returns how many were found to be closed.

        context: minutes read along; with 0 every first value is a baseline.
        """
        before = self._past.before(first)
        block = self._reader.block(first - context, end)
        if context and before.known:
            block = self._with_bases(block, first)
        alive = self._reader.alive(block, first - 1 if before.known else self._first_answer(block))
        counted = count_minutes(block.series, block.targets, alive, first - block.start, before)
        self._past.save(first, counted)
        return int((counted.states != MinuteState.PENDING).sum())

    @staticmethod
    def _first_answer(block: Block) -> int:
        """The epoch minute in which a target first answered; the block's end when none did."""
        answers = [np.flatnonzero(flags) for flags in block.answering.values()]
        return min((block.start + int(found[0]) for found in answers if len(found)), default=block.end)

    def _with_bases(self, block: Block, first: int) -> Block:
        """The block, begun earlier if a target in it was away for longer than its context and had a scrape before."""
        reached = block.start
        earlier: list[Block] = []
        away = self._away(block, first)
        for minutes in (*LOOKBACKS, first - self._past.begin):
            start = max(self._past.begin, first - minutes)
            if not away or start >= reached:
                continue
            pieces = [self._reader.block(low, min(low + PIECE, reached), away) for low in range(start, reached, PIECE)]
            earlier[:0] = pieces
            reached = start
            found = frozenset(name for piece in pieces for name, flags in piece.answering.items() if flags.any())
            if found:
                away -= found
                for piece in reversed(earlier):
                    block = block.after(piece)
                earlier = []
        return block

    @staticmethod
    def _away(block: Block, first: int) -> frozenset[str]:
        """Targets that answer from `first` on and did not before, as far as the block reaches."""
        offset = first - block.start
        answering = block.answering.items()
        return frozenset(name for name, flags in answering if flags[offset:].any() and not flags[:offset].any())
