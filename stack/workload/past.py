"""What a past is made of: targets, what befell each broker in each minute, and the series that were stored of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Target:
    """What Prometheus scrapes, with the labels that it gives to every sample. broker: its node id, None for others."""

    labels: Mapping[str, str]
    broker: int | None = None


@dataclass(frozen=True, slots=True)
class SampledSeries:
    """One series: a value for each minute edge, NaN where Prometheus stored nothing."""

    name: str
    labels: Mapping[str, str]
    values: Values


@dataclass(slots=True)
class BrokerPast:
    """What one broker did in each minute; counters are made of it at the end."""

    up: NDArray[np.bool_]
    answers: Counts
    lag: Counts
    under_replicated: Counts
    errors: dict[str, Counts] = field(default_factory=dict)


def counter(counted: Counts, up: NDArray[np.bool_], stored: NDArray[np.bool_], *, from_start: bool = True) -> Values:
    """A counter that starts from zero whenever its broker does, as Prometheus saw it.

    from_start: whether the series is there from the first scrape on, or only once it has counted something.
    """
    total = np.cumsum(np.where(up, counted, 0)).astype(np.float64)
    # What had been counted when the broker last started: the running total at the last minute that it was down.
    before = np.maximum.accumulate(np.where(up, 0.0, total))
    value = total - before
    return np.where(stored & ((value > 0) | from_start), value, np.nan)
