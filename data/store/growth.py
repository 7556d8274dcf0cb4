"""How large the store is and how fast it grows, for benchmarks and for whoever plans a disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from data.store.engine import Database

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Growth:
    """Bytes that a day adds when it goes on like the measured span."""

    bytes_per_day: float
    measured: timedelta
    used_bytes: int


def used_bytes(database: Database) -> int:
    """Bytes of the database that hold rows and indexes; pages that are free for reuse are not counted on SQLite."""
    if not database.is_sqlite:
        return database.size_bytes()
    with database.reading() as connection:
        pages, free, size = (
            int(connection.execute(text(f"PRAGMA {name}")).scalar_one())
            for name in ("page_count", "freelist_count", "page_size")
        )
    return (pages - free) * size


def growth_per_day(
    database: Database, write: Callable[[datetime], None], start: datetime, every: timedelta, times: int
) -> Growth:
    """Call `write` at `times` simulated moments, `every` apart, and extrapolate what that added to one day.

    The first call is not measured: what a first look writes is not growth. Whole hours give the truest figure,
    because measurements add a row an hour.
    """
    write(start)
    before = used_bytes(database)
    for step in range(1, times + 1):
        write(start + every * step)
    after = used_bytes(database)
    return Growth((after - before) * (DAY / (every * times)), every * times, after)
