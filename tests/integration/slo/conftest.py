"""A real Prometheus that serves a hand-made past."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
import requests

from data.settings import PrometheusSettings
from data.sources.prometheus import PrometheusSource
from scoring.catalog.estate import ClusterName
from scoring.slo.slices import SliceDay, SliceKey
from stack import downloads
from stack.ports import free_ports
from tests.waiting import PATIENCE

Serve = Callable[[str], PrometheusSource]


class MemoryStore:
    """A slice store in a dictionary; `written` counts the days of each save."""

    def __init__(self) -> None:
        self.days: dict[tuple[SliceKey, date], SliceDay] = {}
        self.written: list[int] = []

    def slice_days(self, sli: str, cluster: ClusterName | None, start: date, end: date) -> list[SliceDay]:
        return [
            day
            for (key, when), day in sorted(self.days.items())
            if key.sli == sli and cluster in (None, key.cluster) and start <= when <= end
        ]

    def save_slice_days(self, days: Sequence[SliceDay]) -> None:
        self.written.append(len(days))
        for day in days:
            known = self.days.get((day.key, day.day))
            self.days[day.key, day.day] = known.merged(day) if known else day


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Give it the past as OpenMetrics text, get the source of a Prometheus that remembers it."""
    running: list[subprocess.Popen[bytes]] = []
    sources: list[PrometheusSource] = []

    def start(openmetrics: str) -> PrometheusSource:
        folder = tmp_path / f"prometheus-{len(running)}"
        folder.mkdir()
        (folder / "past.txt").write_text(openmetrics)
        (folder / "prometheus.yml").write_text("scrape_configs: []\n")
        blocks = folder / "data"
        subprocess.run(
            [
                *(downloads.promtool(), "tsdb", "create-blocks-from", "--max-block-duration=240h"),
                *("openmetrics", folder / "past.txt", blocks),
            ],
            check=True,
            capture_output=True,
            timeout=300,
        )
        (port,) = free_ports(1, None)
        with (folder / "log").open("wb") as log:
            running.append(
                subprocess.Popen(
                    [
                        downloads.prometheus(),
                        f"--config.file={folder / 'prometheus.yml'}",
                        f"--storage.tsdb.path={blocks}",
                        "--storage.tsdb.retention.time=10y",
                        f"--web.listen-address=127.0.0.1:{port}",
                    ],
                    stdout=log,
                    stderr=log,
                )
            )
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(url, folder / "log")
        sources.append(PrometheusSource(PrometheusSettings(url=url)))
        return sources[-1]

    yield start
    for source in sources:
        source.close()
    for process in running:
        process.kill()
        process.wait()


def wait_until_ready(url: str, log: Path) -> None:
    """Fails the test with Prometheus' own log when it does not get ready."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            if requests.get(f"{url}/-/ready", timeout=2).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            pass
        time.sleep(0.1)
    pytest.fail(f"Prometheus was not ready within {PATIENCE:.0f} s:\n{log.read_text()}")
