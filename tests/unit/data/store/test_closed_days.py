"""The memory of closed days: what it keeps, what it never shows, and how large it gets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from sqlalchemy import delete, update

from data.store import Store
from data.store.closed_days import FORGOTTEN_SECONDS, ClosedDays
from data.store.slice_rows import pack_counts, read_days
from data.store.slices import SliText
from data.store.tables import SLICE_DAYS, SLIS
from scoring.slo.slices import GROUP, MinuteState, SliceDay, SliHash
from tests.unit.data.store.estates import PROD, Clock, Hands

DAY = date(2026, 11, 18)
SLI = SliText(SliHash("c" * 16), "produce-success", "what is counted")
SIZE = 1440 * 9


@pytest.fixture(autouse=True)
def cluster(store: Store, clock: Clock) -> None:
    Hands(store, clock)


def closed(when: date = DAY, component: str = "NONE", count: float = 3.0) -> SliceDay:
    """A day of which every minute is covered."""
    states = np.full(1440, MinuteState.COVERED, dtype=np.uint8)
    return SliceDay(SLI.hash, PROD, "", component, when, np.full(1440, count), states)


def opened(when: date, state: MinuteState) -> SliceDay:
    """A day whose last minute may still become something else."""
    day = closed(when)
    states, values = day.states.copy(), day.values.copy()
    states[-1], values[-1] = state, 0
    return replace(day, states=states, values=values)


def read(memory: ClosedDays, store: Store, days: int = 3) -> list[SliceDay]:
    with store.database.reading() as connection:
        return memory.read(connection, SLI.hash, None, DAY, DAY + timedelta(days=days - 1))


def test_a_closed_day_is_read_once(store: Store) -> None:
    store.slices.merge(SLI, [closed()])
    memory = ClosedDays()
    (first,) = read(memory, store)
    (again,) = read(memory, store)
    assert again is first
    assert first.values.tolist() == [3.0] * 1440


def test_days_come_in_the_order_in_which_the_store_reads_them(store: Store) -> None:
    days = [
        closed(DAY + timedelta(days=later), component)
        for later in (2, 0, 1)
        for component in ("TIMEOUT", GROUP, "NONE")
        if component or later
    ]
    store.slices.merge(SLI, [replace(day, values=np.zeros(1440)) for day in days])
    memory = ClosedDays()
    with store.database.reading() as connection:
        plain = read_days(connection, SLI.hash, None, DAY, DAY + timedelta(days=2))
    for _ in range(2):
        assert [(one.key, one.day) for one in read(memory, store)] == [(one.key, one.day) for one in plain]


@pytest.mark.parametrize("state", [MinuteState.PENDING, MinuteState.UNKNOWN])
def test_a_day_that_may_still_become_something_else_is_read_each_time(store: Store, state: MinuteState) -> None:
    store.slices.merge(SLI, [opened(DAY, state)])
    memory = ClosedDays()
    (before,) = read(memory, store)
    assert before.states[-1] == state
    store.slices.merge(SLI, [closed()])
    (after,) = read(memory, store)
    assert (after.states[-1], after.values[-1]) == (MinuteState.COVERED, 3.0)


def test_a_day_that_was_pruned_is_gone(store: Store) -> None:
    store.slices.merge(SLI, [closed(), closed(DAY + timedelta(days=1))])
    memory = ClosedDays()
    assert len(read(memory, store)) == 2
    with store.database.writing() as connection:
        connection.execute(delete(SLICE_DAYS).where(SLICE_DAYS.c.day == DAY))
    assert [one.day for one in read(memory, store)] == [DAY + timedelta(days=1)]


def test_another_database_in_its_place_is_not_answered_from_memory(store: Store) -> None:
    store.slices.merge(SLI, [closed(count=3.0)])
    memory = ClosedDays()
    read(memory, store)
    with store.database.writing() as connection:
        connection.execute(update(SLICE_DAYS).values(counts=pack_counts(np.full(1440, 4.0))))
        connection.execute(update(SLIS).values(first_seen=store.clock() + timedelta(seconds=1)))
    (found,) = read(memory, store)
    assert found.values[0] == 4.0


def test_the_memory_keeps_what_is_asked_for_when_it_is_full(store: Store) -> None:
    store.slices.merge(SLI, [closed(DAY + timedelta(days=later)) for later in range(3)])
    memory = ClosedDays(most_bytes=2 * SIZE)
    first, second = read(memory, store), read(memory, store)
    assert [one is other for one, other in zip(first, second, strict=True)] == [True, True, False]


def test_what_nobody_asks_for_any_more_makes_room(store: Store) -> None:
    store.slices.merge(SLI, [closed(DAY + timedelta(days=later)) for later in range(2)])
    now = [0.0]
    memory = ClosedDays(most_bytes=SIZE, monotonic=lambda: now[0])
    (old,) = read(memory, store, days=1)
    now[0] = FORGOTTEN_SECONDS + 1
    with store.database.reading() as connection:
        (newer,) = memory.read(connection, SLI.hash, PROD, DAY + timedelta(days=1), DAY + timedelta(days=1))
    second = read(memory, store)
    assert second[1] is newer
    assert second[0] is not old
