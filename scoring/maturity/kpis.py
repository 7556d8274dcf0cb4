"""Figures to follow, as series: measured, entered by hand, or not there yet. What is not known is never 0."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from scoring.maturity.rubric import Better, Kpi, KpiId
from scoring.meetings.texts import RefusedError

MOST_DIGITS = 18


class KpiError(RefusedError):
    """A figure that cannot be entered."""


class KpiSource(StrEnum):
    """Where a series comes from."""

    MEASURED = "measured"
    BY_HAND = "entered by hand"
    NOT_YET = "not yet there"


@dataclass(frozen=True, slots=True)
class KpiEntry:
    """A figure that somebody entered for a day. note: where it is from."""

    key: int
    kpi: KpiId
    day: date
    value: Decimal
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Measured:
    """What a query found. points: by day, oldest first. query: to ask again. sentence: what it counts, and what not."""

    points: tuple[tuple[date, Decimal], ...]
    query: str
    sentence: str


@dataclass(frozen=True, slots=True)
class KpiSeries:
    """One figure over time. points: oldest first, one a day. entries: those that were entered by hand."""

    kpi: Kpi
    source: KpiSource
    points: tuple[tuple[date, Decimal], ...]
    query: str = ""
    sentence: str = ""
    entries: tuple[KpiEntry, ...] = ()

    @property
    def latest(self) -> tuple[date, Decimal] | None:
        """The newest point."""
        return self.points[-1] if self.points else None

    @property
    def gain(self) -> Decimal | None:
        """The newest point less the one before; None with fewer than two."""
        return self.points[-1][1] - self.points[-2][1] if len(self.points) > 1 else None

    @property
    def improved(self) -> bool | None:
        """Whether the last change went the way that it should; None without a change."""
        if not self.gain:
            return None
        return (self.gain > 0) == (self.kpi.better is Better.HIGHER)


def series(
    kpis: Iterable[Kpi], measured: Mapping[KpiId, Measured], entries: Iterable[KpiEntry]
) -> tuple[KpiSeries, ...]:
    """Every figure as a series, in the rubric's order.

    Measured points win over entered ones: the series is then the measured one, and what was entered stands beside it.
    Of several entries for one day the latest counts.
    """
    by_kpi: dict[KpiId, list[KpiEntry]] = {}
    for one in sorted(entries, key=lambda one: (one.day, one.at, one.key)):
        by_kpi.setdefault(one.kpi, []).append(one)
    return tuple(_series(kpi, measured.get(kpi.id), tuple(by_kpi.get(kpi.id, ()))) for kpi in kpis)


def _series(kpi: Kpi, found: Measured | None, entries: tuple[KpiEntry, ...]) -> KpiSeries:
    if found is not None and found.points:
        return KpiSeries(kpi, KpiSource.MEASURED, found.points, found.query, found.sentence, entries)
    sentence = "" if found is None else found.sentence
    query = "" if found is None else found.query
    if entries:
        points = tuple({one.day: one.value for one in entries}.items())
        return KpiSeries(kpi, KpiSource.BY_HAND, points, query, sentence, entries)
    return KpiSeries(kpi, KpiSource.NOT_YET, (), query, sentence)


def figure(text: str) -> Decimal:
    """A figure as somebody wrote it; a comma stands for a point. Raises KpiError."""
    try:
        value = Decimal(text.strip().removesuffix("%").strip().replace(",", "."))
    except InvalidOperation as error:
        raise KpiError(f"“{text.strip()}” is no number; write one such as 99.95, without digits in groups.") from error
    digits = value.as_tuple()
    if not value.is_finite() or len(digits.digits) > MOST_DIGITS or abs(value.adjusted()) > MOST_DIGITS:
        raise KpiError(f"“{text.strip()}” has more digits than a figure needs; write at most {MOST_DIGITS}.")
    return value
