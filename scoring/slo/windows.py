"""Windows that a budget is kept over, in whole minutes: rolling ones, and calendar ones in a time zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from scoring.slo.slices import MINUTE, minute_index

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Epoch minutes start…end−1 of a window as far as it has passed, and the minute that it ends at for good."""

    start: int
    end: int
    full_end: int

    @property
    def full(self) -> int:
        """Minutes of the whole window."""
        return self.full_end - self.start


@dataclass(frozen=True, slots=True)
class RollingWindow:
    """The last `length`, a whole number of minutes of at least one hour."""

    length: timedelta

    def __post_init__(self) -> None:
        """Raises ValueError for a length that no slices are kept for."""
        if self.length < HOUR or self.length % MINUTE:
            raise ValueError(f"window {self.length} is not a whole number of minutes of at least one hour")

    @property
    def text(self) -> str:
        """The window in its largest whole unit, as in the file: 30d, 12h, 90m."""
        minutes = self.length // MINUTE
        for size, unit in ((1440, "d"), (60, "h")):
            if minutes % size == 0:
                return f"{minutes // size}{unit}"
        return f"{minutes}m"

    @property
    def longest(self) -> timedelta:
        """The most that the window can reach back from now."""
        return self.length

    def at(self, end: int) -> Span:
        """The window that ends at minute edge `end`."""
        return Span(end - self.length // MINUTE, end, end)


class CalendarUnit(StrEnum):
    """What a calendar window is counted in, with OpenSLO's letters."""

    DAY = "d"
    WEEK = "w"
    MONTH = "M"
    QUARTER = "Q"
    YEAR = "Y"


_MONTHS = {CalendarUnit.MONTH: 1, CalendarUnit.QUARTER: 3, CalendarUnit.YEAR: 12}
_DAYS = {CalendarUnit.DAY: 1, CalendarUnit.WEEK: 7}
_LONGEST = {
    CalendarUnit.DAY: 1,
    CalendarUnit.WEEK: 7,
    CalendarUnit.MONTH: 31,
    CalendarUnit.QUARTER: 92,
    CalendarUnit.YEAR: 366,
}


@dataclass(frozen=True, slots=True)
class CalendarWindow:
    """`count` units from local midnight to local midnight, counted from the day `first`; a day may have 23 or 25 hours.

    first: a day on which a window begins, for months at most the 28th, so that every month has it.
    Raises ValueError for a zone that is not known.
    """

    count: int
    unit: CalendarUnit
    zone: str
    first: date

    def __post_init__(self) -> None:
        """Raises ValueError for what is no calendar."""
        if self.count < 1:
            raise ValueError(f"a window of {self.count} units has no length")
        if self.unit in _MONTHS and self.first.day > 28:
            raise ValueError(f"a window that begins on day {self.first.day} of a month does not exist in every month")
        try:
            ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"time zone {self.zone!r} is not known; it is a name as in Europe/Berlin") from error

    @property
    def text(self) -> str:
        """As in the file: 1M, 1w."""
        return f"{self.count}{self.unit}"

    @property
    def longest(self) -> timedelta:
        """The most that the window can reach back from now."""
        return self.count * _LONGEST[self.unit] * DAY + HOUR

    def at(self, end: int) -> Span:
        """The window that minute end−1 lies in, passed up to `end`."""
        zone = ZoneInfo(self.zone)
        last = datetime.fromtimestamp((end - 1) * 60, zone).date()
        index = self._index(last)
        if self._begin(index) > last:
            index -= 1
        start, full_end = (self._minute(self._begin(at), zone) for at in (index, index + 1))
        return Span(start, end, full_end)

    def _index(self, day: date) -> int:
        """Windows from `first` to the one that `day` lies in, or the one after."""
        if self.unit in _DAYS:
            return (day - self.first).days // (self.count * _DAYS[self.unit])
        months = (day.year - self.first.year) * 12 + day.month - self.first.month
        return months // (self.count * _MONTHS[self.unit])

    def _begin(self, index: int) -> date:
        if self.unit in _DAYS:
            return self.first + index * self.count * _DAYS[self.unit] * DAY
        months = self.first.month - 1 + index * self.count * _MONTHS[self.unit]
        return self.first.replace(year=self.first.year + months // 12, month=months % 12 + 1)

    @staticmethod
    def _minute(day: date, zone: ZoneInfo) -> int:
        """The epoch minute at which a local day begins; where midnight does not exist, the first moment after it."""
        return minute_index(datetime.combine(day, time(), zone))


Window = RollingWindow | CalendarWindow
