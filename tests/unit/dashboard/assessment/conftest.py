"""The assessment page on a database of its own, with a clock that a test moves, and phones without a network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import instance
from dashboard.assessing import AssessmentState, assessment_state
from dashboard.instance import Instance, install
from dashboard.reader import Reader
from dashboard.registry import PAGES_FOLDER
from dashboard.server import APP_FILE
from data.settings import load_settings
from data.store import Store, open_store
from scoring.meetings.sessions import SessionId, SessionKind
from scoring.voting.ballots import Ballot
from scoring.voting.voters import Joining
from tests.unit.dashboard.conftest import NOW

GROUPS = ("Platform team", "Consumers", "Business sponsors")


@dataclass(slots=True)
class Room:
    """A meeting room: the store, the clock on the wall, browsers that look at the page, and phones."""

    store: Store
    now: datetime = NOW
    opening: Future[Reader] = field(default_factory=Future)

    def later(self, by: timedelta) -> None:
        """Let time pass."""
        self.now += by

    def browser(self, **parameters: str) -> AppTest:
        """Somebody opens the page, with these query parameters."""
        app = AppTest.from_file(str(APP_FILE), default_timeout=120)
        app.run().switch_page(str(PAGES_FOLDER / "assessment.py"))
        for name, value in parameters.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    @property
    def session(self) -> SessionId:
        """The latest assessment."""
        return self.store.meetings.read.sessions(SessionKind.ASSESSMENT)[0].id

    @property
    def state(self) -> AssessmentState:
        """It, as it stands."""
        return assessment_state(self.store, self.session)

    def join(self, number: int, groups: Sequence[str] = GROUPS[:1], name: str = "") -> list[str]:
        """So many phones join, their groups in turn; returns their tokens."""
        lobby = self.store.voting.read.lobby(self.session)
        assert lobby is not None
        admission = self.store.voting.admission
        joining = [Joining(groups[place % len(groups)], name=name) for place in range(number)]
        return [admission.join("198.51.100.7", lobby.pin, one).token for one in joining]

    def vote(self, tokens: Sequence[str], choices: Sequence[str]) -> None:
        """They vote in the round before the room, in this order; fewer choices than phones leave the others silent."""
        (found,) = self.store.voting.read.asked(self.session).rounds
        for token, choice in zip(tokens, choices, strict=False):
            self.store.voting.casting.cast(token, Ballot(found.id, choice)).result(30)


@pytest.fixture
def room(estate_url: str, tmp_path: Path) -> Iterator[Room]:
    """An estate in which nothing was assessed yet."""
    yield from held(estate_url, tmp_path, {})


def held(estate_url: str, folder: Path, environ: Mapping[str, str]) -> Iterator[Room]:
    """A room on a copy of the estate. environ: settings."""
    file = folder / "room.sqlite"
    shutil.copyfile(estate_url.removeprefix("sqlite:///"), file)
    clock: list[Room] = []
    store = open_store(f"sqlite:///{file}", clock=lambda: clock[0].now if clock else NOW)
    found = Room(store)
    clock.append(found)
    found.opening.set_result(Reader(store.read, lambda: store.writable, store=store))
    before = list(instance._installed)
    install(Instance(load_settings(None, environ), None, found.opening, lambda: found.now))
    yield found
    instance._installed[:] = before
    store.close()


def text_of(app: AppTest) -> str:
    """Everything that the page says, as it reads."""
    elements = [*app.markdown, *app.header, *app.subheader, *app.warning, *app.error, *app.info, *app.get("html")]
    buttons = [str(button.label) for button in app.button]
    said = [*(str(getattr(one, "value", None) or one.proto.body) for one in elements), *buttons]
    return " ".join(said).replace("\\", "")
