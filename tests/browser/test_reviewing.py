"""One whole SLO review in a real browser, held with the keyboard; and what two people at once see of each other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from scoring.meetings.records import verified_file
from tests.browser.reviewable import reviewable
from tests.browser.serving import Served, serving
from tests.browser.watching import EMPTY_DATES, SIZES, THEMES, Theme, Watched, watched

SLOS = 12

LIVE_MILLISECONDS = 60_000
"""Long enough for several live refreshes on a busy machine."""


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Served]:
    """A server on two clusters with six SLOs each, nothing reviewed yet."""
    with serving(tmp_path, environ=reviewable(tmp_path)) as served:
        yield served


def started(watching: Watched) -> Page:
    """Open the page and start a review with the keyboard."""
    page = watching.page
    watching.open("/slo_review")
    page.get_by_role("button", name="Start review").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The review is open")).to_be_visible()
    watching.settle()
    return page


def in_review_mode(watching: Watched) -> Page:
    """Start a review and let the first SLO fill the screen."""
    page = started(watching)
    page.locator("body").press("r")
    expect(page.get_by_text(f"1 of {SLOS}", exact=True)).to_be_visible()
    watching.settle()
    return page


def test_a_whole_review_is_held_with_the_keyboard(browser: Browser, room: Served, tmp_path: Path) -> None:
    with watched(browser, room.url, (1920, 1080)) as watching:
        page = in_review_mode(watching)
        note = page.get_by_label("Note")
        note.focus()
        page.keyboard.type("kept for now, the disk was full")
        expect(page.get_by_text("not decided yet")).to_be_visible()
        for field in ("Owner", "Due"):
            page.keyboard.press("Tab")
            if field == "Owner":
                page.keyboard.type("tom")
        page.get_by_role("button", name="Fix the SLI").focus()
        page.locator("body").press("f")
        expect(page.get_by_text("1 of 12 reviewed")).to_be_visible()
        expect(page.get_by_text("kept for now, the disk was full").last).to_be_visible()
        for number in range(2, SLOS + 1):
            page.locator("body").press("n")
            expect(page.get_by_text(f"{number} of {SLOS}", exact=True)).to_be_visible()
            watching.settle()
            page.locator("body").press("k" if number % 2 else "t")
            expect(page.get_by_text(f"{number} of {SLOS} reviewed")).to_be_visible()
        page.locator("body").press("u")
        expect(page.get_by_text(f"{SLOS - 1} of {SLOS} reviewed")).to_be_visible()
        page.locator("body").press("k")
        expect(page.get_by_text(f"{SLOS} of {SLOS} reviewed")).to_be_visible()
        watching.settle()
        page.locator("body").press("Escape")
        close = page.get_by_role("button", name="Close review")
        expect(close).to_be_visible()
        watching.settle()
        close.focus()
        page.keyboard.press("Enter")
        freeze = page.get_by_role("button", name="Close and freeze")
        expect(freeze).to_be_visible()
        watching.settle()
        freeze.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_text("Read-only")).to_be_visible()
        watching.settle()
        assert watching.all_faults() == []
        files = {name: downloaded(page, name, tmp_path) for name in ("PDF", "Markdown", "CSV", "JSON")}
    assert files["PDF"].startswith(b"%PDF")
    assert b"kept for now, the disk was full" in files["Markdown"]
    record = verified_file(files["JSON"])
    assert len(record.decisions) == SLOS
    first = record.decisions[0].decision
    assert first is not None
    assert (first.choice, first.note, first.owner) == ("fix", "kept for now, the disk was full", "tom")
    assert [action.owner for action in record.actions] == ["tom"]


def downloaded(page: Page, name: str, folder: Path) -> bytes:
    """The file behind a button."""
    with page.expect_download() as download:
        page.get_by_role("button", name=name, exact=True).click()
    target = folder / name
    download.value.save_as(target)
    return target.read_bytes()


def test_what_somebody_types_stays_while_another_decides(browser: Browser, room: Served) -> None:
    with watched(browser, room.url, (1920, 1080)) as mine, watched(browser, room.url, (390, 844)) as hers:
        page = in_review_mode(mine)
        page.get_by_label("Note").focus()
        page.keyboard.type("in the middle of a sent")
        hers.open(f"/slo_review?{page.url.partition('?')[2]}")
        hers.page.get_by_role("button", name="Loosen").click()
        expect(hers.page.get_by_text("1 of 12 reviewed")).to_be_visible()
        expect(page.get_by_text("This changed after the fields below were drawn")).to_be_visible(
            timeout=LIVE_MILLISECONDS
        )
        page.keyboard.type("ence")
        expect(page.get_by_label("Note")).to_have_value("in the middle of a sentence")
        page.get_by_role("button", name="Keep").click()
        expect(page.get_by_text("decided “loosen”")).to_be_visible()
        expect(page.get_by_label("Note")).to_have_value("in the middle of a sentence")
        mine.settle()
        page.get_by_role("button", name="Keep").click()
        expect(page.get_by_text("version 2")).to_be_visible()
        assert mine.all_faults() == []


def test_everything_about_an_slo_is_one_click_away_and_back_is_what_was_typed(browser: Browser, room: Served) -> None:
    with watched(browser, room.url, (1920, 1080)) as watching:
        page = in_review_mode(watching)
        page.locator("body").press("n")
        expect(page.get_by_text(f"2 of {SLOS}", exact=True)).to_be_visible()
        watching.settle()
        page.get_by_label("Note").fill("half a thought")
        page.get_by_label("Note").blur()
        watching.settle()
        page.get_by_role("link", name="All about it").click()
        expect(page.get_by_role("heading", name="SLO detail")).to_be_visible()
        watching.settle()
        assert "slo=broker-availability" in page.url
        assert "cluster=prod-eu" in page.url
        page.go_back()
        expect(page.get_by_role("heading", name="SLO review")).to_be_visible()
        watching.settle()
        if not page.get_by_label("Note").count():
            page.get_by_role("button", name="Decide").nth(1).click()
        expect(page.get_by_label("Note")).to_have_value("half a thought")


def test_a_decision_of_another_appears_in_the_table_without_a_reload(browser: Browser, room: Served) -> None:
    with watched(browser, room.url, (1920, 1080)) as mine, watched(browser, room.url, (390, 844)) as hers:
        page = started(mine)
        hers.open("/slo_review")
        hers.page.get_by_role("button", name="Review mode").click()
        hers.page.get_by_role("button", name="Tighten").click()
        expect(page.get_by_role("button", name="✓ Tighten")).to_be_visible(timeout=LIVE_MILLISECONDS)
        expect(page.get_by_text(f"1 of {SLOS}")).to_be_visible()


@pytest.mark.long
@pytest.mark.parametrize("theme", THEMES)
def test_every_view_of_a_review_shows_no_fault(browser: Browser, room: Served, theme: Theme) -> None:
    for number, size in enumerate(SIZES):
        with watched(browser, room.url, size, theme) as watching:
            watching.open("/slo_review")
            assert watching.all_faults() == []
            page = started(watching) if number == 0 else watching.page
            assert watching.all_faults() == []
            page.get_by_role("button", name="Decide").nth(1).click()
            expect(page.get_by_text("Costliest intervals")).to_be_visible()
            watching.settle()
            assert watching.all_faults() == []
            assert watching.violations(EMPTY_DATES) == []


def test_ten_slos_fit_on_a_meeting_room_screen(browser: Browser, room: Served) -> None:
    with watched(browser, room.url, (1920, 1080)) as watching:
        watching.open("/slo_review")
        rows = watching.page.locator(".review-row")
        assert rows.count() == SLOS
        boxes = [rows.nth(number).bounding_box() for number in range(SLOS)]
        heights = {round(box["height"]) for box in boxes if box}
        assert heights == {64}
        tenth = boxes[9]
        assert tenth is not None
        assert tenth["y"] + tenth["height"] <= 1080
