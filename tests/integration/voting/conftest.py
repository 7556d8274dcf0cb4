"""A shared instance that is voted on, and the store beside it, as a second process has it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from data.store import Store, open_store
from scoring.meetings.sessions import Session, SessionKind
from scoring.meetings.snapshots import Snapshot
from scoring.meetings.subjects import Subject
from scoring.voting.lobbies import Lobby, LobbySettings
from scoring.voting.rounds import Round
from tests.browser.serving import Served, serving
from tests.integration.voting.phones import Phone
from tests.unit.data.store.estates import NOON
from tests.unit.data.store.voting.rooms import FAY, question

SECRET = "correct horse battery"


@dataclass(frozen=True, slots=True)
class Hall:
    """A running server with a session that is voted in; it is steered from this process, not from the server's."""

    served: Served
    store: Store
    session: Session
    lobby: Lobby

    @property
    def url(self) -> str:
        """The address that phones come to."""
        return self.served.url

    def phone(self, **said: str) -> Phone:
        """A phone that has joined."""
        phone = Phone(self.url)
        answer = phone.join(self.lobby, **said)
        assert answer.status_code == 303, answer.text
        return phone

    def start(self, subject: str = "L3.2") -> Round:
        """Open a round."""
        return self.store.voting.rounds.start(FAY, self.session.id, question(subject))

    def again(self, served: Served) -> Hall:
        """The same session on a server that was started again."""
        return replace(self, served=served)


def hall(served: Served, store: Store, settings: LobbySettings | None = None) -> Hall:
    """A new session with its lobby open."""
    session = store.meetings.open(
        FAY, SessionKind.ASSESSMENT, "Platform <assessment>", Snapshot(NOON, {Subject("L3.2"): {}})
    )
    return Hall(served, store, session, store.voting.lobbies.open(FAY, session.id, settings or LobbySettings()))


def shared_options(folder: Path) -> tuple[list[str], dict[str, str]]:
    """Options and environment of a shared instance with a database of its own."""
    secret = folder / "secret"
    secret.write_text(SECRET)
    return ["--share", "--admin-secret-file", str(secret)], {"STREAMGAUGE_DATABASE_URL": database(folder)}


def database(folder: Path) -> str:
    """The database of an instance in this folder."""
    return f"sqlite:///{folder}/votes.sqlite"


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Served, Store]]:
    """A shared server, and the store beside it."""
    folder = tmp_path_factory.mktemp("voting")
    options, environ = shared_options(folder)
    with serving(folder, *options, environ=environ) as served:
        store = open_store(database(folder))
        yield served, store
        store.close()


@pytest.fixture
def held(shared: tuple[Served, Store]) -> Hall:
    """A new session on the shared server."""
    return hall(*shared)
