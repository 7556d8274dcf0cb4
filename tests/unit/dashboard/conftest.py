"""A store with a believable estate, shared by the tests that only read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from dashboard.definitions import produce_success
from data.store import Store, open_store
from tests.browser.believable import fill

NOW = datetime(2026, 11, 20, 12, 0, 30, tzinfo=UTC)


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
