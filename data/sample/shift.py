"""Moves everything that was observed to another time, so that a recording ends now.

What was decided does not move: a meeting's record is frozen and stays of its day. Only the due dates of its actions
do, as long as nobody has touched them: otherwise all of them would be overdue to whoever opens the sample next year.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from sqlalchemy import BigInteger, Connection, Table, delete, insert, select, type_coerce, update

from data.store.columns import HOUR_MICROS, MICROSECOND, UtcTime
from data.store.slice_rows import read_days, slice_row
from data.store.tables import (
    ACTIONS,
    ACTORS,
    CLUSTERS,
    EVIDENCE_READINGS,
    FACTS,
    FINDINGS,
    GROUP_HOURS,
    HEALTH,
    LATEST_OFFSETS,
    RUNS,
    SLICE_DAYS,
    SLIS,
    SOURCE_STATES,
    TOPIC_HOURS,
)
from scoring.slo.slices import MINUTE, SliceDay, SliceKey, cut_into_days, first_minute, laid_out

OBSERVED = (CLUSTERS, RUNS, SOURCE_STATES, FACTS, LATEST_OFFSETS, SLIS, HEALTH, FINDINGS, EVIDENCE_READINGS)
"""Tables whose times move by any number of minutes. The audit log stays: it says when things were really written."""

HELD_BY = "sample:facilitator"
"""Who held the recording's meetings. An action that somebody else has changed keeps its due date."""

HOURLY = (TOPIC_HOURS, GROUP_HOURS)
"""Tables whose times are full hours and move by full hours."""

HOUR, DAY = timedelta(hours=1), timedelta(days=1)

FAR = 10_000 * 24 * HOUR_MICROS
"""Longer than any recording, in full hours: on the way there and back no row meets the time of another one."""


def shift(connection: Connection, by: timedelta, so_far: timedelta = timedelta(0)) -> None:
    """Move every observation by whole minutes (forward or back); roll-ups by full hours, due dates by full days.

    so_far: how far the recording was moved before, so that many short ways come to as many hours as one long way.
    Raises ValueError when `by` is not a number of whole minutes: minute arrays cannot be moved by less.
    """
    if by % MINUTE:
        raise ValueError(f"slices are of whole minutes and cannot be shifted by {by}")
    if not by:
        return
    micros = by // MICROSECOND
    for table in OBSERVED:
        _move(connection, table, micros)
    hours = _more_of(HOUR, by, so_far) * HOUR_MICROS
    for table in HOURLY:
        _move(connection, table, hours)
    _move_due_dates(connection, _more_of(DAY, by, so_far))
    _move_slices(connection, by // MINUTE)


def _more_of(unit: timedelta, by: timedelta, so_far: timedelta) -> int:
    """How many more full units fit into the whole way than into the way so far."""
    return (so_far + by) // unit - so_far // unit


def _move_due_dates(connection: Connection, days: int) -> None:
    """Of actions that are as the recording's meetings left them."""
    held = select(ACTORS.c.id).where(ACTORS.c.name == HELD_BY)
    mine = select(ACTIONS.c.id, ACTIONS.c.due).where(ACTIONS.c.due.is_not(None), ACTIONS.c.changed_by.in_(held))
    for action in connection.execute(mine).all():
        moved = update(ACTIONS).where(ACTIONS.c.id == action.id)
        connection.execute(moved.values(due=action.due + timedelta(days=days)))


def _move(connection: Connection, table: Table, micros: int) -> None:
    """All times of a table at once, so that no check between two of them ever fails."""
    times = [column for column in table.c if isinstance(column.type, UtcTime)]
    for step in (FAR, micros - FAR):
        moved = {column: type_coerce(type_coerce(column, BigInteger) + step, UtcTime) for column in times}
        connection.execute(update(table).values(moved))


def _move_slices(connection: Connection, minutes: int) -> None:
    """Lay each component's days in a row, move the row, and cut it into days again."""
    for sli in connection.execute(select(SLIS.c.id, SLIS.c.hash)).all():
        whole = select(SLICE_DAYS.c.day).where(SLICE_DAYS.c.sli_id == sli.id)
        stored = sorted(connection.execute(whole).scalars())
        if not stored:
            continue
        by_key: dict[SliceKey, list[SliceDay]] = defaultdict(list)
        for day in read_days(connection, sli.hash, None, stored[0], stored[-1]):
            by_key[day.key].append(day)
        keys = {row.name: row.id for row in connection.execute(select(CLUSTERS.c.name, CLUSTERS.c.id))}
        connection.execute(delete(SLICE_DAYS).where(SLICE_DAYS.c.sli_id == sli.id))
        for key, days in by_key.items():
            start, end = first_minute(days[0].day), first_minute(days[-1].day + timedelta(days=1))
            values, states = laid_out(days, start, end)
            moved = [day for day in cut_into_days(key, start + minutes, values, states) if day.states.any()]
            connection.execute(insert(SLICE_DAYS), [slice_row(sli.id, keys[key.cluster], day) for day in moved])
