"""The review page on a database of its own, with a clock that a test moves."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import instance
from dashboard.instance import Instance, install
from dashboard.reader import Reader
from dashboard.registry import PAGES_FOLDER
from dashboard.server import APP_FILE
from data.settings import load_settings
from data.store import Store, open_store
from tests.unit.dashboard.conftest import NOW


@dataclass(slots=True)
class Room:
    """A meeting room: the store, the clock on the wall, and browsers that look at the page."""

    store: Store
    now: datetime = NOW
    opening: Future[Reader] = field(default_factory=Future)

    def later(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by

    def browser(self, **parameters: str) -> AppTest:
        """Somebody opens the page, with these query parameters."""
        app = AppTest.from_file(str(APP_FILE), default_timeout=120)
        for name, value in parameters.items():
            app.query_params[name] = value
        app.run().switch_page(str(PAGES_FOLDER / "slo_review.py"))
        for name, value in parameters.items():
            app.query_params[name] = value
        return app.run()


@pytest.fixture
def room(estate_url: str, tmp_path: Path) -> Iterator[Room]:
    """An estate with a month of produce success, of which nothing was reviewed yet."""
    file = tmp_path / "room.sqlite"
    shutil.copyfile(estate_url.removeprefix("sqlite:///"), file)
    clock: list[Room] = []
    store = open_store(f"sqlite:///{file}", clock=lambda: clock[0].now if clock else NOW)
    room = Room(store)
    clock.append(room)
    room.opening.set_result(Reader(store.read, lambda: store.writable, store=store))
    before = list(instance._installed)
    install(Instance(load_settings(None, {}), None, room.opening, lambda: room.now))
    yield room
    instance._installed[:] = before
    store.close()


def text_of(app: AppTest) -> str:
    """Everything that the page says."""
    elements = [*app.markdown, *app.header, *app.warning, *app.error, *app.info, *app.get("html")]
    return " ".join(str(getattr(element, "value", None) or element.proto.body) for element in elements)
