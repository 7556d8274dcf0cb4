"""The supervised child: it starts, is started again, stops with its parent and never outlives it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest

from dashboard import supervisor
from dashboard.supervisor import Supervisor
from tests.waiting import eventually

CHILD = """
import sys, threading
from dashboard.commands.parent import follow_parent
stop = threading.Event()
follow_parent(stop.set)
print("ready", flush=True)
stop.wait()
"""

PARENT = """
import os, sys, time
from datetime import UTC, datetime
from dashboard.supervisor import Supervisor
running = Supervisor([sys.executable, "-c", sys.argv[1]], os.environ, lambda: datetime.now(UTC))
running.start()
while running.state.pid is None:
    time.sleep(0.01)
print(running.state.pid, flush=True)
time.sleep(600)
"""


def supervise(code: str) -> Supervisor:
    return Supervisor([sys.executable, "-c", code], os.environ, lambda: datetime.now(UTC))


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_stopped_supervisor_leaves_no_child() -> None:
    running = supervise(CHILD)
    running.start()
    eventually(lambda: running.state.running, "the child should run")
    pid = running.state.pid
    assert pid is not None
    running.stop()
    assert gone(pid)
    assert not running.state.running


def test_a_child_that_dies_is_started_again_and_its_exit_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.05)
    running = supervise("raise SystemExit(7)")
    running.start()
    eventually(lambda: running.state.restarts >= 2, "it should be started again")
    assert running.state.exit_code == 7
    running.stop()


def test_a_killed_child_is_replaced_by_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_PAUSE", 0.05)
    running = supervise(CHILD)
    running.start()
    eventually(lambda: running.state.running, "the child should run")
    first = running.state.pid
    assert first is not None
    os.kill(first, signal.SIGKILL)
    eventually(lambda: running.state.running and running.state.pid != first, "another child should run")
    assert running.state.restarts == 1
    running.stop()


def test_a_killed_server_takes_its_collector_with_it(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", PARENT, CHILD], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    eventually(lambda: gone(child), "the child should end")
