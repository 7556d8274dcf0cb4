"""A history as OpenMetrics text, the format that promtool makes Prometheus blocks from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import numpy as np

from stack.workload.history import History
from stack.workload.past import SampledSeries


def write(history: History, path: Path) -> int:
    """Write the file; the number of samples in it."""
    samples = 0
    with path.open("w", encoding="utf-8") as file:
        for block in _blocks(history):
            samples += block.count("\n")
            file.write(block)
        file.write("# EOF\n")
    return samples


def _blocks(history: History) -> Iterator[str]:
    first = int(history.start.timestamp())
    for series in _by_name(history.series):
        head = f"{series.name}{_labels(series.labels)}"
        there = np.flatnonzero(~np.isnan(series.values))
        values = series.values[there].astype(np.int64).tolist()
        yield "".join(
            f"{head} {value} {first + 60 * index}\n" for index, value in zip(there.tolist(), values, strict=True)
        )


def _by_name(series: Iterable[SampledSeries]) -> list[SampledSeries]:
    """The series of one metric next to each other, as the format asks for."""
    return sorted(series, key=lambda one: one.name)


def _labels(labels: Mapping[str, str]) -> str:
    def quoted(text: str) -> str:
        return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")

    return "{" + ",".join(f'{name}="{quoted(value)}"' for name, value in sorted(labels.items())) + "}"
