"""From the start of the process to the first number on Overview, and to the whole page, against a bare Streamlit page.

Ours: `streamgauge run` as installed, started from the root folder with nothing configured, on the recorded sample
estate that an earlier start has unpacked and whose moments this one has to shift to now. The peer: `streamlit run
hello.py` with one st.write. Both by turns, in one Chromium that is running already, with an empty cache
each time; the browser is sent to the page as soon as the server answers.
"""

from __future__ import annotations

import gzip
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import as_file, files
from pathlib import Path
from time import perf_counter

from playwright.sync_api import Browser, sync_playwright

from benchmarks.bare_pages import HELLO, bare_command, started
from benchmarks.machine import load_words, verdict
from benchmarks.ratios import Ratio
from data.sample.opening import RECORDING
from data.settings.model import SAMPLE_DATABASE
from stack import downloads
from tests.browser.serving import free_port
from tests.browser.watching import launch

ROUNDS = 7
PATIENCE = 120_000
"""Milliseconds."""

HELLO_SHOWN = "() => document.body.innerText.includes('hello')"

FIRST_NUMBER = "() => /[0-9]/.test(document.querySelector('[data-testid=stMetricValue]')?.innerText ?? '')"

WHOLE = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  const metrics = document.querySelectorAll('[data-testid=stMetricValue]');
  const text = document.querySelector('[data-testid=stMain]')?.innerText ?? '';
  return app?.dataset.testScriptState === 'notRunning' && metrics.length >= 7
    && [...document.querySelectorAll('img.picture')].some((chart) => chart.checkVisibility() && chart.naturalWidth > 0)
    && /Prometheus[^]*last read/.test(text);
}"""
"""Tile and six counts, the chart drawn, the last source told, and nothing running any more."""


@dataclass(frozen=True, slots=True)
class Start:
    """How a server is started, where it answers when it is ready, and what must come to be shown, in order."""

    command: Sequence[str]
    health: str
    shown: Sequence[str]
    environ: Mapping[str, str] = field(default_factory=dict)


def seconds_to(browser: Browser, start: Start, port: int) -> list[float]:
    """Seconds from the start of the process to each thing shown, in a browser that has never been there."""
    base = f"http://localhost:{port}"
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    begun = perf_counter()
    with started(start.command, base + start.health, start.environ):
        page.goto(base, wait_until="commit")
        taken = []
        for condition in start.shown:
            page.wait_for_function(condition, timeout=PATIENCE)
            taken.append(perf_counter() - begun)
        context.close()
    return taken


def measure(browser: Browser, folder: Path, rounds: int = ROUNDS) -> list[Ratio]:
    """Both goals."""
    hello = folder / "hello.py"
    hello.write_text(HELLO, encoding="utf-8")
    ours = Path(sys.executable).with_name("streamgauge")
    estate = folder / SAMPLE_DATABASE
    with as_file(files("data.sample") / RECORDING) as packed, gzip.open(packed) as recording:
        estate.write_bytes(recording.read())
    times: list[tuple[float, float, float]] = []
    for turn in range(rounds + 1):
        data = folder / f"data-{turn}"
        data.mkdir()
        shutil.copy(estate, data / SAMPLE_DATABASE)
        port = free_port()
        run = [str(ours), "run", "--port", str(port)]
        first, whole = seconds_to(
            browser, Start(run, "/_stcore/health", (FIRST_NUMBER, WHOLE), {"STREAMGAUGE_DATA_DIR": str(data)}), port
        )
        port = free_port()
        (bare,) = seconds_to(browser, Start(bare_command(hello, port), "/_stcore/health", (HELLO_SHOWN,)), port)
        print(f"first number {first:.2f} s, whole page {whole:.2f} s, bare page {bare:.2f} s", flush=True)
        if turn:  # the first turn warms the disk's cache for both
            times.append((first, whole, bare))
    return [
        Ratio("start to the first number / bare page", tuple((first, bare) for first, _, bare in times), 1.5),
        Ratio("start to the whole page / bare page", tuple((whole, bare) for _, whole, bare in times), 1.8),
    ]


def main() -> None:
    """Launch the browser and measure."""
    print(load_words())
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = launch(playwright, downloads.chromium())
        ratios = measure(browser, Path(folder))
        browser.close()
    print(verdict(ratios))


if __name__ == "__main__":
    main()
