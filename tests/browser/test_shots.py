"""Every page in both themes and three sizes: nothing logged, fetched from outside, cut or overlapping."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from dashboard.registry import PAGES, PageEntry
from tests.browser.serving import Served
from tests.browser.shots import photograph
from tests.browser.views import VIEWS
from tests.browser.watching import LAYOUT, Theme


@pytest.mark.parametrize(("theme", "size"), VIEWS)
@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.path)
def test_a_page_shows_no_fault_and_no_violation(
    browser: Browser, recorded: Served, tmp_path: Path, entry: PageEntry, theme: Theme, size: tuple[int, int]
) -> None:
    assert photograph(browser, recorded.url, entry.address, size, theme, tmp_path / "page.png") == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ('<p style="width:3000px">wide</p>', "px wide on a screen of 800"),
        ('<div style="width:60px;overflow:hidden;white-space:nowrap">a text that is much too long</div>', "cut off"),
        (
            '<div style="position:relative;height:40px"><span style="position:absolute">one</span>'
            '<span style="position:absolute;left:4px">two</span></div>',
            'overlapping: "one" and "two"',
        ),
        ('<div style="width:60px;overflow:auto;white-space:nowrap">a text that scrolls sideways</div>', None),
        (
            '<div style="width:60px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap">'
            "shortened on purpose</div>",
            None,
        ),
        ('<div><p>one</p><p>two</p><svg width="80" height="20"><text y="15">three</text></svg></div>', None),
        ('<p>seen</p><p style="position:absolute;top:0;visibility:hidden">not seen</p>', None),
    ],
)
def test_the_check_finds_what_a_person_would_see(browser: Browser, body: str, fault: str | None) -> None:
    page = browser.new_page(viewport={"width": 800, "height": 600})
    page.set_content(f"<!doctype html><body>{body}</body>")
    faults = page.evaluate(LAYOUT)
    page.close()
    if fault is None:
        assert faults == []
    else:
        assert any(fault in found for found in faults), faults
