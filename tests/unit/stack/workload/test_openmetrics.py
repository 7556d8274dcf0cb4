"""OpenMetrics text: the lines that promtool is given."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from stack.workload import openmetrics
from stack.workload.history import History
from stack.workload.past import SampledSeries

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_every_sample_that_is_there_becomes_one_line_with_its_time(tmp_path: Path) -> None:
    history = History(
        START,
        3,
        (
            SampledSeries("up", {"job": "kafka", "odd": 'a"b\\c\nd'}, np.array([1.0, np.nan, 0.0])),
            SampledSeries("a_total", {"b": "2"}, np.array([5.0, 6.0, 7.0])),
        ),
        {},
    )
    path = tmp_path / "history.om"
    assert openmetrics.write(history, path) == 5
    assert path.read_text(encoding="utf-8").splitlines() == [
        'a_total{b="2"} 5 1772366400',
        'a_total{b="2"} 6 1772366460',
        'a_total{b="2"} 7 1772366520',
        'up{job="kafka",odd="a\\"b\\\\c\\nd"} 1 1772366400',
        'up{job="kafka",odd="a\\"b\\\\c\\nd"} 0 1772366520',
        "# EOF",
    ]
