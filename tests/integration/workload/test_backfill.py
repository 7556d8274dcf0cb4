"""History in a real Prometheus of its own: the samples of the invented past, and nothing counted twice at the seam."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from stack import downloads
from stack.backfill import HISTORY_FILE, backfill, targets
from stack.plan import PROMETHEUS, plan
from stack.state import Options, StackError, StackState, save_state
from stack.workload.history import ERRORS, invent
from tests.integration.workload.conftest import eventually

DAYS = 3.5


@pytest.fixture(scope="module")
def monitored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackState]:
    """A stack of which only Prometheus runs, scraping itself under the labels of a broker, so that it has a present."""
    directory = tmp_path_factory.mktemp("monitored")
    state = plan(directory, Options(), None, None, frozenset())
    home = directory / PROMETHEUS
    home.mkdir()
    port = state.part(PROMETHEUS).ports["http"]
    broker = next(target for target in targets(state) if target.broker == 1)
    labels = {name: value for name, value in broker.labels.items() if name != "job"}
    itself = {"targets": [f"127.0.0.1:{port}"], "labels": labels}
    configuration = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
        "scrape_configs": [{"job_name": "kafka", "static_configs": [itself]}],
    }
    (home / "prometheus.yml").write_text(json.dumps(configuration), encoding="utf-8")  # JSON is YAML
    save_state(state)
    options = [f"--config.file={home / 'prometheus.yml'}", f"--storage.tsdb.path={home / 'data'}", "--log.level=error"]
    command = [
        str(downloads.prometheus()),
        *options,
        f"--web.listen-address=127.0.0.1:{port}",
        "--storage.tsdb.retention.time=45d",
    ]
    process = subprocess.Popen(command, cwd=home)
    try:
        eventually(lambda: _opens(port) and bool(_query(state, "up", datetime.now(UTC))), "Prometheus scrapes itself")
        yield state
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(home, ignore_errors=True)


def test_prometheus_answers_with_the_invented_past_up_to_its_own_first_sample(monitored: StackState) -> None:
    now = datetime.now(UTC)
    done = backfill(monitored, DAYS, lambda _text: None, now)

    assert timedelta(0) < now - done.end < timedelta(minutes=3)
    assert abs((done.end - done.start) - timedelta(days=DAYS)) < timedelta(minutes=3)
    assert (monitored.directory / HISTORY_FILE).exists()
    assert {one["name"] for one in done.incidents} >= {"oversized-campaign", "restart-broker-2"}
    (campaign,) = [one for one in done.incidents if one["name"] == "oversized-campaign"]
    errors = _query(monitored, f'{ERRORS}{{error="MESSAGE_TOO_LARGE"}}', datetime.fromisoformat(campaign["end"]))
    assert sum(float(one["value"][1]) for one in errors) == campaign["bad"] > 0
    assert {one["metric"]["broker"] for one in errors} == {"1", "2"}

    ups = _query(monitored, f'count_over_time(up{{job="kafka",broker="1"}}[{DAYS * 24:.0f}h])', done.end)
    minutes = (done.end - done.start) // timedelta(minutes=1)
    (scrapes,) = [int(one["value"][1]) for one in ups]
    assert minutes - 1 <= scrapes <= minutes + 1
    (seam,) = _query(monitored, 'present_over_time(up{job="kafka",broker="1"}[2m])', done.end + timedelta(minutes=2))
    assert seam["value"][1] == "1"


def test_a_second_history_over_the_first_is_refused(monitored: StackState) -> None:
    with pytest.raises(StackError, match="nothing to fill in"):
        backfill(monitored, DAYS, lambda _text: None, datetime.now(UTC))


def test_the_past_has_the_label_sets_of_the_live_scrape(stack: StackState) -> None:
    end = datetime.now(UTC).replace(second=0, microsecond=0)
    past = invent(end - timedelta(hours=1), end, targets(stack), [])
    names = {series.name for series in past.series}

    def missing() -> set[frozenset[tuple[str, str]]]:
        live: set[frozenset[tuple[str, str]]] = set()
        for name in names:
            live |= {frozenset(one["metric"].items()) for one in _query(stack, name, datetime.now(UTC))}
        wanted = {frozenset({"__name__": series.name, **series.labels}.items()) for series in past.series}
        # A broker's first answer to Produce may not have happened yet on a stack without a workload.
        return {one for one in wanted - live if ("request", "Produce") not in one}

    eventually(lambda: not missing(), "every series of the past has its live counterpart")


def _opens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _query(state: StackState, promql: str, moment: datetime) -> list[dict[str, Any]]:
    for _ in range(3):
        try:
            params = {"query": promql, "time": str(moment.timestamp())}
            answer = requests.get(f"{state.prometheus_url}/api/v1/query", params=params, timeout=10)
            found: list[dict[str, Any]] = answer.json()["data"]["result"]
        except (requests.RequestException, ValueError):
            time.sleep(1)
        else:
            return found
    return []
