"""Another SLO chosen on the detail page, 30 days minute by minute, against a bare Streamlit page with the same figures.

Timed in Chromium by the page's own clock: from the click on the SLO in the list until its numbers are told, all of its
charts are drawn and the server has nothing more to send. The SLO looked at before is an invariant, which has no charts:
each is drawn from nothing. Server and browser are warm, but between two clicks the collector writes, as it does every
minute: what is shown is read, judged and drawn anew each time. The peer shows the same figures and numbers, which were
made before. Both by turns, in one Chromium.
"""

from __future__ import annotations

import pickle
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from playwright.sync_api import Browser, sync_playwright

from benchmarks.bare_pages import serving_bare
from benchmarks.machine import load_words, verdict
from benchmarks.ratios import Ratio
from dashboard.agreed import agreed
from dashboard.charts.remaining import burn_down_figure, rolling_figure
from dashboard.charts.spend import sli_figure, spend_figure
from dashboard.definitions import definitions
from dashboard.detailing import detail_of
from dashboard.reader import VERSION_SECONDS
from dashboard.repeating import repeat_query
from dashboard.theme import LIGHT
from data.store import Store, open_store
from data.store.states import OK
from scoring.catalog.estate import ClusterName, SourceName
from stack import downloads
from tests.browser.reviewable import CLUSTERS, fill_reviewable
from tests.browser.serving import serving
from tests.browser.watching import launch

CLUSTER = ClusterName(CLUSTERS[0])
MINUTES = 30 * 24 * 60
ROUNDS = 15
WARMING = 3
PATIENCE = 120_000
"""Milliseconds."""

GOAL_MS = 350.0
SENT_KB = 300.0
CHOSEN, BEFORE, ELSEWHERE = "produce-success", "data-durability", "schema-violations"
TITLES = {BEFORE: "Data durability", CHOSEN: "Produce success", ELSEWHERE: "Schema violations"}
CHARTS = {BEFORE: 0, CHOSEN: 4, ELSEWHERE: 0}
FORGOTTEN = (ELSEWHERE, BEFORE, ELSEWHERE, BEFORE)
"""What is looked at in between. A browser keeps what the last two runs of a script sent, and is not sent it again."""

BARE = """\
import pickle
import streamlit as st

st.set_page_config(layout="wide")
numbers, figures = st.cache_resource(lambda file: pickle.loads(open(file, "rb").read()))({file!r})
st.title("SLO detail")
slo = st.selectbox("SLO", {slos!r}, width=360)
st.markdown(f"**{{ {titles!r}[slo] }}**")
if slo == {chosen!r}:
    for column, (label, value) in zip(st.columns(len(numbers)), numbers.items()):
        column.metric(label, value)
    left, right = st.columns([3, 2])
    for key, figure in figures.items():
        (right if key == "rolling" else left).plotly_chart(
            figure, theme=None, config={{"displayModeBar": False}}, key=key
        )
"""

TOLD = """([title, charts]) => {
  const main = document.querySelector('[data-testid=stMain]');
  const drawn = [...main.querySelectorAll('[data-testid=stPlotlyChart]')]
    .filter((chart) => chart.querySelector('.scatterlayer .js-line, .heatmaplayer image'));
  return drawn.length === charts
    && document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'
    && [...main.querySelectorAll('strong')].some((words) => words.innerText === title);
}"""
"""Whether the SLO of that title stands there with that many charts, and nothing is running any more."""

WATCH = f"""(shown) => {{
  const told = {TOLD};
  window.taken = new Promise((resolve) => document.addEventListener('click', (event) => {{
    const look = () => told(shown) ? resolve(performance.now() - event.timeStamp) : requestAnimationFrame(look);
    requestAnimationFrame(look);
  }}, {{capture: true, once: true}}));
}}"""
"""Begins to wait for a click; `window.taken` is the milliseconds from it to what must be shown."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """One choice: milliseconds from the click until all was shown, and kB that the server sent for it."""

    milliseconds: float
    received: float


class Visitor:
    """A browser page on one server, with everything that its websocket receives counted."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.received = 0
        self.page = browser.new_context(viewport={"width": 1280, "height": 720}).new_page()
        self.page.set_default_timeout(PATIENCE)
        self.page.on("websocket", lambda socket: socket.on("framereceived", self._count))
        self.page.goto(url)
        self.page.wait_for_function(TOLD, arg=[TITLES[BEFORE], CHARTS[BEFORE]])

    def choose(self, slo: str) -> Chosen:
        """Choose an SLO in the list and wait until it is there."""
        self.page.get_by_role("combobox", name="SLO").first.click()
        option = self.page.get_by_role("option", name=slo)
        option.wait_for()
        self.page.evaluate(WATCH, [TITLES[slo], CHARTS[slo]])
        before = self.received
        option.click()
        milliseconds: float = self.page.evaluate("window.taken")
        return Chosen(milliseconds, (self.received - before) / 1e3)

    def _count(self, payload: str | bytes) -> None:
        self.received += len(payload)


class Collector:
    """Notes that it looked, so that no page's answers are the latest any more."""

    def __init__(self, store: Store) -> None:
        lease = store.leases.acquire(CLUSTER, "benchmark")
        assert lease is not None
        self._observations = store.collecting(lease).observations

    def look(self) -> None:
        """One look of a collector that found no news."""
        self._observations.attempted(SourceName.PROMETHEUS, "slices", {"slices": OK}, datetime.now(UTC))


def in_browser(browser: Browser, folder: Path, environ: dict[str, str], collector: Collector) -> list[Ratio]:
    """Choosing on the page and on the bare page, by turns; `shown.pickle` in the folder is what the bare page shows."""
    script = folder / "bare.py"
    file, slos = str(folder / "shown.pickle"), list(TITLES)
    script.write_text(BARE.format(file=file, slos=slos, titles=TITLES, chosen=CHOSEN), encoding="utf-8")
    rounds: list[tuple[Chosen, Chosen]] = []
    with serving(folder, environ=environ) as served, serving_bare(script) as bare:
        visitors = (
            Visitor(browser, f"{served.url}/slo_detail?cluster={CLUSTER}&slo={BEFORE}"),
            Visitor(browser, bare),
        )
        for _ in range(WARMING + ROUNDS):
            collector.look()
            visitors[0].page.wait_for_timeout(1_000 * VERSION_SECONDS)
            ours, peers = (visitor.choose(CHOSEN) for visitor in visitors)
            rounds.append((ours, peers))
            for slo in FORGOTTEN:
                for visitor in visitors:
                    visitor.choose(slo)
    rounds = rounds[WARMING:]
    taken = tuple((ours.milliseconds, peers.milliseconds) for ours, peers in rounds)
    print(f"sent by the bare page: {median(peers.received for _, peers in rounds):.0f} kB")
    return [
        Ratio("SLO chosen to 43 200 slices shown / bare page with the same figures", taken, 1.5, "ms"),
        Ratio(
            f"SLO chosen to 43 200 slices shown / {GOAL_MS:.0f} ms",
            tuple((ours, GOAL_MS) for ours, _ in taken),
            1.0,
            "ms",
        ),
        Ratio(f"sent for it / {SENT_KB:.0f} kB", tuple((ours.received, SENT_KB) for ours, _ in rounds), 1.0, "kB"),
    ]


def shown(store: Store, moment: datetime) -> tuple[dict[str, str], dict[str, object]]:
    """The numbers and the figures of the page, for the bare one."""
    (definition,) = (one for one in definitions() if one.id == CHOSEN)
    detail = detail_of(store.read, definition, CLUSTER, None, moment, agreed(store))
    assert detail is not None
    assert detail.burn is not None
    assert detail.rolling is not None
    assert detail.grid is not None
    assert definition.objective is not None
    assert len(detail.burn.states) == MINUTES
    status = detail.judgement.status
    numbers = {
        "Budget left": f"{status.remaining:.1%}",
        "May still go wrong": f"{status.events_left:,}",
        "Good": f"{status.sli:.4%}",
        "Burn, 1 h": str(status.burn["1h"]),
        "Empty in": "never",
    }
    query = repeat_query(definition.sli, definition.sli.dialects[0], {}, minutes="%{MINUTES}", until="%{UNTIL}")
    return numbers, {
        "burn_down": burn_down_figure(detail.burn, detail.bad, detail.total, query, [], LIGHT),
        "spend": spend_figure(detail.grid, "UTC", LIGHT),
        "sli": sli_figure(detail.hours, detail.good, definition.objective, LIGHT),
        "rolling": rolling_figure(detail.rolling, status.policy.thresholds, LIGHT.healthy, LIGHT),
    }


def main() -> None:
    """Fill a store, then measure."""
    print(load_words())
    with tempfile.TemporaryDirectory() as name:
        folder, now = Path(name), datetime.now(UTC)
        url = f"sqlite:///{folder / 'reviewable.sqlite'}"
        fill_reviewable(url, now)
        store = open_store(url)
        (folder / "shown.pickle").write_bytes(pickle.dumps(shown(store, now)))
        with sync_playwright() as playwright:
            browser = launch(playwright, downloads.chromium())
            ratios = in_browser(browser, folder, {"STREAMGAUGE_DATABASE_URL": url}, Collector(store))
            browser.close()
        store.close()
    print(verdict(ratios))


if __name__ == "__main__":
    main()
