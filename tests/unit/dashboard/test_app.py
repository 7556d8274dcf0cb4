"""The script behind every page, run without a browser on a believable estate."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import instance
from dashboard.instance import Instance, install
from dashboard.reader import Reader
from dashboard.registry import PAGES, PAGES_FOLDER
from dashboard.security.gate import Gate
from dashboard.security.secrets import HashedSecret
from dashboard.server import APP_FILE
from dashboard.supervisor import CollectorState, Supervisor
from data.settings import load_settings
from data.store import Store
from data.store.failures import ReadOnly
from tests.unit.dashboard.conftest import NOW


class Stopped(Supervisor):
    """A supervisor whose collector ended five minutes ago."""

    def __init__(self) -> None:
        super().__init__([], {}, lambda: NOW)
        self._state = CollectorState(NOW - timedelta(minutes=5), None, 3, 1, NOW + timedelta(seconds=30))


@pytest.fixture
def running(store: Store) -> Iterator[Any]:
    """Installs an instance on the believable estate, with what a test changes about it."""
    before = list(instance._installed)

    def start(**changes: Any) -> AppTest:
        opening: Future[Reader] = Future()
        condition = changes.pop("write_condition", lambda: store.writable)
        opening.set_result(Reader(store.read, condition, store=store))
        install(Instance(load_settings(None, {}), None, opening, lambda: NOW, **changes))
        return AppTest.from_file(str(APP_FILE), default_timeout=120)

    yield start
    instance._installed[:] = before


def text_of(app: AppTest) -> str:
    return " ".join(str(element.value) for element in [*app.markdown, *app.warning, *app.error, *app.info])


@pytest.mark.parametrize("entry", PAGES, ids=lambda entry: entry.path)
def test_every_registered_page_runs(running: Any, entry: Any) -> None:
    app = running().run().switch_page(str(entry.file)).run()
    assert not app.exception
    assert [title.value for title in app.title] == [entry.title]


def test_every_page_file_is_registered() -> None:
    assert {path.stem for path in PAGES_FOLDER.glob("*.py")} == {entry.path for entry in PAGES}
    assert not (Path(APP_FILE).parent / "pages").exists(), "Streamlit would list such a folder by itself"


def test_a_database_that_takes_no_writes_is_announced(running: Any) -> None:
    app = running(write_condition=lambda: ReadOnly("The disk that holds the database is full.", NOW)).run()
    assert "takes no writes since 2026-11-20 12:00:30 UTC" in app.warning[0].value
    assert "disk that holds the database is full" in app.warning[0].value


def test_a_collector_that_does_not_run_is_said(running: Any) -> None:
    app = running(supervisor=Stopped()).run().switch_page(str(PAGES_FOLDER / "connections.py")).run()
    assert "collector not running for 5\u202fmin, it ended with code 1" in text_of(app)


def test_nobody_without_a_session_gets_past_the_first_line(running: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(st.context), "cookies", {})
    app = running(gate=Gate(HashedSecret.of("correct horse battery"), secure=False)).run()
    assert [error.value for error in app.error] == ["Your session has ended. Reload the page to sign in again."]
    assert not app.metric
    assert not app.title


def test_a_past_moment_is_what_the_page_shows(running: Any) -> None:
    app = running()
    app.query_params["asof"] = "2026-11-19T12:00"
    app.run().switch_page(str(PAGES_FOLDER / "estate.py")).run()
    assert not app.exception
    assert "as of 2026-11-19 12\\:00\\:00 UTC" in text_of(app)
    assert "50 topics" in text_of(app)


def test_a_moment_that_has_not_come_is_said(running: Any) -> None:
    app = running()
    app.query_params["asof"] = "2027-01-01T00:00"
    app.run()
    assert any("has not come yet" in warning.value for warning in app.warning)
