"""Fifteen SLOs over 30 days from a cold Prometheus, against the raw range queries of the series that they count.

The subject is `slo status --prometheus`: discovery, samples, scrapes of the targets, slices, budgets. The peer asks
for everything that any of the SLOs counts once, minute by minute, and parses the JSON, with as many connections.
Both run by turns in a process that has just started, on one Prometheus with 31 days of scrapes every 30 seconds.

Beside it, what the mean of 5-minute ratios makes of the same history, and how long it takes to say so.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import requests

from benchmarks.machine import load_words, verdict
from benchmarks.ratios import compare
from dashboard.direct import budgets_from
from data.definitions.slo_files import load_slos
from data.settings import PrometheusSettings
from data.slice_promql import promql
from data.slice_rounds import READERS
from scoring.catalog.estate import ClusterName
from scoring.slo.definition import CounterQuery, Dialect, EventClass, EventsSli, Selector, SloDefinition, SloId
from scoring.slo.windows import RollingWindow
from stack import downloads
from stack.ports import free_ports

WINDOW = timedelta(days=30)
HISTORY = timedelta(days=31)
SCRAPE = 30
SERVICES = 9
"""Further SLOs beside the six that ship."""

BROKERS = ("a:9404", "b:9404", "c:9404")
BUCKETS = ("0.05", "0.1", "0.25", "0.5", "1.0", "+Inf")
CLUSTER = ClusterName("bench")
PIECE = 11_000
"""Points in one range query; Prometheus refuses more."""


def further(number: int) -> SloDefinition:
    """The SLO of one more service, by counters."""
    metric = f"service_{number}_requests_total"
    counters = (
        CounterQuery(Selector(metric, {"code": "~5.."}), component="bad"),
        CounterQuery(Selector(metric), component="total"),
    )
    sli = EventsSli(
        name=f"service-{number}",
        dialects=(Dialect("promql", counters, Selector(metric)),),
        classes={"bad": EventClass.FAILED, "total": EventClass.SUCCESS},
    )
    return SloDefinition(SloId(sli.name), sli.name, "", {}, Decimal("0.999"), RollingWindow(WINDOW), sli)


def definitions() -> list[SloDefinition]:
    """The fifteen."""
    return [*load_slos(), *(further(number) for number in range(SERVICES))]


def past(begin: float, times: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Iterator[str]:
    """31 days as OpenMetrics text, family by family: traffic with the hours of the day, now and then something bad."""
    random = np.random.default_rng(4)
    traffic = np.cumsum(np.round(SCRAPE * (60 + 40 * np.sin(times / 86_400 * 2 * np.pi))))
    nights = (times % 86_400) < 1800  # half an hour each night in which one in ten fails
    failing = np.cumsum(np.where(nights, np.round(np.diff(traffic, prepend=0) / 10), 0))
    stamps = [f"{begin + at:.3f}" for at in times]

    def lines(series: str, values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> str:
        return "".join(f"{series} {value:g} {at}\n" for value, at in zip(values.astype(np.int64), stamps, strict=True))

    labels = [f'instance="{broker}",job="kafka"' for broker in BROKERS]
    canary = 'instance="canary:1",job="canary"'
    up = [*labels, canary, *(f'instance="service-{number}:80",job="services"' for number in range(SERVICES))]
    ones = np.ones(len(times))
    for one in up:
        yield lines(f"up{{{one}}}", ones)
    errors = "kafka_network_requestmetrics_errors_total"
    for one in labels:
        yield lines(f'{errors}{{{one},request="ApiVersions",error="NONE"}}', traffic // 50)
        yield lines(f'{errors}{{{one},request="Produce",error="NONE"}}', traffic)
        for error, share in (("REQUEST_TIMED_OUT", 1000), ("NOT_ENOUGH_REPLICAS", 5000), ("MESSAGE_TOO_LARGE", 900)):
            yield lines(f'{errors}{{{one},request="Produce",error="{error}"}}', failing // share)
    for one in labels:
        yield lines(f"kafka_server_replicamanager_partitioncount{{{one}}}", 30 * ones)
    for number, _ in enumerate(BROKERS):
        part = f'{canary},cluster="bench",broker="{number}",partition="{number}"'
        for place, le in enumerate(BUCKETS):
            yield lines(
                f'streamgauge_canary_end_to_end_latency_seconds_bucket{{{part},le="{le}"}}',
                traffic // 20 - (failing // 20 if place < 4 else 0),
            )
    for number, _ in enumerate(BROKERS):
        yield lines(f'streamgauge_canary_acknowledged_total{{{canary},broker="{number}"}}', traffic // 20)
    for number, _ in enumerate(BROKERS):
        yield lines(f'streamgauge_canary_lost_total{{{canary},broker="{number}"}}', 0 * ones)
    for number, _ in enumerate(BROKERS):
        lag = np.where(random.random(len(times)) < 0.0005, 2000, 3)
        yield lines(f'streamgauge_canary_replica_lag{{{canary},broker="{number}",partition="0"}}', lag)
    for name, values in (
        ("records_sampled", traffic // 100),
        ("records_invalid", 0 * ones),
        ("invalid_registered", 0 * ones),
    ):
        yield lines(f"streamgauge_schema_{name}_total{{{canary}}}", values)
    for number in range(SERVICES):
        instance = f'instance="service-{number}:80",job="services"'
        for code, values in (("200", traffic), ("500", failing), ("404", traffic // 300)):
            yield lines(f'service_{number}_requests_total{{{instance},code="{code}"}}', values)
    yield "# EOF\n"


@contextmanager
def prometheus(folder: Path, lines: Iterable[str], block: str = "240h") -> Iterator[str]:
    """A Prometheus that has scraped `lines`, which are OpenMetrics; its URL. block: the longest of its blocks."""
    text = folder / "past.txt"
    with text.open("w") as file:
        file.writelines(lines)
    blocks = folder / "data"
    size = f"--max-block-duration={block}"
    command = [str(downloads.promtool()), "tsdb", "create-blocks-from", size, "openmetrics", str(text), str(blocks)]
    subprocess.run(command, check=True, capture_output=True)
    text.unlink()
    (folder / "prometheus.yml").write_text("scrape_configs: []\n")
    (port,) = free_ports(1, None)
    server = subprocess.Popen(
        [
            downloads.prometheus(),
            f"--config.file={folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={blocks}",
            "--storage.tsdb.retention.time=10y",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=error",
        ]
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url)
        yield url
    finally:
        server.terminate()
        server.wait()


def _await(url: str) -> None:
    for _ in range(600):
        try:
            if requests.get(f"{url}/-/ready", timeout=2).ok:
                return
        except requests.ConnectionError:
            pass
        time.sleep(0.1)
    raise SystemExit("Prometheus did not get ready within a minute")


def selectors() -> list[str]:
    """What the fifteen SLOs count, each once: of each SLO the dialect that this past speaks, which is its first."""
    found: dict[str, None] = {}
    for slo in definitions():
        dialect = slo.sli.dialects[0]
        found |= dict.fromkeys(promql(one.selector) for one in dialect.counters)
        found |= dict.fromkeys(promql(one.selector) for one in dialect.gauges)
    return list(found)


def raw(url: str, end: float) -> int:
    """Every series once, minute by minute, in pieces of 11 000 points; the number of points."""
    start = end - WINDOW.total_seconds() + 60
    jobs = [
        (selector, low, min(end, low + (PIECE - 1) * 60))
        for selector in selectors()
        for low in np.arange(start, end + 1, PIECE * 60)
    ]

    def ask(job: tuple[str, float, float]) -> int:
        query, low, high = job
        form = {"query": query, "start": f"{low:.0f}", "end": f"{high:.0f}", "step": "60"}
        answer = requests.post(f"{url}/api/v1/query_range", data=form, timeout=120)
        return sum(len(one["values"]) for one in json.loads(answer.content)["data"]["result"])

    with ThreadPoolExecutor(READERS) as pool:
        return sum(pool.map(ask, jobs))


def ours(url: str, end: datetime) -> None:
    """What the command does."""
    found = budgets_from(PrometheusSettings(url=url, timeout=120), definitions(), CLUSTER, end)
    if len(found.statuses) != 6 + SERVICES or found.failures:
        raise SystemExit(f"only {len(found.statuses)} SLOs could be read: {dict(found.failures)}")


def mean_of_ratios(url: str, end: float) -> float:
    """Share of the first further SLO's budget that is left by the mean of 5-minute ratios."""
    ratio = 'sum(rate(service_0_requests_total{code=~"5.."}[5m])) / sum(rate(service_0_requests_total[5m]))'
    form = {"query": f"avg_over_time(({ratio})[30d:5m])", "time": f"{end:.0f}"}
    answer = requests.post(f"{url}/api/v1/query", data=form, timeout=120).json()
    return 1 - float(answer["data"]["result"][0]["value"][1]) / 0.001


def main() -> None:
    """Fill a Prometheus, measure, print."""
    end = datetime.now(UTC).replace(second=0, microsecond=0)
    lines = past((end - HISTORY).timestamp(), np.arange(SCRAPE, HISTORY.total_seconds(), SCRAPE))
    with tempfile.TemporaryDirectory() as folder, prometheus(Path(folder), lines) as url:
        print(f"15 SLOs, {raw(url, end.timestamp()):,} points in 30 days  [{load_words()}]", flush=True)
        ratio = compare(
            "slo status of 15 SLOs x 30 d against its raw range queries",
            lambda: _apart("ours", url, end),
            lambda: _apart("raw", url, end),
            goal=1.5,
            rounds=5,
        )
        begun = time.perf_counter()
        mean = mean_of_ratios(url, end.timestamp())
        seconds = time.perf_counter() - begun
        (exact,) = budgets_from(PrometheusSettings(url=url, timeout=120), [further(0)], CLUSTER, end).statuses
        print(
            f"budget left of {exact.id}: {exact.remaining:.4f} counted, {mean:.4f} by the mean of 5-minute ratios, "
            f"which took {seconds:.2f} s for this SLO alone"
        )
    print(verdict([ratio]))


def _apart(work: str, url: str, end: datetime) -> None:
    """One of the two in a process of its own, as cold as a command is."""
    subprocess.run([sys.executable, "-m", "benchmarks.bench_slo_status", work, url, end.isoformat()], check=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ours", url, moment]:
            ours(url, datetime.fromisoformat(moment))
        case ["raw", url, moment]:
            raw(url, datetime.fromisoformat(moment).timestamp())
        case _:
            main()
