"""`streamgauge run` from the root folder: its options, headers, routes, and the collector beside it."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil
import requests

from dashboard.health import fingerprint_of
from dashboard.options import LOOPBACK, streamlit_options
from tests.browser.serving import Served, serving
from tests.waiting import eventually

UNREACHABLE = """\
clusters:
  - name: nowhere
    kafka:
      bootstrap_servers: 127.0.0.1:9
"""


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_the_server_uses_exactly_the_options_that_are_meant_wherever_it_is_started(sample: Served) -> None:
    meant = streamlit_options(LOOPBACK, int(sample.url.rpartition(":")[2]))
    assert meant["runner.postScriptGC"] is False
    assert psutil.Process(sample.process.pid).cwd() == "/"
    assert sample.health()["options"] == fingerprint_of(dict(meant))


def test_health_tells_database_and_collector_and_nothing_of_the_platform(sample: Served) -> None:
    health = sample.health()
    assert health["status"] == "ok"
    assert health["database"]["state"] == "ok"
    assert health["collector"] == {"supervised": False}
    assert "prod-eu" not in str(health)


def test_every_answer_carries_the_security_headers(sample: Served) -> None:
    for path in ("/", "/healthz", "/static/index.html"):
        headers = requests.get(f"{sample.url}{path}", timeout=30).headers
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"


def test_only_this_machine_reaches_a_server_that_is_not_shared(sample: Served) -> None:
    connections = psutil.Process(sample.process.pid).net_connections(kind="tcp")
    listening = {one.laddr.ip for one in connections if one.status == psutil.CONN_LISTEN}
    assert listening == {LOOPBACK}


def test_what_streamlit_answers_to_anybody_is_closed(sample: Served) -> None:
    for path in ("/_stcore/metrics", "/_stcore/agent/openapi.json"):
        assert requests.get(f"{sample.url}{path}", timeout=30).status_code == 404


def test_the_collector_lives_and_dies_with_the_server(tmp_path: Path) -> None:
    config = tmp_path / "streamgauge.yaml"
    config.write_text(UNREACHABLE)
    with serving(tmp_path, "--config", str(config)) as served:
        eventually(lambda: bool(served.health()["collector"]["running"]), "the collector should run")
        first = int(served.health()["collector"]["pid"])
        assert psutil.Process(first).ppid() == served.process.pid
        psutil.Process(first).send_signal(signal.SIGKILL)
        eventually(
            lambda: served.health()["collector"]["pid"] not in (None, first), "another collector should be started"
        )
        second = int(served.health()["collector"]["pid"])
        served.process.kill()
        served.process.wait()
        eventually(lambda: gone(second), "the collector should end")
        assert not (tmp_path / "sample.sqlite").exists(), "a configured platform never touches the sample's database"
