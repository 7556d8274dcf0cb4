"""What the reader makes of answers that a Prometheus without native histograms cannot be made to give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from data.slice_queries import SliceReader
from scoring.slo.counting import Before, count_minutes
from scoring.slo.definition import CounterQuery, Dialect, Reading, Selector


@dataclass(frozen=True)
class Series:
    labels: Mapping[str, str]
    times: NDArray[np.float64]
    values: NDArray[np.float64]


@dataclass
class Answers:
    """A Prometheus that answers by how a query begins, with one value a minute."""

    values: Mapping[str, list[float]]
    matchers: Mapping[str, str] = field(default_factory=dict)

    def query(self, promql: str, at: datetime) -> Iterable[Series]:
        raise AssertionError(f"nothing restarted, and {promql} was asked of {at}")

    def query_range(self, promql: str, *_: object) -> Iterable[Series]:
        for begin, values in self.values.items():
            if promql.startswith(begin):
                times = np.arange(1, len(values) + 1, dtype=np.float64) * 60
                return [Series({"instance": "c:1"}, times, np.array(values))]
        return []


NATIVE = Dialect(
    "native",
    (
        CounterQuery(Selector("h"), component="fast", reading=Reading.HISTOGRAM_BELOW, bound=Decimal("0.5")),
        CounterQuery(Selector("h"), component="all", reading=Reading.HISTOGRAM_COUNT),
    ),
    Selector("h"),
)


def counted(below: list[float], count: list[float]) -> dict[str, list[float]]:
    up = [4.0] * len(count)
    answers = Answers({"histogram_fraction": below, "histogram_count": count, "count_over": up, "group": up})
    block = SliceReader(answers, NATIVE).block(0, len(count))
    found = count_minutes(block.series, block.targets, np.ones(len(count), dtype=np.bool_), 0, Before())
    return {name: values.tolist() for name, values in found.counts.items()}


def test_what_merged_buckets_take_away_is_no_reset() -> None:
    assert counted([10, 30, 28, 40], [20, 50, 60, 80]) == {"fast": [0, 20, 0, 12], "all": [0, 30, 10, 20]}


def test_a_reset_is_told_by_the_count_that_runs_beside() -> None:
    assert counted([10, 4, 6], [20, 9, 12]) == {"fast": [0, 4, 2], "all": [0, 9, 3]}


def test_an_empty_histogram_has_nothing_below_any_bound() -> None:
    assert counted([float("nan"), 3, 5], [0, 4, 6]) == {"fast": [0, 3, 2], "all": [0, 4, 2]}
