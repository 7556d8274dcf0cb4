"""Slices of what a real Prometheus scrapes while its target dies and comes back, and while it is killed itself.

Both leave traces that a backfilled past has not: a staleness marker after the target, none after Prometheus.
"""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from data.definitions.slo_files import load_slos
from data.settings import PrometheusSettings
from data.slices import refresh_slices
from data.sources.prometheus import PrometheusSource
from scoring.catalog.estate import ClusterName
from scoring.slo.slices import GROUP, MinuteState, laid_out
from stack import downloads
from stack.ports import free_ports
from tests.integration.slo.conftest import MemoryStore, wait_until_ready

MAIN = ClusterName("main")
PRODUCE = next(slo for slo in load_slos() if slo.id == "produce-success")
C, D, B = MinuteState.COVERED, MinuteState.DOWN, MinuteState.BRIDGED


class Broker:
    """A scrape target on a fixed port that can be stopped and started; `answers` is its produce counter."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answers = 0
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        broker = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = (
                    f'kafka_network_requestmetrics_errors_total{{error="NONE",request="Produce"}} {broker.answers}\n'
                    'kafka_network_requestmetrics_errors_total{error="NONE",request="ApiVersions"} 1\n'
                ).encode()
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@pytest.fixture
def broker() -> Iterator[Broker]:
    (port,) = free_ports(1, None)
    one = Broker(port)
    one.start()
    yield one
    one.stop()


@pytest.fixture
def start_prometheus(tmp_path: Path, broker: Broker) -> Iterator[Callable[[], tuple[subprocess.Popen[bytes], str]]]:
    """Starts a Prometheus that scrapes the broker and itself every second; a second call goes on with its data."""
    (port,) = free_ports(1, None)
    (tmp_path / "prometheus.yml").write_text(
        "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
        "scrape_configs:\n"
        f"  - {{job_name: kafka, static_configs: [{{targets: ['127.0.0.1:{broker.port}']}}]}}\n"
        f"  - {{job_name: prometheus, static_configs: [{{targets: ['127.0.0.1:{port}']}}]}}\n"
    )
    started: list[subprocess.Popen[bytes]] = []

    def start() -> tuple[subprocess.Popen[bytes], str]:
        with (tmp_path / "log").open("ab") as log:
            command = [
                str(downloads.prometheus()),
                f"--config.file={tmp_path / 'prometheus.yml'}",
                f"--storage.tsdb.path={tmp_path / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ]
            process = subprocess.Popen(command, stdout=log, stderr=log)
        started.append(process)
        url = f"http://127.0.0.1:{port}"
        wait_until_ready(url, tmp_path / "log")
        return process, url

    yield start
    for process in started:
        process.kill()
        process.wait()


def sleep_until(moment: float) -> None:
    """Waits for a moment of the wall clock: what is tested is made of whole minutes."""
    time.sleep(max(0.0, moment - time.time()))


@pytest.mark.long
@pytest.mark.long
@pytest.mark.timeout(900)
def test_real_staleness_and_real_gaps_are_counted_to_the_event(
    broker: Broker, start_prometheus: Callable[[], tuple[subprocess.Popen[bytes], str]]
) -> None:
    broker.answers = 1000
    process, url = start_prometheus()
    began = int(time.time() // 60) + 1  # minute 0 of what follows

    def at(minute: int, second: float) -> float:
        return (began + minute) * 60 + second

    sleep_until(at(1, 20))
    broker.answers = 1050
    sleep_until(at(1, 35))  # the 50 have been scraped; the target dies before the minute's edge
    broker.stop()
    sleep_until(at(3, 20))  # minute 2 is down as a whole
    broker.answers = 0  # a new process, in which 7 are answered
    broker.start()
    sleep_until(at(3, 30))
    broker.answers = 7
    sleep_until(at(4, 30))
    process.kill()
    process.wait()
    broker.answers = 37
    sleep_until(at(6, 20))  # minute 5 has no sample of anything
    _, url = start_prometheus()
    sleep_until(at(6, 40))
    broker.answers = 38
    sleep_until(at(7, 40))

    store = MemoryStore()
    source = PrometheusSource(PrometheusSettings(url=url))
    refresh_slices(source, store, PRODUCE, MAIN, datetime.now(UTC))
    source.close()
    days = list(store.days.values())
    values, _ = laid_out([day for day in days if day.component == "NONE"], began, began + 7)
    _, states = laid_out([day for day in days if day.component == GROUP], began, began + 7)
    assert values.tolist() == [0, 50, 0, 7, 0, 0, 31]
    assert states.tolist() == [C, C, D, C, C, B, B]
