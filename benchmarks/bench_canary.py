"""What a canary costs at its default rates: the share of a core that `streamgauge canary` takes, and its memory.

On the real brokers of the local platform, with its metrics scraped every 15 s, from 20 s after its start on. Compared
with what is allowed for it: a hundredth of a core. The sampler is measured apart, on topics that are written to.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psutil
import requests

from benchmarks.brokers import KEPT_VARIABLE, ROOT, stack_command
from benchmarks.machine import load_words, verdict
from benchmarks.ratios import Ratio
from stack.environment import variables
from stack.state import StackState, load_state

WARM_SECONDS = 20.0
MEASURED_SECONDS = 60.0
SCRAPE_SECONDS = 15.0
ALLOWED_CORES = 0.01
ALLOWED_BYTES = 200 * 1024 * 1024
ROUNDS = 3


@contextmanager
def platform() -> Iterator[StackState]:
    """The local platform: the running one that is named, or one of its own."""
    kept = os.environ.get(KEPT_VARIABLE)
    if kept:
        yield load_state(Path(kept))
        return
    with tempfile.TemporaryDirectory(prefix="bench-canary-", ignore_cleanup_errors=True) as folder:
        directory = Path(folder) / "stack"
        try:
            stack_command(directory, "up")
            yield load_state(directory)
        finally:
            stack_command(directory, "down", "--purge")


@contextmanager
def canary(environ: Mapping[str, str], *options: str) -> Iterator[psutil.Process]:
    """A running `streamgauge canary`."""
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard.cli", "canary", *options],
        cwd=ROOT,
        env=os.environ | dict(environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def cost(environ: Mapping[str, str], *options: str) -> tuple[float, float]:
    """(cores, bytes) of a canary under way, and its attempts checked to have happened."""
    url = f"http://127.0.0.1:{environ['STREAMGAUGE_CLUSTERS__0__CANARY__PORT']}/metrics"
    with canary(environ, *options) as process:
        time.sleep(WARM_SECONDS)
        before, begun = process.cpu_times(), time.monotonic()
        for _ in range(int(MEASURED_SECONDS / SCRAPE_SECONDS)):
            time.sleep(SCRAPE_SECONDS)
            answer = requests.get(url, timeout=10).text
        after, ended = process.cpu_times(), time.monotonic()
        attempts = sum(
            float(line.rpartition(" ")[2])
            for line in answer.splitlines()
            if line.startswith("streamgauge_canary_attempts_total{")
        )
        if attempts < MEASURED_SECONDS:
            raise RuntimeError(f"only {attempts:g} attempts were made; look at why with `streamgauge canary`.")
        seconds = after.user + after.system - before.user - before.system
        return seconds / (ended - begun), float(process.memory_info().rss)


def main() -> None:
    """Start what is needed and measure."""
    print(load_words())
    with platform() as state:
        alone = [cost(variables(state), "--no-sampler") for _ in range(ROUNDS)]
        both = [cost(variables(state)) for _ in range(ROUNDS)]
    for name, costs in (("canary alone", alone), ("with the sampler", both)):
        print(f"{name}: {', '.join(f'{cores:.2%} of a core, {size / 2**20:.0f} MiB' for cores, size in costs)}")
    print(
        verdict(
            [
                Ratio("canary's processor / allowed", tuple((c, ALLOWED_CORES) for c, _ in alone), 1.0, "cores"),
                Ratio("canary's memory / allowed", tuple((m, ALLOWED_BYTES) for _, m in alone), 1.0, "bytes"),
            ]
        )
    )


if __name__ == "__main__":
    main()
