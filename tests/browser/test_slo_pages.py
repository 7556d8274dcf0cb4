"""SLO detail, policy and cluster health in a real browser: flows, live parts, size and speed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.believable import written
from tests.browser.serving import Served, serving
from tests.browser.views import VIEWS
from tests.browser.watching import Theme, watched

PLOT = "[data-testid=stPlotlyChart] .main-svg"
NEW_PAGES = ("/slo_detail", "/policy", "/cluster_health")

MOST_BYTES = 300_000
"""What a change of the SLO may send to the browser."""


@pytest.fixture(scope="module")
def writable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on an estate that these tests write into."""
    folder: Path = tmp_path_factory.mktemp("slo-pages")
    with serving(folder, environ=written(folder)) as served:
        yield served


@pytest.mark.parametrize("path", NEW_PAGES)
@pytest.mark.parametrize(("theme", "size"), VIEWS)
def test_a_page_lies_well_on_every_screen(
    browser: Browser, writable: Served, path: str, size: tuple[int, int], theme: Theme
) -> None:
    with watched(browser, writable.url, size, theme) as watching:
        watching.open(path)
        assert watching.all_faults() == []


def test_pointing_at_the_line_says_bad_total_and_the_query(browser: Browser, writable: Served) -> None:
    with watched(browser, writable.url) as watching:
        watching.open("/slo_detail?slo=produce-success")
        chart = watching.page.locator("[data-testid=stPlotlyChart]").first
        chart.locator(".main-svg").first.wait_for()
        chart.scroll_into_view_if_needed()
        line = chart.locator("path.js-line").last.bounding_box()
        assert line is not None
        watching.page.mouse.move(line["x"] + line["width"] * 0.5, line["y"] + 1)
        told = chart.locator(".hoverlayer")
        expect(told).to_contain_text("since the window began")
        expect(told).to_contain_text(re.compile(r"increase\(kafka_network_requestmetrics_errors_total"))


def test_what_somebody_types_survives_new_slices(browser: Browser, writable: Served) -> None:
    with watched(browser, writable.url) as watching:
        watching.open("/slo_detail")
        page = watching.page
        page.get_by_text("Say what happened").click()
        field = page.get_by_label("In words")
        field.fill("Kafka 4.3.1 on")
        page.wait_for_timeout(6_500)  # the live parts are drawn anew every five seconds
        field.press("End")
        field.press_sequentially(" all brokers")
        page.get_by_role("button", name="Add", exact=True).click()
        expect(page.get_by_text("Added; it stays on this chart.")).to_be_visible()
        page.reload()
        expect(page.get_by_text("Kafka 4.3.1 on all brokers")).to_be_visible()


def test_another_slo_sends_little(browser: Browser, writable: Served) -> None:
    with watched(browser, writable.url) as watching:
        received: list[int] = []
        watching.page.on(
            "websocket",
            lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))),
        )
        watching.open("/slo_detail?slo=data-durability")
        for turn in range(5):
            _choose(watching.page, "produce-success")
            del received[:]
            _choose(watching.page, "data-durability")
            _choose(watching.page, "produce-success")
            watching.page.locator(PLOT).nth(3).wait_for()
            assert 0 < sum(received) < MOST_BYTES, f"turn {turn}"


def _choose(page: Page, slo: str) -> None:
    page.get_by_role("combobox", name=re.compile("SLO")).first.click()
    page.get_by_role("option", name=slo).click()
    title = {"produce-success": "Produce success", "data-durability": "Data durability"}[slo]
    page.get_by_text(title, exact=True).first.wait_for()


def test_an_override_changes_the_decision_without_a_reload(browser: Browser, writable: Served) -> None:
    with watched(browser, writable.url, (1920, 1080)) as watching:
        watching.open("/policy")
        page = watching.page
        expect(page.get_by_text("STOP: no data").first).to_be_visible()
        page.get_by_text("Let releases pass (approver)").click()
        page.get_by_label("SLOs").click()
        page.get_by_role("option", name="Every SLO").click()
        page.keyboard.press("Escape")
        page.get_by_text("both classes", exact=True).click()
        page.get_by_label("Reason").fill("the fix itself")
        page.get_by_role("button", name="Let them pass").click()
        expect(page.get_by_text("Granted; the gate takes it from now on.")).to_be_visible()
        expect(page.get_by_role("heading", name=re.compile("GO"))).to_have_count(2)
