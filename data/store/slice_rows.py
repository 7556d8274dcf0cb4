"""Slices as their table holds them: which rows there are, and how a row becomes a day and a day a row."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import BigInteger, Connection, bindparam, func, select, type_coerce

from data.store.dialect import chunks
from data.store.tables import CLUSTERS, SLICE_DAYS, SLIS
from scoring.catalog.estate import ClusterName
from scoring.slo.slices import MINUTES_PER_DAY, SliceDay, SliHash, States, Values


def read_days(connection: Connection, sli: str, cluster: ClusterName | None, start: date, end: date) -> list[SliceDay]:
    """The days of one SLI from start to end, both included, ordered by cluster, group, component and day."""
    asked = {"sli": sli, "cluster": cluster, "start": start, "end": end}
    return [unpacked(row) for row in connection.execute(_whole_days(one_cluster=cluster is not None), asked)]


class StoredDay(NamedTuple):
    """Which day a row holds, without its arrays.

    Of a closed day two of these are alike only when the arrays are: rows keep their keys for good within one database,
    and sli_since, microseconds at which the database first saw the SLI, tells two databases apart.
    """

    id: int
    sli: str
    sli_since: int
    cluster: str
    group: str
    component: str
    day: date
    counts_size: int
    states_size: int


def days_stored(
    connection: Connection, sli: str, cluster: ClusterName | None, start: date, end: date
) -> list[StoredDay]:
    """What `read_days` would read, in its order."""
    asked = {"sli": sli, "cluster": cluster, "start": start, "end": end}
    rows = connection.execute(_day_keys(one_cluster=cluster is not None), asked).all()
    return [StoredDay._make(row) for row in rows]


def read_stored(connection: Connection, numbers: Sequence[int]) -> Iterator[tuple[int, SliceDay]]:
    """The days of some rows, by their keys, in any order."""
    for some in chunks(numbers):
        for row in connection.execute(_numbered_days(), {"numbers": some}):
            yield row.id, unpacked(row)


@cache
def _whole_days(*, one_cluster: bool) -> Any:
    return _asked(select_days(), one_cluster=one_cluster)


@cache
def _day_keys(*, one_cluster: bool) -> Any:
    """Statements are made once: a page asks for the days of a hundred SLIs, one after the other."""
    since = type_coerce(SLIS.c.first_seen, BigInteger)
    key = (SLICE_DAYS.c.group_key, SLICE_DAYS.c.component, SLICE_DAYS.c.day)
    sizes = (func.length(SLICE_DAYS.c.counts), func.length(SLICE_DAYS.c.states))
    return _asked(_joined(SLICE_DAYS.c.id, SLIS.c.hash, since, CLUSTERS.c.name, *key, *sizes), one_cluster=one_cluster)


@cache
def _numbered_days() -> Any:
    numbers: Any = bindparam("numbers", expanding=True)
    return select_days().add_columns(SLICE_DAYS.c.id).where(SLICE_DAYS.c.id.in_(numbers))


def _asked(found: Any, *, one_cluster: bool) -> Any:
    found = found.where(SLIS.c.hash == bindparam("sli"))
    found = found.where(SLICE_DAYS.c.day.between(bindparam("start"), bindparam("end")))
    if one_cluster:
        found = found.where(CLUSTERS.c.name == bindparam("cluster"))
    return found.order_by(CLUSTERS.c.name, SLICE_DAYS.c.group_key, SLICE_DAYS.c.component, SLICE_DAYS.c.day)


def select_days() -> Any:
    """Every day with its arrays, for a WHERE to be added; rows are for `unpacked`."""
    return _joined(SLIS.c.hash, CLUSTERS.c.name, *(SLICE_DAYS.c[name] for name in _DAY_COLUMNS))


def _joined(*columns: Any) -> Any:
    return select(*columns).join_from(SLICE_DAYS, SLIS).join(CLUSTERS, CLUSTERS.c.id == SLICE_DAYS.c.cluster_id)


_DAY_COLUMNS = ("group_key", "component", "day", "counts", "states")


def unpacked(row: Any) -> SliceDay:
    """The day of a row of `select_days`."""
    counts, states = unpack_counts(row.counts), unpack_states(row.states)
    return SliceDay(SliHash(row.hash), ClusterName(row.name), row.group_key, row.component, row.day, counts, states)


def slice_row(sli_id: int, cluster_id: int, day: SliceDay) -> dict[str, Any]:
    """A day as the table keeps it."""
    return {
        "sli_id": sli_id,
        "cluster_id": cluster_id,
        "day": day.day,
        "group_key": day.group,
        "component": day.component,
        "counts": pack_counts(day.values),
        "states": zlib.compress(day.states.tobytes(), 6),
    }


def pack_counts(counts: np.ndarray[Any, np.dtype[np.float64]]) -> bytes:
    """1440 float64 with all first bytes first, then all second bytes, … : whole numbers then compress well."""
    planes = counts.astype("<f8", copy=False).view(np.uint8).reshape(MINUTES_PER_DAY, 8).T
    return zlib.compress(planes.tobytes(), 6)


def unpack_counts(packed: bytes) -> Values:
    """The counts of a day, read-only. Raises ValueError or zlib.error when the bytes are not a packed day."""
    return _repeated_counts(packed) if len(packed) <= _SHORT else _counts(packed)


def _counts(packed: bytes) -> Values:
    planes = np.frombuffer(zlib.decompress(packed), dtype=np.uint8).reshape(8, MINUTES_PER_DAY)
    counts = np.empty(MINUTES_PER_DAY, dtype="<f8")
    counts.view(np.uint8).reshape(MINUTES_PER_DAY, 8)[:] = planes.T
    counts = counts.astype(np.float64, copy=False)
    counts.flags.writeable = False
    return counts


_SHORT = 64
"""Bytes of a packed day that says one thing all day, as most days of most error codes do: the same bytes again and
again, which are unpacked once."""

_repeated_counts = lru_cache(maxsize=256)(_counts)


@lru_cache(maxsize=1024)
def unpack_states(packed: bytes) -> States:
    """The minute states of a day, read-only. Raises zlib.error when the bytes are not a packed day.

    The components of a group are mostly observed together, and a day without a gap is like any other.
    """
    return np.frombuffer(zlib.decompress(packed), dtype=np.uint8)
