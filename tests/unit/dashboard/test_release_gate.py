"""The release gate from a database: exit codes for pipelines, JSON by its schema, and the same over HTTP.

In the written estate some 6 000 answers a minute over 30 days allow about 25 000 bad ones. 1 200 bad ones of nine days
ago and 120 in each bad minute of three days ago stand against them; the other SLOs have no data at all.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

import dashboard
from dashboard.cli import app
from dashboard.commands.failures import explained
from dashboard.definitions import PRODUCE_SUCCESS, produce_success
from dashboard.gate_route import PATH, gate_route
from dashboard.instance import Instance
from dashboard.reader import Reader
from dashboard.security.gate import Gate, GateMiddleware
from dashboard.security.secrets import HashedSecret
from data.settings import load_settings
from data.store import Store, open_store
from scoring.actors import Actor
from scoring.slo.policy import ReleaseClass
from tests.browser.believable import fill
from tests.unit.dashboard.conftest import NOW

SCHEMA = json.loads((Path(dashboard.__file__).parent / "schemas" / "gate.schema.json").read_text())
Asking = Callable[..., Result]


def written(folder: Path, bad_minutes: int) -> str:
    url = f"sqlite:///{folder / f'gate-{bad_minutes}.sqlite'}"
    fill(url, NOW, produce_success(), topics=8, groups=2, bad_minutes=bad_minutes)
    return url


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("gate"), 90)


@pytest.fixture(scope="module")
def spent(tmp_path_factory: pytest.TempPathFactory) -> str:
    return written(tmp_path_factory.mktemp("gate"), 210)


@pytest.fixture
def asking(monkeypatch: pytest.MonkeyPatch) -> Asking:
    """Asks the gate about a database, at NOW."""
    monkeypatch.setattr("dashboard.commands.gate.open_configured", lambda settings: opened(settings.database()))

    def ask(url: str, *arguments: str) -> Result:
        monkeypatch.setenv("STREAMGAUGE_DATABASE_URL", url)
        return CliRunner().invoke(app, ["gate", *arguments])

    return ask


def opened(url: str) -> Store:
    return open_store(url, clock=lambda: NOW)


def checked(text: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(text)
    jsonschema.Draft202012Validator(SCHEMA, format_checker=jsonschema.FormatChecker()).validate(answer)
    return answer


def test_what_nobody_knows_stops_a_release_by_default(asking: Asking, healthy: str) -> None:
    answer = asking(healthy, "--class", "critical", "--json")
    assert answer.exit_code == 6
    printed = checked(answer.stdout)
    assert (printed["verdict"], printed["exit_code"], printed["lifts"]) == ("no_data", 6, None)
    stopped = {slo["id"] for slo in printed["slos"] if slo["stops"]}
    assert stopped == {"broker-availability", "consume-latency", "data-durability", "schema-violations"}


def test_a_budget_that_is_left_lets_a_release_go_where_no_data_may_pass(asking: Asking, healthy: str) -> None:
    answer = asking(healthy, "--class", "non-critical", "--no-data", "pass")
    assert answer.exit_code == 0
    assert "go: Nothing holds this release back." in answer.stdout


def test_a_spent_budget_stops_non_critical_releases_and_says_when_it_lifts(asking: Asking, spent: str) -> None:
    answer = asking(spent, "--class", "non-critical", "--no-data", "pass", "--json")
    assert answer.exit_code == 5
    printed = checked(answer.stdout)
    assert printed["verdict"] == "lockdown"
    assert "Produce success, prod-eu: lockdown" in printed["reason"]
    # The bad minutes began three days before 11:59 and leave a window of 30 days 27 days later, one after the other.
    assert "2026-12-17T12:" in printed["lifts"] or "2026-12-17T13:" in printed["lifts"]


def test_a_critical_fix_passes_a_spent_budget(asking: Asking, spent: str) -> None:
    assert asking(spent, "--class", "critical", "--no-data", "pass").exit_code == 0


def test_an_override_of_the_store_lets_a_release_pass_and_is_told(asking: Asking, tmp_path: Path) -> None:
    url = written(tmp_path, 210)
    store = opened(url)
    admin = Actor.local_admin()
    store.overrides.grant(
        admin, [PRODUCE_SUCCESS], ReleaseClass.NON_CRITICAL, "the fix itself", NOW + timedelta(hours=2)
    )
    store.close()
    answer = asking(url, "--class", "non-critical", "--no-data", "pass", "--json")
    assert answer.exit_code == 0
    slo = next(slo for slo in checked(answer.stdout)["slos"] if slo["id"] == "produce-success")
    assert slo["override"] == {"by": "local", "reason": "the fix itself", "until": "2026-11-20T14:00:30Z"}
    assert slo["stops"] is True


@pytest.mark.parametrize(
    "arguments",
    [
        ["--class", "urgent"],
        ["--class", "critical", "--no-data", "maybe"],
        ["--class", "critical", "--cluster", "x"],
        [],
    ],
)
def test_a_wrong_question_ends_with_two(asking: Asking, healthy: str, arguments: list[str]) -> None:
    def run() -> object:
        answer = asking(healthy, *arguments)
        if answer.exception is not None:
            raise answer.exception
        return answer

    assert explained(run) == 2


def client(url: str, gate: Gate | None = None) -> TestClient:
    opening: Future[Reader] = Future()
    store = opened(url)
    opening.set_result(Reader(store.read, lambda: store.writable, store=store))
    instance = Instance(load_settings(None, {}), None, opening, lambda: NOW, gate=gate)
    around = [] if gate is None else [Middleware(GateMiddleware, gate=gate)]
    return TestClient(Starlette(routes=[gate_route(instance)], middleware=around), follow_redirects=False)


def test_the_route_gives_what_the_command_prints(asking: Asking, spent: str) -> None:
    answer = client(spent).get(PATH, params={"class": "non-critical", "no_data": "pass"})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    printed = asking(spent, "--class", "non-critical", "--no-data", "pass", "--json").stdout
    assert checked(answer.text) == json.loads(printed)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "class is one of critical, non-critical"),
        ("?class=x", "class is one of"),
        ("?class=critical&no_data=x", "no_data is stop or pass"),
        ("?class=critical&cluster=nowhere", "there is no cluster nowhere; configured are prod-eu"),
        ("?class=critical&clsuter=prod-eu", "clsuter is not known"),
    ],
)
def test_the_route_refuses_a_wrong_question_with_a_sentence(healthy: str, query: str, said: str) -> None:
    answer = client(healthy).get(PATH + query)
    assert answer.status_code == 400
    assert said in answer.json()["error"]


def test_the_route_says_nothing_to_whoever_has_not_signed_in(healthy: str) -> None:
    answer = client(healthy, Gate(HashedSecret.of("correct horse battery"), secure=False)).get(
        PATH, params={"class": "critical"}
    )
    assert answer.status_code == 401
    assert "prod-eu" not in answer.text


def test_the_route_waits_for_nothing_while_the_database_opens() -> None:
    instance = Instance(load_settings(None, {}), None, Future(), lambda: NOW)
    answer = TestClient(Starlette(routes=[gate_route(instance)])).get(PATH, params={"class": "critical"})
    assert answer.status_code == 503
