"""How long a slow phone takes from the scanned code to the first vote, without what the person thinks and types.

Chromium stands in for the phone, with a new profile each time (nothing is cached), a processor slowed down four times
and the developer tools' "Slow 4G": 562.5 ms a request, 1.44 Mbit/s down, 0.675 Mbit/s up. The way is that of everybody
who scans the code: the page with the PIN, the page with the groups, the vote page. Timed are the opening of each until
what it asks for can be touched, and the touch of a choice until the page says that it is kept. The peer of the whole is
what the room may be kept waiting. Printed beside it: the bytes on the wire.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.machine import load_words, verdict
from benchmarks.ratios import Ratio
from data.store import open_store
from stack import downloads
from tests.browser.serving import serving
from tests.browser.watching import launch
from tests.integration.voting.conftest import Hall, database, hall, shared_options

ROUNDS = 9
FIRST_VOTE_WITHIN = 3.0
"""Seconds, from opening the vote page until a choice can be touched."""
WHOLE_WAY_WITHIN = 9.0
"""Seconds for all three pages: each may take as long as the vote page."""
WIRE_BYTES = 1.1 * 1024 * 1024

SLOWER = 4
LATENCY_MS, DOWN, UP = 562.5, 1_440_000 / 8, 675_000 / 8
SIZE = {"width": 390, "height": 844}
PATIENCE = 60_000


@dataclass(frozen=True, slots=True)
class Way:
    """Seconds of each step, and the bytes that came over the wire."""

    pin: float
    groups: float
    vote: float
    kept: float
    wire: float


def slow(page: Page) -> list[float]:
    """Make a page's phone slow; the list grows by the bytes of every answer."""
    session = page.context.new_cdp_session(page)
    received: list[float] = []
    session.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": LATENCY_MS, "downloadThroughput": DOWN, "uploadThroughput": UP},
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return received


def walk(browser: Browser, held: Hall) -> Way:
    """One phone that nobody has used before, from the code to a vote that is kept."""
    context = browser.new_context(viewport=SIZE, has_touch=True, is_mobile=True)  # type: ignore[arg-type]
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        received = slow(page)
        began = time.perf_counter()
        page.goto(f"{held.url}/join?pin={held.lobby.pin}", wait_until="commit")
        going = page.get_by_role("button", name="Go on")
        expect(going).to_be_enabled(timeout=PATIENCE)
        with_pin = time.perf_counter()
        going.tap()
        group = page.get_by_label("Consumers")
        expect(group).to_be_enabled(timeout=PATIENCE)
        with_groups = time.perf_counter()
        group.check()
        joining = time.perf_counter()
        page.get_by_role("button", name="Join").tap()
        choice = page.get_by_role("button", name="Partial What partial looks like.")
        expect(choice).to_be_enabled(timeout=PATIENCE)
        with_vote = time.perf_counter()
        choice.tap()
        expect(page.get_by_text("You chose: Partial. You can change it.")).to_be_visible(timeout=PATIENCE)
        done = time.perf_counter()
        return Way(with_pin - began, with_groups - with_pin, with_vote - joining, done - with_vote, sum(received))
    finally:
        context.close()


def measure(folder: Path) -> list[Ratio]:
    """Several new phones, one after another, in a round that is open."""
    options, environ = shared_options(folder)
    with serving(folder, *options, environ=environ) as served, sync_playwright() as playwright:
        store = open_store(database(folder))
        browser = launch(playwright, downloads.chromium())
        try:
            held = hall(served, store)
            held.start()
            ways = [walk(browser, held) for _ in range(ROUNDS)]
        finally:
            browser.close()
            store.close()
    for way in ways:
        steps = f"PIN {way.pin:.2f} s, groups {way.groups:.2f} s, vote page {way.vote:.2f} s, kept {way.kept:.2f} s"
        print(f"{steps}, {way.wire / 1024:.1f} KiB")
    return [
        Ratio(
            "vote page until the first vote is possible / 3 s",
            tuple((way.vote, FIRST_VOTE_WITHIN) for way in ways),
            1.0,
        ),
        Ratio(
            "scanned code until the first vote is possible / 9 s",
            tuple((way.pin + way.groups + way.vote, WHOLE_WAY_WITHIN) for way in ways),
            1.0,
        ),
        Ratio("bytes on the wire / 1.1 MB", tuple((way.wire, WIRE_BYTES) for way in ways), 1.0, "B"),
    ]


def main() -> None:
    """Measure and print."""
    print(load_words())
    with tempfile.TemporaryDirectory() as folder:
        print(verdict(measure(Path(folder))))


if __name__ == "__main__":
    main()
