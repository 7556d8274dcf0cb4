"""A browser page that is watched: what it logs, what it asks others for, and how its text lies on the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from axe_core_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request

Theme = Literal["light", "dark"]
THEMES: tuple[Theme, ...] = ("light", "dark")
SIZES: tuple[tuple[int, int], ...] = ((1920, 1080), (1280, 720), (390, 844))

SETTLE_MILLISECONDS = 120_000
"""A page stands still within two seconds; on a machine that runs everything else as well it may take long."""

CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
LAYOUT = Path(__file__).with_name("layout.js").read_text(encoding="utf-8")

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
EMPTY_DATES = "[data-testid=stDateInput]"
"""An empty date field of Streamlit's has spin buttons without a value, which axe takes for a mistake."""

_LOOKS_FOR_ITS_BASE = re.compile(r"^/[^/]+/_stcore/(health|host-config)$")
"""On a deep link Streamlit's front end first asks whether the server lives under that path; the 404 is its answer."""

_SETTLED = """() => {
  const app = document.querySelector('[data-testid=stApp]');
  if (!app || app.dataset.testScriptState !== 'notRunning') return false;
  if (document.querySelector('[data-testid=stSkeleton]')) return false;
  const drawn = (outer, inner) => [...document.querySelectorAll(outer)]
    .every((at) => !at.checkVisibility() || at.querySelector(inner));
  if (![...document.images].every((image) => image.complete)) return false;
  if (!drawn('[data-testid=stDataFrame]', 'canvas')) return false;
  const main = document.querySelector('[data-testid=stMain]');
  if (!main || !main.querySelector('h1')) return false;
  const now = main.innerText.length + ':' + main.scrollHeight;
  window.__seen = window.__last === now ? (window.__seen || 0) + 1 : 0;
  window.__last = now;
  return window.__seen >= 4;
}"""


@dataclass(slots=True)
class Watched:
    """A page and the faults that it has shown so far."""

    page: Page
    base: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Open a path of the server and wait until nothing moves."""
        self.page.goto(self.base + path)
        self.settle()

    def settle(self) -> None:
        """Wait until the script has run, charts and tables are drawn and the layout stands still."""
        self.page.wait_for_function(_SETTLED, polling=150, timeout=SETTLE_MILLISECONDS)

    def all_faults(self) -> list[str]:
        """What was logged or asked for so far, and what is wrong with the page as it lies now."""
        broken = self.page.locator("[data-testid=stException]").count()
        shown = ["the page shows an error"] if broken or "Traceback" in self.page.inner_text("body") else []
        layout: list[str] = self.page.evaluate(LAYOUT)
        return [*self.faults, *shown, *layout]

    def violations(self, but: str = "") -> list[str]:
        """What axe finds on the page as it lies now, by the rules of WCAG 2.2 AA. but: a selector to leave out."""
        left_out = {"exclude": [[but]]} if but else None
        found = Axe().run(self.page, context=left_out, options=RULES)["violations"]
        return [f"axe: {one['id']} at {node['target']}" for one in found for node in one["nodes"]]

    def note_console(self, message: ConsoleMessage) -> None:
        """Keep what the page logs as an error."""
        if message.type != "error":
            return
        place = message.location.get("url", "")
        if not _LOOKS_FOR_ITS_BASE.match(urlsplit(place).path):
            self.faults.append(f"console: {message.text} ({place})")

    def note_request(self, request: Request) -> None:
        """Keep what the page asks of anybody else."""
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(self.base).netloc:
            self.faults.append(f"external request: {request.url}")


@contextmanager
def watched(
    browser: Browser, base: str, size: tuple[int, int] = (1280, 720), theme: Theme = "light"
) -> Iterator[Watched]:
    """A fresh page (no cookies, no cache) of that size and theme."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme=theme,
        reduced_motion="reduce",
        accept_downloads=True,
    )
    context.set_default_timeout(SETTLE_MILLISECONDS)
    page = context.new_page()
    watching = Watched(page, base)
    page.on("console", lambda message: watching.note_console(message))
    page.on("pageerror", lambda error: watching.faults.append(f"script error: {error}"))
    page.on("request", lambda request: watching.note_request(request))
    try:
        yield watching
    finally:
        context.close()


def launch(playwright: Playwright, executable: Path) -> Browser:
    """Chromium, as it runs headless on a machine without a screen."""
    return playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
