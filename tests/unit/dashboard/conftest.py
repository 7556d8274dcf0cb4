"""A store with a believable estate, shared by the tests that only read it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dashboard.definitions import produce_success
from data.store import Store, open_store
from tests.browser.believable import fill

NOW = datetime(2026, 11, 20, 12, 0, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def estate_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder whose sample database holds the estate as of NOW."""
    folder = tmp_path_factory.mktemp("estate")
    fill(f"sqlite:///{folder / 'sample.sqlite'}", NOW, produce_success())
    return folder


@pytest.fixture(scope="session")
def store(estate_folder: Path) -> Iterator[Store]:
    """The store in that folder, read at NOW."""
    store = open_store(f"sqlite:///{estate_folder / 'sample.sqlite'}", clock=lambda: NOW)
    yield store
    store.close()
