"""What a person does: follows a link, searches, opens an object, goes back in time, types while the page lives."""

from __future__ import annotations

import csv
import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from playwright.sync_api import Browser, expect

from dashboard.components.frame import REFRESH_SECONDS
from tests.browser.believable import GONE, GROWN
from tests.browser.serving import Served
from tests.browser.watching import Watched, watched

FIRST_NAME = (150, 58)
"""Where the first name of a table is, from the table's corner: under the header, in the first column."""


def then(ago: timedelta) -> str:
    """A past moment as the address holds it."""
    return f"{datetime.now(UTC) - ago:%Y-%m-%dT%H:%M}"


def then_in(url: str) -> str:
    """The past moment in an address."""
    return parse_qs(urlsplit(url).query)["asof"][0]


def item(kind: str, key: str, cluster: str = "prod-eu") -> str:
    """A link to an open object."""
    return "/estate?item=" + quote(json.dumps([kind, cluster, key], separators=(",", ":")))


def panel(watching: Watched) -> str:
    """What the side panel says, once it is there."""
    dialog = watching.page.get_by_role("dialog")
    expect(dialog.get_by_text("first seen")).to_be_visible()
    return dialog.inner_text()


def test_the_number_on_the_tile_is_the_number_on_the_chart(browser: Browser, sample: Served) -> None:
    with watched(browser, sample.url) as watching:
        watching.open("/")
        tile = watching.page.get_by_test_id("stMetricValue").first.inner_text()
        assert re.fullmatch(r"\d+\.\d %", tile)
        (chart,) = watching.page.get_by_role("img", name="Error budget of").all()
        assert f"{tile} left" in str(chart.get_attribute("alt"))


def test_a_link_with_a_past_moment_shows_the_past_to_the_next_person(browser: Browser, sample: Served) -> None:
    moment = then(timedelta(hours=24))
    for _ in range(2):
        with watched(browser, sample.url) as watching:
            watching.open(f"/estate?asof={moment}&search_topics=legacy")
            assert f"as of {moment.replace('T', ' ')} UTC" in watching.page.inner_text("body")
            assert "1 of 50 topics" in watching.page.inner_text("body")
            assert then_in(watching.page.url) == moment


def test_the_past_moment_goes_along_to_other_pages(browser: Browser, sample: Served) -> None:
    moment = then(timedelta(hours=24))
    with watched(browser, sample.url) as watching:
        watching.open(f"/estate?asof={moment}")
        watching.page.get_by_test_id("stTopNavLink").filter(has_text="Overview").click()
        expect(watching.page.get_by_role("heading", name="Overview")).to_be_visible()
        watching.settle()
        assert then_in(watching.page.url) == moment
        watching.page.get_by_role("link", name=re.compile("Kafka")).first.click()
        expect(watching.page.get_by_role("heading", name="Connections")).to_be_visible()
        assert then_in(watching.page.url) == moment


def test_a_name_opens_everything_known_and_the_address_says_so(browser: Browser, sample: Served) -> None:
    with watched(browser, sample.url) as watching:
        watching.open("/estate")
        corner = watching.page.get_by_test_id("stDataFrame").first.bounding_box()
        assert corner is not None
        watching.page.mouse.click(corner["x"] + FIRST_NAME[0], corner["y"] + FIRST_NAME[1])
        told = panel(watching)
        assert "payments.events.updated.v1" in told, "the topic with replicas out of sync stands first"
        assert "item=" in watching.page.url
        watching.page.keyboard.press("Escape")
        expect(watching.page.get_by_role("dialog")).to_have_count(0)
        expect(watching.page).not_to_have_url(re.compile("item="))


def test_the_keyboard_alone_finds_and_opens_an_object(browser: Browser, sample: Served) -> None:
    with watched(browser, sample.url) as watching:
        watching.open("/estate")
        watching.page.get_by_role("searchbox", name="Search Topics").focus()
        watching.page.keyboard.type("settled payments")
        expect(watching.page.get_by_role("button", name="Open first match")).to_be_visible()
        watching.page.keyboard.press("Tab")
        while watching.page.evaluate("document.activeElement.innerText") != "Open first match":
            watching.page.keyboard.press("Tab")
        watching.page.keyboard.press("Enter")
        told = panel(watching)
        assert GROWN in told
        assert "partitions 6 → 12" in told


def test_a_deleted_topic_is_still_told(browser: Browser, sample: Served) -> None:
    with watched(browser, sample.url) as watching:
        watching.open("/estate")
        expect(watching.page.get_by_text("1 deleted topic")).to_be_visible()
        watching.open(item("topic", GONE))
        assert "deleted: last seen" in panel(watching)


def test_an_object_that_nobody_knows_is_not_an_error(browser: Browser, sample: Served) -> None:
    with watched(browser, sample.url) as watching:
        for link in (item("topic", "nobody.knows"), "/estate?item=%5B1%5D", "/estate?item=x"):
            watching.open(link)
            assert watching.all_faults() == []


def test_the_shown_rows_are_exported(browser: Browser, sample: Served, tmp_path: Path) -> None:
    with watched(browser, sample.url) as watching:
        watching.open("/estate?search_topics=legacy+OR")
        expect(watching.page.get_by_text("Nothing matches")).to_be_visible()
        watching.open("/estate?search_topics=payments")
        for label in ("CSV", "JSON"):
            with watching.page.expect_download() as download:
                watching.page.get_by_role("button", name=label, exact=True).click()
            download.value.save_as(tmp_path / label)
    rows = list(csv.DictReader((tmp_path / "CSV").read_text(encoding="utf-8-sig").splitlines()))
    assert rows
    assert all("payments" in row["name"] for row in rows)
    assert [row["name"] for row in rows] == [row["name"] for row in json.loads((tmp_path / "JSON").read_text())]


def test_what_a_person_types_survives_the_live_update(browser: Browser, sample: Served) -> None:
    with watched(browser, sample.url) as watching:
        watching.open("/estate")
        search = watching.page.get_by_role("searchbox", name="Search Topics")
        search.focus()
        watching.page.keyboard.type("pay")
        watching.page.wait_for_function(
            "() => document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'running'",
            timeout=REFRESH_SECONDS * 20_000,
        )
        watching.settle()
        assert search.input_value() == "pay"
        assert watching.page.evaluate("document.activeElement.getAttribute('aria-label')") == "Search Topics"


def test_five_thousand_rows_are_searched_and_only_what_is_seen_is_drawn(browser: Browser, large: Served) -> None:
    with watched(browser, large.url) as watching:
        watching.open("/estate")
        expect(watching.page.get_by_text("5 002 topics".replace(" ", "\u202f", 1))).to_be_visible()
        watching.open("/estate?search_topics=fraud+created&cluster=dr-west")
        assert watching.all_faults() == []
        assert "of 2\u202f501 topics" in watching.page.inner_text("body")
