"""One refresh of the collector for windows of 1, 7, 30 and 90 days: only the newest minute is fetched, so it is flat.

A Prometheus has 91 days of four services; a store for each window is filled from it. Then minute after minute each
store gets the round that the collector makes, by turns: lease, slices of four SLOs, note of the run. The subject is the
window of 90 days, the peer that of 1 day. Once an hour a round also asks again about what Prometheus did not know, for
which it looks through the whole history; that round is told apart.

Beside it, the peak memory of the first filling and of rounds, each in a process of its own, and what the mean of
5-minute ratios makes of the same histories, and how long it takes to say so.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter

import numpy as np
import requests

from benchmarks.bench_slo_status import CLUSTER, SCRAPE, further, prometheus
from benchmarks.machine import load_words, verdict
from benchmarks.ratios import Ratio
from dashboard.budgets import statuses_of
from data.collecting.slices import SliceRefreshes
from data.settings import PrometheusSettings
from data.sources.prometheus import PrometheusSource
from data.store import Store, open_store
from data.store.clusters import ClusterFacts
from data.store.store import COLLECTOR
from scoring.catalog.estate import SourceName
from scoring.slo.definition import SloDefinition
from scoring.slo.windows import RollingWindow

WINDOWS = (1, 7, 30, 90)
"""Days. Of each at least 30 are kept, so that another window is a read of the store."""

HISTORY = timedelta(days=91)
SERVICES = 4
ROUNDS = 50
QUIETEST = 64_800
"""Second of the day from which, for half an hour, one in ten requests fails; there are fewest of them then."""


def past(begin: float) -> Iterator[str]:
    """91 days of every service as OpenMetrics text."""
    times = np.arange(SCRAPE, HISTORY.total_seconds(), SCRAPE)
    day = (begin + times) % 86_400
    asked = np.round(SCRAPE * (60 + 50 * np.sin(day / 86_400 * 2 * np.pi)))
    failed = np.where((day >= QUIETEST) & (day < QUIETEST + 1_800), np.round(asked / 10), 0)
    stamps = [f"{begin + at:.0f}" for at in times]
    for number in range(SERVICES):
        for stamp in stamps:
            yield f'up{{instance="service-{number}:80",job="services"}} 1 {stamp}\n'
    for number in range(SERVICES):
        for code, counted in (("200", asked - failed), ("500", failed)):
            series = f'service_{number}_requests_total{{instance="service-{number}:80",job="services",code="{code}"}}'
            for value, stamp in zip(np.cumsum(counted).astype(np.int64), stamps, strict=True):
                yield f"{series} {value} {stamp}\n"
    yield "# EOF\n"


def definitions(days: int) -> tuple[SloDefinition, ...]:
    """The SLOs of the services over a window of that many days."""
    window = RollingWindow(timedelta(days=days))
    return tuple(replace(further(number), window=window) for number in range(SERVICES))


class Collector:
    """What the collector does for the slices of one cluster, with a clock of our own."""

    def __init__(self, url: str, file: Path, days: int, now: datetime) -> None:
        self.now = now
        self.definitions = definitions(days)
        self.store: Store = open_store(f"sqlite:///{file}", self._clock)
        self.store.registry.register(COLLECTOR, [ClusterFacts(CLUSTER, "bench", "", (SourceName.PROMETHEUS,))])
        lease = self.store.leases.acquire(CLUSTER, "benchmark")
        assert lease is not None
        self._collecting = self.store.collecting(lease)
        source = PrometheusSource(PrometheusSettings(url=url, timeout=120))
        self._refreshes = SliceRefreshes(CLUSTER, source, 60, self._clock, self.definitions)

    def round_at(self, now: datetime) -> float:
        """One round; its seconds."""
        self.now = now
        begun = perf_counter()
        (outcome,) = self._refreshes.run(self._collecting)
        seconds = perf_counter() - begun
        if not outcome.answer.succeeded:
            raise SystemExit(f"the round at {now} failed: {outcome.answer}")
        return seconds

    def _clock(self) -> datetime:
        return self.now


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process took at most: resident memory in MiB, and seconds of one round."""

    mebibytes: float
    seconds: float


def apart(url: str, file: Path, days: int, moments: list[datetime]) -> Cost:
    """Rounds at those moments in a process of its own; the seconds are those of the first."""
    arguments = [url, str(file), str(days), *(moment.isoformat() for moment in moments)]
    command = [sys.executable, "-m", "benchmarks.bench_slo_refresh", *arguments]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    return Cost(float(told[0]), float(told[1]))


def mean_of_ratios(url: str, days: int, end: datetime) -> float:
    """Share of the first service's budget that is left by the mean of 5-minute ratios."""
    ratio = 'sum(rate(service_0_requests_total{code=~"5.."}[5m])) / sum(rate(service_0_requests_total[5m]))'
    form = {"query": f"avg_over_time(({ratio})[{days}d:5m])", "time": f"{end.timestamp():.0f}"}
    answer = requests.post(f"{url}/api/v1/query", data=form, timeout=120).json()
    return 1 - float(answer["data"]["result"][0]["value"][1]) / 0.001


def compare_means(url: str, collectors: dict[int, Collector], now: datetime) -> None:
    """What either method says is left, and how long it takes to say so for one SLO."""
    for days, collector in collectors.items():
        begun = perf_counter()
        (exact,) = statuses_of(collector.store.read, collector.definitions[0], CLUSTER, now)
        read = perf_counter() - begun
        begun = perf_counter()
        mean = mean_of_ratios(url, days, exact.as_of)
        asked = perf_counter() - begun
        print(
            f"budget left over {days} d: {exact.remaining:.4f} counted, from the store in {read:.3f} s; "
            f"{mean:.4f} by the mean of 5-minute ratios in {asked:.3f} s"
        )


def measure(url: str, folder: Path, end: datetime) -> list[Ratio]:
    """Every window's rounds, by turns; the stores are filled up to two hours before `end`."""
    begin = end - timedelta(hours=2)
    files = {days: folder / f"{days}.sqlite" for days in WINDOWS}
    for days, file in files.items():
        filled = apart(url, file, days, [begin])
        print(f"{days} d: filled in {filled.seconds:.1f} s, {filled.mebibytes:.0f} MiB at most", flush=True)
    collectors = {days: Collector(url, file, days, begin) for days, file in files.items()}
    again = {days: collector.round_at(begin + timedelta(minutes=1)) for days, collector in collectors.items()}
    rounds = [
        {days: one.round_at(begin + timedelta(minutes=2 + turn)) for days, one in collectors.items()}
        for turn in range(ROUNDS)
    ]
    for days in WINDOWS:
        usual = median(one[days] for one in rounds)
        print(f"{days} d: a round {usual * 1e3:.1f} ms; the hourly one that asks again {again[days] * 1e3:.1f} ms")
    compare_means(url, collectors, end - timedelta(hours=1))
    for collector in collectors.values():
        collector.store.close()
    later = [end - timedelta(minutes=60 - turn) for turn in range(5)]
    taken = {days: apart(url, file, days, later).mebibytes for days, file in files.items()}
    print("memory of a process of rounds: " + ", ".join(f"{days} d {size:.0f} MiB" for days, size in taken.items()))
    shortest, longest = WINDOWS[0], WINDOWS[-1]
    return [
        Ratio(
            f"a round for {longest} d / for {shortest} d",
            tuple((one[longest] * 1e3, one[shortest] * 1e3) for one in rounds),
            1.2,
            "ms",
        ),
        Ratio(f"its memory for {longest} d / for {shortest} d", ((taken[longest], taken[shortest]),), 1.2, "MiB"),
    ]


def main() -> None:
    """Fill a Prometheus, measure, print."""
    print(load_words(), flush=True)
    end = datetime.now(UTC).replace(second=0, microsecond=0)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with prometheus(folder, past((end - HISTORY).timestamp()), block="1458h") as url:
            ratios = measure(url, folder, end)
    print(verdict(ratios))


def rounds_alone(url: str, file: Path, days: int, moments: list[datetime]) -> None:
    """Make those rounds; print the peak of memory in MiB and the seconds of the first."""
    collector = Collector(url, file, days, moments[0])
    seconds = [collector.round_at(moment) for moment in moments]
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, seconds[0])


if __name__ == "__main__":
    match sys.argv[1:]:
        case [url, file, days, *moments]:
            rounds_alone(url, Path(file), int(days), [datetime.fromisoformat(moment) for moment in moments])
        case _:
            main()
