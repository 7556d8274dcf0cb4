"""Whose account each minute goes to: what the components of an SLI say, as bad, total, seen and due per minute."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

import numpy as np
from numpy.typing import NDArray

from scoring.slo.definition import (
    Condition,
    CounterQuery,
    Dialect,
    EventClass,
    EventsSli,
    GaugeQuery,
    InvariantSli,
    Missing,
    Sli,
    SlicesSli,
)
from scoring.slo.slices import MinuteState, States, Values, minutes_in

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One component's minutes: what it counted (or the gauge's value), and how well each was observed."""

    values: Values
    states: States


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """Per minute, float64 of one length. Nothing in here is estimated.

    bad, total: events; slices for time slices, whose total is there whether they were observed or not; for an
    invariant violations and what was checked. client: the clients' own faults. seen ÷ due is the coverage.
    blame: the part of `bad` that a component is to blame for; parts of one slice may overlap.
    surplus: minutes in which more was good than there was at all.
    """

    bad: Values
    total: Values
    client: Values
    seen: Values
    due: Values
    blame: Mapping[str, Values]
    surplus: int = 0


def account(sli: Sli, states: States, rows: Mapping[str, Row]) -> Account:
    """The account of one group. states: the group's. rows: by component, without the group's own."""
    if isinstance(sli, EventsSli):
        return _events(sli, states, rows)
    if isinstance(sli, SlicesSli):
        return _slices(sli, states, rows)
    if isinstance(sli, InvariantSli):
        return _invariant(sli, states, rows)
    assert_never(sli)


def _events(sli: EventsSli, states: States, rows: Mapping[str, Row]) -> Account:
    length = len(states)
    bad, total, client = (np.zeros(length) for _ in range(3))
    blame: dict[str, Values] = {}
    lacking: dict[str, Values] = {}
    for component, row in rows.items():
        its_class = sli.classify(component)
        if its_class.in_bad:
            bad += row.values
            blame[component] = row.values
        if its_class.in_total:
            total += row.values
        if its_class is EventClass.CLIENT:
            client += row.values
        dialect = sli.dialect_of(component) or sli.labelled_dialect
        if dialect is not None and its_class in (EventClass.SUCCESS, EventClass.GOOD) and _counts_good(sli, dialect):
            lack = lacking.setdefault(dialect.name, np.zeros(length))
            lack += row.values if its_class is EventClass.SUCCESS else -row.values
    surplus = 0
    for lack in lacking.values():
        bad += lack
        surplus += int((lack < 0).sum())
        blame[NOT_GOOD] = blame.get(NOT_GOOD, np.zeros(length)) + np.maximum(lack, 0)
    seen = minutes_in(states, MinuteState.COVERED, MinuteState.DOWN)
    return Account(bad, total, client, seen.astype(float), np.ones(length), blame, surplus)


NOT_GOOD = "not good"
"""To blame where only good and all events are counted: those that lack of all."""


def _counts_good(sli: EventsSli, dialect: Dialect) -> bool:
    """True when a dialect says what is bad by counting what is good."""
    fixed = _fixed(dialect)
    if any(sli.classify(component) is EventClass.GOOD for component in fixed):
        return True
    listed = {name for name, its_class in sli.classes.items() if its_class is EventClass.GOOD}
    elsewhere = set[str]().union(*(_fixed(one) for one in sli.dialects))
    return dialect.labelled and (sli.bound is not None or bool(listed - elsewhere))


def _fixed(dialect: Dialect) -> set[str]:
    """Components with a name of their own; also that of a ratio that weighs the traffic."""
    queries: tuple[CounterQuery | GaugeQuery, ...] = (*dialect.counters, *dialect.gauges)
    return {query.component for query in queries if query.component_label is None}


def _invariant(sli: InvariantSli, states: States, rows: Mapping[str, Row]) -> Account:
    """Down minutes are neither seen nor estimated: nobody promised that something would be looked at in them."""
    length = len(states)
    bad, total = np.zeros(length), np.zeros(length)
    blame: dict[str, Values] = {}
    for component, row in rows.items():
        if component in sli.checked:
            total += row.values
        else:
            bad += row.values
            blame[component] = row.values
    seen = minutes_in(states, MinuteState.COVERED).astype(float)
    return Account(bad, total, np.zeros(length), seen, np.ones(length), blame)


def _slices(sli: SlicesSli, states: States, rows: Mapping[str, Row]) -> Account:
    length = len(states)
    answered, down = _told(states), minutes_in(states, MinuteState.DOWN)
    missed = _missed(sli.missing, states)
    registered, wronged, watched = (np.zeros(length, dtype=np.int32) for _ in range(3))
    blame: dict[str, Values] = {}
    for component, row in rows.items():
        own_down = minutes_in(row.states, MinuteState.DOWN)
        own_missed = _missed(sli.missing, row.states)
        wrong = _told(row.states) & ~holds(sli.condition, row.values)
        its_bad = wrong | own_down | own_missed
        registered += ~minutes_in(row.states, MinuteState.PENDING)
        wronged += its_bad
        watched += minutes_in(row.states, MinuteState.COVERED) | own_down | own_missed
        blame[component] = its_bad.astype(float)
    known, blamed, seen = (counted.astype(float) for counted in (registered, wronged, watched))
    if not sli.per_component:
        bad = (blamed > 0) | down | missed
        judged = minutes_in(states, MinuteState.COVERED) | down | missed
        return _slice_account(bad.astype(float), np.ones(length), judged.astype(float), blame)
    due = _carried(known, answered | (down & (known > 0)))
    whole = down | missed
    return _slice_account(np.where(whole, due, blamed), due, np.where(whole, due, np.minimum(seen, due)), blame)


def _slice_account(bad: Values, due: Values, seen: Values, blame: Mapping[str, Values]) -> Account:
    return Account(bad, due, np.zeros(len(bad)), seen, due, blame)


def holds(condition: Condition, values: Values) -> Flags:
    """Where a gauge is as it must be. Value and bound are the doubles nearest to their texts, as in Prometheus, so
    that 0.1 is not less than 0.1."""
    return np.asarray(condition.OPERATORS[condition.operator](values, float(condition.value)), dtype=np.bool_)


def _told(states: States) -> Flags:
    """Minutes that have a value: covered ones, and bridged ones, which are judged and not covered."""
    return minutes_in(states, MinuteState.COVERED, MinuteState.BRIDGED)


def _missed(missing: Missing, states: States) -> Flags:
    """Minutes without data that count as bad: none before the first minute that was observed."""
    if missing is Missing.IGNORE:
        return np.zeros(len(states), dtype=np.bool_)
    observed = minutes_in(states, MinuteState.COVERED, MinuteState.DOWN)
    since = np.asarray(np.logical_or.accumulate(observed), dtype=np.bool_)
    return minutes_in(states, MinuteState.UNKNOWN) & since


def _carried(known: Values, told: Flags) -> Values:
    """How many components each minute has: told ones as they are, others as the nearest before (at the start: after).

    A minute that nobody observed is as much of the window as any other.
    """
    indices, others = np.flatnonzero(told), np.flatnonzero(~told)
    if not len(indices):
        return np.zeros(len(known))
    carried = known.copy()
    nearest = np.searchsorted(indices, others, side="right") - 1
    carried[others] = known[indices[np.maximum(nearest, 0)]]
    return carried
