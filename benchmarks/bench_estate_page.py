"""The Estate page with 5 000 topics in Chromium, against a bare Streamlit page with the same table and search field.

Both show the same frame with the same live search field. Measured: opening the page on a warm server with an empty
browser cache; from a typed search to the answer in the page; what the server sends for it. Apart from that: reading the
rows from the store against reading the same facts with the sqlite3 module and parsing their JSON.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.bare_pages import serving_bare
from benchmarks.machine import load_words, verdict
from benchmarks.ratios import Ratio, compare
from dashboard.components.catalogue import SEARCHED, TABLES, frame_of, matching
from dashboard.definitions import produce_success
from dashboard.shapes import LISTINGS
from data.settings.model import SAMPLE_DATABASE
from data.store import Store, open_store
from stack import downloads
from tests.browser.believable import fill
from tests.browser.serving import serving
from tests.browser.watching import launch

TOPICS = 5_000
GROUPS = 1_000
ROUNDS = 5
PATIENCE = 120_000
"""Milliseconds."""

SENT_KB = 300.0
"""What one action may send: a phone's connection takes a third of a second for it."""

SEARCHES = (
    "payments",
    "settled",
    "fraud.events.created",
    "v7",
    "shipping requested",
    "snapshot v2",
    "orders v1",
    "price",
)
"""What is typed, one after the other; each leaves another number of rows."""

BARE = """\
import pandas as pd
import streamlit as st

st.title("Topics")
frame = st.cache_data(pd.read_pickle)({file!r})
words = st.text_input("Search", type="search", live=True)
shown = frame
for word in (words or "").lower().split():
    shown = shown[shown["_searched"].str.contains(word, regex=False)]
st.write(f"{{len(shown)}} of {{len(frame)}} topics")
st.dataframe(shown.drop(columns="_searched"), hide_index=True, height=620)
"""

_IDLE = "document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
TABLE_SHOWN = f"() => {_IDLE} && document.querySelector('[data-testid=stDataFrame] canvas') !== null"
ROWS_TOLD = f"""(rows) => {_IDLE}
  && new RegExp('(^|[^0-9])' + rows + ' of ').test(document.querySelector('[data-testid=stMain]').innerText)"""


@dataclass(frozen=True, slots=True)
class Typed:
    """One search: seconds until the answer was in the page, and bytes that the server sent for it."""

    seconds: float
    received: int


class Visitor:
    """A browser page on one server, with everything that its websocket receives counted."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self.received = 0
        self.opened_in: list[float] = []
        self.page = self.open()

    def open(self) -> Page:
        """Open the page with an empty cache; the page that was open before is closed."""
        context = self._browser.new_context(viewport={"width": 1280, "height": 720})
        page = context.new_page()
        page.on("websocket", lambda socket: socket.on("framereceived", self._count))
        begun = perf_counter()
        page.goto(self._url, wait_until="commit")
        page.wait_for_function(TABLE_SHOWN, timeout=PATIENCE)
        self.opened_in.append(perf_counter() - begun)
        return page

    def reopen(self) -> None:
        """The same with a new, empty browser."""
        self.page.context.close()
        self.page = self.open()

    def type(self, words: str, rows: int) -> Typed:
        """Put words into the search field and wait until the page tells that many rows."""
        before = self.received
        begun = perf_counter()
        self.page.locator("input[aria-label^=Search]").first.fill(words)
        self.page.wait_for_function(ROWS_TOLD, arg=str(rows), timeout=PATIENCE)
        return Typed(perf_counter() - begun, self.received - before)

    def _count(self, payload: str | bytes) -> None:
        self.received += len(payload)


def in_browser(browser: Browser, folder: Path, rows: dict[str, int]) -> list[Ratio]:
    """Opening, searching and bytes; by turns. rows: what each search must find."""
    script = folder / "bare.py"
    script.write_text(BARE.format(file=str(folder / "frame.pickle")), encoding="utf-8")
    with serving(folder) as ours, serving_bare(script) as bare:
        visitors = Visitor(browser, f"{ours.url}/estate"), Visitor(browser, bare)
        for _ in range(ROUNDS):
            for visitor in visitors:
                visitor.reopen()
        typed = [tuple(visitor.type(words, found) for visitor in visitors) for words, found in rows.items()]
    opened = tuple(zip(*(visitor.opened_in[1:] for visitor in visitors), strict=True))
    sent, bare_sent = ([each.received / 1e3 for each in all_of] for all_of in zip(*typed, strict=True))
    print(f"sent for a search: {median(sent):.1f} kB, by the bare page {median(bare_sent):.1f} kB")
    return [
        Ratio("Estate page opened / bare page with the same table", _pairs(opened), 1.8),
        Ratio("search to answer / the same on the bare page", _pairs((a.seconds, b.seconds) for a, b in typed), 1.8),
        Ratio(f"sent for a search / {SENT_KB:.0f} kB", _pairs((each, SENT_KB) for each in sent), 1.0, "kB"),
    ]


def _pairs(costs: Iterable[tuple[float, ...]]) -> tuple[tuple[float, float], ...]:
    return tuple((subject, peer) for subject, peer in costs)


def rows_from_store(store: Store, file: Path) -> Ratio:
    """Every topic row with its settings and offsets, against the bare facts that they are made of."""

    def bare() -> int:
        with sqlite3.connect(file) as connection:
            facts = connection.execute(
                "SELECT f.key, f.kind, f.known_since, f.first_seen, f.last_seen, c.body FROM facts f "
                "JOIN contents c ON c.id = f.content_id WHERE f.kind IN ('topic', 'topic_config') AND ended_at IS NULL"
            ).fetchall()
            offsets = connection.execute("SELECT series_id, total, at FROM latest_offsets").fetchall()
        return len([json.loads(fact[-1]) for fact in facts]) + len(offsets)

    assert len(store.read.topics()) == TOPICS + 1  # with __consumer_offsets
    assert bare() >= 2 * (TOPICS + 1)
    return compare("5 000 topic rows / their facts by sqlite3", store.read.topics, bare, goal=1.5, rounds=ROUNDS)


def main() -> None:
    """Fill a store, then measure."""
    print(load_words())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / SAMPLE_DATABASE
        fill(f"sqlite:///{file}", datetime.now(UTC), produce_success(), topics=TOPICS, groups=GROUPS)
        store = open_store(f"sqlite:///{file}")
        ratios = [rows_from_store(store, file)]
        table = TABLES[0]
        frame = frame_of(table, LISTINGS[table.listing].shapes(store.read, None, None))
        store.close()
        frame[["object", *table.columns, SEARCHED]].to_pickle(folder / "frame.pickle")
        rows = {words: len(matching(frame, words)) for words in SEARCHES}
        assert len(set(rows.values())) == len(rows), rows
        with sync_playwright() as playwright:
            browser = launch(playwright, downloads.chromium())
            ratios += in_browser(browser, folder, rows)
            browser.close()
    print(verdict(ratios))


if __name__ == "__main__":
    main()
