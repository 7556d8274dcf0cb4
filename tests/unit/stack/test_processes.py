"""Processes are recognised by their mark, ended politely, and never confused with anybody else's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from stack.processes import MARK, Program, belongs, end, is_alive, living, run_tool, spawn, wait_until
from stack.state import PartName, StackError

NAME = PartName("sleeper")
SLEEP = "import time; print('ready', flush=True); time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {SLEEP}"


def _program(directory: Path, code: str) -> Program:
    return Program(NAME, [sys.executable, "-c", code], directory, {})


def _started(stack: Path, code: str) -> psutil.Process:
    process = spawn(stack, _program(stack, code), stack / "logs" / "sleeper.log")
    wait_until(lambda: "ready" in (stack / "logs" / "sleeper.log").read_text(), "the sleeper should sleep", 30)
    return process


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Path]:
    """A directory whose processes are gone after the test."""
    yield tmp_path
    end([process for found in living(tmp_path).values() for process in found], 0)


def test_a_started_part_is_found_without_any_file(stack: Path) -> None:
    process = _started(stack, SLEEP)
    assert living(stack) == {NAME: [process]}
    assert belongs(stack, NAME, process.pid)


def test_a_part_runs_in_a_session_of_its_own(stack: Path) -> None:
    process = _started(stack, SLEEP)
    assert os.getsid(process.pid) == process.pid != os.getsid(0)


def test_the_process_of_another_directory_is_not_ours(stack: Path) -> None:
    process = _started(stack, SLEEP)
    assert living(stack.parent) == {}
    assert not belongs(stack.parent, NAME, process.pid)
    assert not belongs(stack, PartName("other"), process.pid)


def test_a_pid_that_passed_to_a_stranger_is_not_ours(stack: Path) -> None:
    assert not belongs(stack, NAME, os.getpid())


def test_a_process_that_nobody_reaped_counts_as_dead(stack: Path) -> None:
    environment = os.environ | {MARK: f"{stack}|{NAME}"}
    with subprocess.Popen([sys.executable, "-c", "pass"], env=environment) as child:
        zombie = psutil.Process(child.pid)
        wait_until(lambda: zombie.status() == psutil.STATUS_ZOMBIE, "the child should have ended", 30)
        assert not is_alive(zombie)
        assert not belongs(stack, NAME, child.pid)
        assert living(stack) == {}


def test_a_process_is_dead_when_its_last_thread_is(stack: Path) -> None:
    code = (
        "import ctypes, threading, time; threading.Thread(target=time.sleep, args=(600,)).start();"
        "print('ready', flush=True); ctypes.CDLL(None).pthread_exit(None)"
    )
    process = _started(stack, code)
    wait_until(lambda: process.status() == psutil.STATUS_ZOMBIE, "its first thread should have ended", 30)
    assert is_alive(process)
    end([process], patience=0)
    assert not is_alive(process)


def test_ending_asks_first(stack: Path) -> None:
    code = (
        f"import signal, sys; signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit())); {SLEEP}"
    )
    process = _started(stack, code)
    end([process], patience=30)
    assert not is_alive(process)
    assert (stack / "logs" / "sleeper.log").read_text() == "ready\nbye\n"


def test_ending_kills_who_does_not_listen(stack: Path) -> None:
    process = _started(stack, STUBBORN)
    end([process], patience=0.3)
    assert not is_alive(process)


def test_ending_kills_a_paused_process_at_once(stack: Path) -> None:
    process = _started(stack, STUBBORN)
    process.send_signal(signal.SIGSTOP)
    wait_until(lambda: process.status() == psutil.STATUS_STOPPED, "it should be paused", 30)
    end([process], patience=600)
    assert not is_alive(process)


def test_a_tool_is_marked_and_not_taken_for_a_part(stack: Path) -> None:
    code = f"import os, pathlib; pathlib.Path('{stack}/seen').write_text(os.environ['{MARK}'])"
    run_tool(stack, [sys.executable, "-c", code])
    assert (stack / "seen").read_text() == f"{stack}|tool"


def test_a_failed_tool_is_quoted(stack: Path) -> None:
    with pytest.raises(StackError, match="no such disk"):
        run_tool(stack, [sys.executable, "-c", "import sys; sys.exit('no such disk')"])


def test_waiting_ends_when_the_process_has(stack: Path) -> None:
    with pytest.raises(StackError, match="its process has ended"):
        wait_until(lambda: False, "it should answer", 600, alive=lambda: False)


def test_waiting_ends_in_time(stack: Path) -> None:
    with pytest.raises(StackError, match="not within 0 s"):
        wait_until(lambda: False, "it should answer", 0)
