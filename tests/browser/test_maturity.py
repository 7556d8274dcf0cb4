"""The result of two assessments and the roadmap in a real browser: both themes, two sizes, and what people do there."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from pptx import Presentation

from tests.browser.believable import written
from tests.browser.serving import Served, serving
from tests.browser.watching import EMPTY_DATES, THEMES, Theme, watched
from tests.unit.dashboard.maturity_stores import assessed

SHOWN = ((1920, 1080), (390, 844))


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A server on an estate with two closed assessments."""
    folder = tmp_path_factory.mktemp("results")
    environ = written(folder, sample=False)
    assessed(environ["STREAMGAUGE_DATABASE_URL"], datetime.now(UTC))
    with serving(folder, environ=environ) as served:
        yield served


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    "page",
    [
        pytest.param("maturity", marks=pytest.mark.long),  # the sample's is looked at among all pages
        "maturity?part=group:platform",
        pytest.param("roadmap", marks=pytest.mark.long),
    ],
)
def test_the_page_shows_no_fault_and_no_violation(browser: Browser, results: Served, page: str, theme: Theme) -> None:
    for size in SHOWN:
        with watched(browser, results.url, size, theme) as watching:
            watching.open(f"/{page}")
            assert watching.all_faults() == []
            assert watching.violations(EMPTY_DATES) == []


def test_the_slides_of_the_shown_assessment_open(browser: Browser, results: Served, tmp_path: Path) -> None:
    with watched(browser, results.url, (1920, 1080)) as watching:
        watching.open("/maturity")
        expect(watching.page.get_by_text("Level 2, largely at 3, 1 answer missing", exact=True)).to_be_visible()
        with watching.page.expect_download() as download:
            watching.page.get_by_role("button", name="PPTX", exact=True).click()
        download.value.save_as(tmp_path / "slides.pptx")
    made = Presentation(io.BytesIO((tmp_path / "slides.pptx").read_bytes()))
    assert made.slides[0].shapes.title.text_frame.text == "Level 2, largely at 3, 1 answer missing"


def test_an_item_is_taken_on_in_the_meeting_and_the_overview_reminds(browser: Browser, results: Served) -> None:
    with watched(browser, results.url, (1920, 1080)) as watching:
        page = watching.page
        watching.open("/roadmap")
        page.get_by_text("Change R2.7").click()
        page.get_by_label("Owner").fill("tom")
        page.get_by_label("Owner").press("Tab")
        watching.settle()
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("R2.7 is kept.")).to_be_visible()
        expect(page.get_by_text("planned, tom, 0 %")).to_be_visible()
        watching.settle()
        assert watching.all_faults() == []
        watching.open("/roadmap")
        expect(page.get_by_text("planned, tom, 0 %")).to_be_visible()
        watching.open("/")
        expect(page.get_by_text("overdue")).to_have_count(0)


def test_of_a_bad_file_of_peers_nothing_is_taken_and_the_line_is_named(browser: Browser, results: Served) -> None:
    with watched(browser, results.url, (1920, 1080)) as watching:
        page = watching.page
        watching.open("/maturity")
        page.get_by_text("Import peers (editor)").click()
        page.locator("input[type=file]").set_input_files(
            {"name": "peers.csv", "mimeType": "text/csv", "buffer": b"peer,level\nA,2\nB,nine\n"}
        )
        expect(page.get_by_text("peers.csv")).to_be_visible()
        watching.settle()
        page.get_by_label("Whose numbers these are").fill("Peers of 2026")
        page.get_by_label("Whose numbers these are").press("Tab")
        watching.settle()
        page.get_by_role("button", name="Import", exact=True).click()
        expect(page.get_by_text("Nothing was imported.")).to_be_visible()
        expect(page.get_by_text("line 3, level: is “nine”")).to_be_visible()
        expect(page.get_by_text("No peers yet.")).to_be_visible()
