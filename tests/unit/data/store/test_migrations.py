"""The tables: models and migrations agree, starters wait for each other, and the future is refused."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from data.store import Store, open_store
from data.store.engine import Database
from data.store.failures import StoreError, StoreTooNewError, StoreUnreachableError
from data.store.migrate import HEAD, MIGRATIONS
from data.store.tables import METADATA

STARTERS = 4
STATE = (
    "INSERT INTO source_states (cluster_id, source, part, state, since, ended_at, last_attempt, error, next_step) "
    "VALUES (1, '{}', '{}', 'timeout', 3, {}, 4, '', '')"
)


@pytest.fixture(params=("sqlite", "postgresql"))
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database that does not exist yet, or is empty."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new folder/store.sqlite"
    url: str = request.getfixturevalue("postgres_url")
    return url


def test_models_and_migrations_agree(store: Store) -> None:
    with store.database.reading() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, METADATA) == []


def test_models_and_migrations_agree_on_checks_which_alembic_does_not_compare(
    store: Store, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    fresh_url = f"sqlite:///{tmp_path}/fresh.sqlite"
    if not store.database.is_sqlite:
        fresh_url = request.getfixturevalue("postgres_url")
    created = Database(fresh_url)
    with created.writing() as connection:
        METADATA.create_all(connection)
    with created.reading() as expected, store.database.reading() as migrated:
        assert checks(migrated) == checks(expected)
        assert sum(len(found) for found in checks(expected).values()) > 30
    created.close()


def checks(connection: Connection) -> dict[str, set[tuple[str, str]]]:
    """Every table's CHECK constraints, by name and text."""
    inspector = inspect(connection)
    return {table: {normal(check) for check in inspector.get_check_constraints(table)} for table in METADATA.tables}


def normal(check: Any) -> tuple[str, str]:
    """A constraint without the spaces that a file's formatting brings in."""
    return str(check["name"]), re.sub(r"\s+", " ", check["sqltext"])


def test_what_is_known_of_sources_outlives_that_alertmanager_became_one(empty_url: str) -> None:
    before = Database(empty_url)
    with before.writing() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0007")
        connection.execute(
            text("INSERT INTO clusters (id, name, environment, region, first_seen) VALUES (1, 'a', '', '', 1)")
        )
        connection.execute(text(STATE.format("kafka", "topics", 5)))
        connection.execute(text(STATE.format("kafka", "topics", "NULL")))
    before.close()
    now = open_store(empty_url)
    with now.database.writing() as connection:
        found = connection.execute(text("SELECT id, source, part, since, ended_at FROM source_states ORDER BY id"))
        assert [tuple(row) for row in found] == [(1, "kafka", "topics", 3, 5), (2, "kafka", "topics", 3, None)]
        connection.execute(text(STATE.format("alertmanager", "", "NULL")))
    for source in ("kafka", "mail"):  # one open period a part, and no other source, as before
        with pytest.raises(IntegrityError), now.database.writing() as connection:
            connection.execute(text(STATE.format(source, "topics", "NULL")))
    now.close()


def test_the_constant_names_the_newest_revision() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == HEAD


def test_a_second_start_changes_nothing_and_does_not_load_alembic(url: str) -> None:
    code = f"import sys; from data.store import open_store; open_store({url!r}); print('alembic' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_the_migrations_run_from_any_folder_and_without_an_ini_file(empty_url: str, tmp_path: Path) -> None:
    root = Path(__file__).parents[4]
    code = f"from data.store import open_store; print(open_store({empty_url!r}).read.meta().sample)"
    environ = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, env=environ, check=True
    )
    assert done.stdout.strip() == "False"


def test_of_starters_at_the_same_time_one_migrates_and_the_others_wait(empty_url: str) -> None:
    code = (
        "from data.store.engine import Database; from data.store.migrate import migrate; "
        f"print(migrate(Database({empty_url!r})))"
    )
    starters = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) for _ in range(STARTERS)
    ]
    outcomes = sorted(starter.communicate(timeout=120)[0].strip() for starter in starters)
    assert outcomes == ["False"] * (STARTERS - 1) + ["True"]
    open_store(empty_url).close()


def test_a_database_from_the_future_is_refused_and_left_alone(store: Store, url: str) -> None:
    with store.database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreTooNewError, match="a newer streamgauge wrote it"):
        open_store(url)
    with store.database.reading() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"


@pytest.mark.parametrize("wrong", ["mysql://a@b/c", "sqlite://", "sqlite:///:memory:", "no url at all"])
def test_another_database_is_refused_with_what_is_allowed(wrong: str) -> None:
    with pytest.raises(StoreError, match="write sqlite:///FILE or postgresql://"):
        open_store(wrong)


def test_a_database_that_does_not_answer_is_named_without_its_password() -> None:
    with pytest.raises(StoreUnreachableError, match="cannot be opened") as caught:
        open_store("postgresql://gauge:secret-word@127.0.0.1:1/gauge")
    assert "secret-word" not in str(caught.value)
