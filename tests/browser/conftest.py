"""What browser tests share: one browser, and one server that shows a believable sample estate."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from dashboard.definitions import produce_success
from tests.browser.believable import fill
from tests.browser.serving import Served, serving
from tests.browser.watching import SETTLE_MILLISECONDS, launch


@pytest.fixture(scope="session")
def browser(chromium_path: Path) -> Iterator[Browser]:
    """One headless Chromium for the whole run."""
    expect.set_options(timeout=SETTLE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = launch(playwright, chromium_path)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server on a sample estate, as `streamgauge run` shows it when nothing is configured."""
    folder = tmp_path_factory.mktemp("sample")
    fill(f"sqlite:///{folder / 'sample.sqlite'}", datetime.now(UTC), produce_success())
    with serving(folder) as served:
        yield served


@pytest.fixture(scope="session")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The server on an estate of 5 000 topics and 1 000 groups in two clusters."""
    folder = tmp_path_factory.mktemp("large")
    url = f"sqlite:///{folder / 'sample.sqlite'}"
    fill(url, datetime.now(UTC), produce_success(), clusters=("prod-eu", "dr-west"), topics=2_500, groups=500)
    with serving(folder) as served:
        yield served
