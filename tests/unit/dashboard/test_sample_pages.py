"""Every page on the shipped sample, opened weeks after it was recorded, with the clock that `run` gives it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import instance
from dashboard.instance import Instance, install
from dashboard.reader import Reader
from dashboard.registry import ASSESSMENT, MATURITY, OVERVIEW, PAGES, ROADMAP, SLO_REVIEW, PageEntry
from dashboard.server import APP_FILE
from data.sample import open_sample
from data.settings import load_settings
from data.store import Store

Opening = Callable[..., str]
LATER = timedelta(weeks=10, hours=7)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The sample ten weeks from now."""
    store = open_sample(tmp_path_factory.mktemp("shipped") / "sample.sqlite", datetime.now(UTC) + LATER)
    yield store
    store.close()


@pytest.fixture
def opened(sample: Store) -> Iterator[Opening]:
    """Opens a page at an address; returns all that it says."""
    before = list(instance._installed)

    def start(page: PageEntry, **parameters: str) -> str:
        opening: Future[Reader] = Future()
        opening.set_result(Reader(sample.read, lambda: sample.writable, clock=sample.clock, store=sample))
        install(Instance(load_settings(None, {}), None, opening, sample.clock))
        app = AppTest.from_file(str(APP_FILE), default_timeout=120)
        for name, value in parameters.items():
            app.query_params[name] = value
        app.run().switch_page(str(page.file)).run()
        assert not app.exception
        assert not app.error
        drawn = [*app.markdown, *app.header]
        said = " ".join(str(element.value) for element in drawn)
        html = " ".join(str(element.proto.body) for element in app.get("html"))
        links = " ".join(str(element.proto.label) for element in app.get("page_link"))
        return f"{said} {links} {html}".replace("\\", "").replace("\xa0", " ")

    yield start
    instance._installed[:] = before


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.path)
def test_a_page_says_that_this_is_a_sample(opened: Opening, page: PageEntry) -> None:
    assert "Sample data" in opened(page)


def test_the_review_knows_what_prometheus_fires(opened: Opening) -> None:
    said = opened(SLO_REVIEW)
    assert "not read" not in said
    assert "no rules" not in said.replace("“no rules”", ""), "the note below the table explains the word"


def test_the_result_of_the_assessment_and_what_changed_are_there(opened: Opening) -> None:
    said = opened(MATURITY)
    assert "Level 2, in transition to 3" in said
    assert "contradicted" in said


def test_the_record_of_an_assessment_is_read(opened: Opening) -> None:
    said = opened(ASSESSMENT, session="2")
    assert "sample:facilitator" in said
    assert "Since the assessment before" in said
    assert "There was none before this one" not in said
    assert "There was none before this one" in opened(ASSESSMENT, session="1")


def test_no_item_of_the_roadmap_is_overdue(opened: Opening) -> None:
    assert "Halden Market, second assessment" in opened(ROADMAP)
    assert "overdue" not in opened(OVERVIEW)
