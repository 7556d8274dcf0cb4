"""A hand-made past: samples as OpenMetrics text, and slices laid out to compare with what was worked out by hand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from scoring.slo.slices import GROUP, laid_out, minute_index
from tests.integration.slo.conftest import MemoryStore

SECONDS = (5, 20, 35, 50)
"""When a target is scraped within each minute."""


class Sample(NamedTuple):
    """One sample; at: seconds since the past began."""

    series: str
    at: float
    value: float


def openmetrics(samples: Iterable[Sample], begin: datetime) -> str:
    """The samples as promtool reads them."""
    by_metric: dict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_metric[sample.series.split("{")[0]].append(sample)
    lines = [
        f"{one.series} {one.value} {begin.timestamp() + one.at}"
        for metric in sorted(by_metric)
        for one in sorted(by_metric[metric], key=lambda one: (one.series, one.at))
    ]
    return "\n".join([*lines, "# EOF\n"])


def at(*minutes: int) -> list[float]:
    """The scrapes of these minutes."""
    return [minute * 60 + second for minute in minutes for second in SECONDS]


def series(metric: str, **labels: str) -> str:
    """A series as text."""
    return metric + "{" + ",".join(f'{name}="{value}"' for name, value in sorted(labels.items())) + "}"


def steady(name: str, times: Iterable[float], value: float = 1.0) -> list[Sample]:
    """A series that has one value at all these times."""
    return [Sample(name, time, value) for time in times]


def rising(name: str, times: Iterable[float], per_second: float, start: float = 0.0) -> list[Sample]:
    """A counter."""
    return [Sample(name, time, start + per_second * time) for time in times]


def minutes(
    store: MemoryStore, begin: datetime, length: int, component: str = GROUP, group: str = ""
) -> tuple[list[float], list[int]]:
    """Values and states of the first minutes of one component."""
    days = [day for (key, _), day in store.days.items() if (key.component, key.group) == (component, group)]
    start = minute_index(begin)
    values, states = laid_out(days, start, start + length)
    return values.tolist(), states.tolist()
