"""A store with a believable estate, shared by the tests that only read it; and pages opened on a store of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import instance
from dashboard.definitions import produce_success
from dashboard.instance import Instance, install
from dashboard.reader import Reader
from dashboard.registry import PageEntry
from dashboard.server import APP_FILE
from data.settings import load_settings
from data.store import Store, open_store
from tests.browser.believable import fill

NOW = datetime(2026, 11, 20, 12, 0, 30, tzinfo=UTC)

Opening = Callable[..., AppTest]
"""Runs a page; the arguments are the parameters of its address."""


@contextmanager
def opening(page: PageEntry, store: Store) -> Iterator[Opening]:
    """Opens a page on a database that it may write into, at NOW."""
    before = list(instance._installed)

    def start(**parameters: str) -> AppTest:
        reader: Future[Reader] = Future()
        reader.set_result(Reader(store.read, lambda: store.writable, store=store))
        install(Instance(load_settings(None, {}), None, reader, lambda: NOW))
        app = AppTest.from_file(str(APP_FILE), default_timeout=120)
        for name, value in parameters.items():
            app.query_params[name] = value
        app.run().switch_page(str(page.file)).run()
        assert not app.exception
        return app

    yield start
    instance._installed[:] = before


@pytest.fixture(scope="session")
def estate_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database that holds the estate as of NOW."""
    url = f"sqlite:///{tmp_path_factory.mktemp('estate') / 'written.sqlite'}"
    fill(url, NOW, produce_success())
    return url


@pytest.fixture(scope="session")
def store(estate_url: str) -> Iterator[Store]:
    """That database, read at NOW."""
    store = open_store(estate_url, clock=lambda: NOW)
    yield store
    store.close()
