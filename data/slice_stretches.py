"""Reads a stretch of minutes with as much of the time before as its first values need, and counts or measures it."""

from __future__ import annotations

import numpy as np

from data.slice_blocks import Block
from data.slice_history import SliceHistory
from data.slice_queries import SliceReader
from scoring.slo.counting import CountedMinutes, Flags, count_minutes
from scoring.slo.definition import Dialect, Sli, SlicesSli, Within
from scoring.slo.gauging import MeasuredMinutes, measure_minutes
from scoring.slo.ratios import shares, weighed
from scoring.slo.slices import MinuteState

CONTEXT = 10
"""Minutes before the first new one that are read along: the previous scrape of every target that lives is in them."""

PIECE = 11_000 - CONTEXT
"""Minutes read at once: with their context they are one range query, and more than 11 000 points are refused."""

LOOKBACKS = (60, 1440, PIECE)
"""How far, in minutes, the previous scrape of a returning target is looked for, step by step, before all of history."""

Minutes = CountedMinutes | MeasuredMinutes


class Stretches:
    """Reads the stretches of one SLI of one cluster in one dialect. dropped: groups beyond the SLI's limit."""

    def __init__(self, past: SliceHistory, reader: SliceReader, sli: Sli) -> None:
        self._past = past
        self._reader = reader
        self._sli = sli
        self.dropped: set[str] = set()

    def read(self, first: int, end: int, context: int = CONTEXT) -> int:
        """Reads minutes first…end−1 and saves them; returns the minute up to which they are closed.

        context: minutes read along; with 0 every first value of a counter is a baseline.
        """
        measures = not self._dialect.counters
        known = self._past.known(first)
        seen = {group: self._seen(group, first) for group in self._past.groups} if measures else {}
        components = frozenset(component for found, _ in seen.values() for component in found)
        block = self._reader.block(first - context, end, known=components)
        if context and known and not measures:
            block = self._with_bases(block, first)
        alive = self._reader.alive(block, first - 1 if known else self._first_answer(block))
        offset = first - block.start
        found: dict[str, Minutes] = {}
        open_end = False
        for group in self._groups(block):
            its = block.of_group(group) if self._sli.group_by else block
            before = self._past.before(group, first)
            minutes: Minutes
            if measures:
                answered, begins = seen.get(group, ({}, False))
                last = {component: minute - block.start for component, minute in answered.items()}
                measured = before.known and not begins
                minutes = measure_minutes(
                    *(its.gauges, its.targets, alive, offset, last), known=measured, within=self._within
                )
            else:
                minutes = count_minutes(its.series, its.targets, alive, offset, before)
                if self._dialect.gauges:
                    minutes = weighed(minutes, its.gauges, offset)
                elif isinstance(self._sli, SlicesSli):
                    minutes = shares(minutes)
            open_end |= bool(minutes.states[-1] == MinuteState.PENDING)
            if self._sli.group_by and not before.known:
                _begin_at_birth(minutes, its.sampled[offset:])
            found[group] = minutes
        for minutes in found.values() if open_end else ():
            _leave_end_open(minutes)
        self._past.save(first, found)
        return end - 1 if open_end else end

    def _seen(self, group: str, first: int) -> tuple[dict[str, int], bool]:
        """When each component answered last before `first`, and whether this dialect only begins there.

        Components of worse dialects are left out: they have made room for this one's, and are not down. Those of better
        ones stay, since who falls silent must not be replaced by who sees less, and look healthy.
        """
        found = self._past.seen(group, first)
        worse = self._sli.dialects[self._sli.dialects.index(self._dialect) + 1 :]
        ours = {name: minute for name, minute in found.items() if not any(one.owns(name) for one in worse)}
        return ours, bool(found) and not ours

    @property
    def _dialect(self) -> Dialect:
        return self._reader.dialect

    @property
    def _within(self) -> Within:
        return self._dialect.gauges[0].within

    def _groups(self, block: Block) -> list[str]:
        """Groups to be read: those that have slices, and new ones by name as far as the limit goes."""
        if not self._sli.group_by:
            return [""]
        known = self._past.groups
        new = sorted(block.groups - known)
        room = max(0, self._sli.most_groups - len(known))
        self.dropped |= set(new[room:])
        return sorted({*known, *new[:room]})

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


def _begin_at_birth(minutes: Minutes, sampled: Flags) -> None:
    """A group that is new has no minutes before its first sample: it did not exist."""
    born = np.flatnonzero(sampled)
    until = int(born[0]) if len(born) else len(sampled)
    every = minutes.component_states.values() if isinstance(minutes, MeasuredMinutes) else ()
    for states in (minutes.states, *every):
        states[:until] = MinuteState.PENDING
    for values in minutes.values.values() if isinstance(minutes, MeasuredMinutes) else ():
        values[:until] = 0.0


def _leave_end_open(minutes: Minutes) -> None:
    """The last minute stays pending in every group, so that all of them go on from the same minute."""
    minutes.states[-1] = MinuteState.PENDING
    if isinstance(minutes, MeasuredMinutes):
        for component, states in minutes.component_states.items():
            states[-1] = MinuteState.PENDING
            minutes.values[component][-1] = 0.0
