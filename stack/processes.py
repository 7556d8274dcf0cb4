"""Processes that belong to a stack: started, recognised and ended by a mark that only they carry.

Every part runs in its own session with `STREAMGAUGE_STACK_PART=<directory>|<name>` in its environment. The mark is
there from exec on, before any file could say so, so a launcher killed between fork and state.json still leaves nothing
that `down` would miss; and a process that got an old pid anew does not carry it, so it is never taken for ours.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from stack.state import PartName, StackError

MARK = "STREAMGAUGE_STACK_PART"
SEPARATOR = "|"
TOOL = PartName("tool")
"""What short-lived tools are marked as, so that nobody takes a broker's formatting for the broker."""

POLL_SECONDS = 0.1
MARKED_SECONDS = 5.0
KILL_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Program:
    """What to run for a part.

    directory: where it runs. ports: what it listens on, by purpose. environment: variables on top of ours.
    """

    name: PartName
    argv: Sequence[str]
    directory: Path
    ports: Mapping[str, int]
    environment: Mapping[str, str] = field(default_factory=dict)


def spawn(stack: Path, program: Program, log: Path) -> psutil.Process:
    """Start a part as a daemon: own session, no terminal, output appended to its log."""
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = _marked(stack, program.name) | dict(program.environment)
    with log.open("ab") as output:
        process = subprocess.Popen(
            list(program.argv),
            cwd=program.directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    started = psutil.Process(process.pid)
    _until_marked(started)
    return started


def _until_marked(process: psutil.Process) -> None:
    """Wait until the mark can be read: for a moment after exec the new program has no environment to be seen yet."""
    limit = time.monotonic() + MARKED_SECONDS
    with suppress(psutil.Error, OSError):
        while MARK not in process.environ() and is_alive(process) and time.monotonic() < limit:
            time.sleep(POLL_SECONDS / 100)


def run_tool(stack: Path, argv: Sequence[str]) -> None:
    """Run a short-lived tool, marked as the stack's: should we be killed, `down` and the next `up` end it.

    Raises StackError with the tool's own words when it fails.
    """
    done = subprocess.run(
        list(argv), env=_marked(stack, TOOL), capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    if done.returncode:
        raise StackError(f"A tool of Kafka failed. It said: {(done.stderr or done.stdout).strip()[-600:]}")


def _marked(stack: Path, part: PartName) -> dict[str, str]:
    return {**os.environ, MARK: f"{stack}{SEPARATOR}{part}"}


def living(stack: Path) -> dict[PartName, list[psutil.Process]]:
    """Every living process of the stack in that directory, by part, whoever started it and whatever state.json says."""
    found: dict[PartName, list[psutil.Process]] = {}
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            directory, _, name = process.environ().get(MARK, "").rpartition(SEPARATOR)
            if directory == str(stack) and process.status() != psutil.STATUS_ZOMBIE:
                found.setdefault(PartName(name), []).append(process)
    return found


def belongs(stack: Path, name: PartName, pid: int | None) -> bool:
    """True when that pid is alive and carries the mark of this part."""
    if pid is None:
        return False
    with suppress(psutil.Error, OSError):
        process = psutil.Process(pid)
        ours = process.environ().get(MARK) == f"{stack}{SEPARATOR}{name}"
        return ours and process.status() != psutil.STATUS_ZOMBIE
    return False


def is_alive(process: psutil.Process) -> bool:
    """True while it runs or is paused. A zombie is dead: where nobody reaps orphans, it stays in the table.

    One that has another thread left is not: a process holds its ports until the last of them is gone.
    """
    with suppress(psutil.Error, OSError):
        ended = process.status() == psutil.STATUS_ZOMBIE and process.num_threads() <= 1
        return bool(process.is_running() and not ended)
    return False


def end(processes: Iterable[psutil.Process], patience: float) -> None:
    """Ask the processes to stop, kill those that have not after `patience` seconds, return when none is left.

    A paused process is killed at once: it cannot answer a request. psutil compares start times before it sends a
    signal, so a pid that passed to somebody else in the meantime is left alone.
    """
    waiting = list(processes)
    for process in waiting:
        with suppress(psutil.NoSuchProcess):
            paused = process.status() == psutil.STATUS_STOPPED
            process.send_signal(signal.SIGKILL if paused or patience <= 0 else signal.SIGTERM)
    for process in _after(waiting, patience):
        with suppress(psutil.NoSuchProcess):
            process.kill()
    left = _after(waiting, KILL_SECONDS)
    if left:
        raise StackError(f"Processes {[process.pid for process in left]} survive SIGKILL; look at them with ps.")


def _after(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Those still alive after that time, or none as soon as all have ended."""
    limit = time.monotonic() + seconds
    left = [process for process in processes if is_alive(process)]
    while left and time.monotonic() < limit:
        time.sleep(POLL_SECONDS)
        left = [process for process in left if is_alive(process)]
    return left


def wait_until(true: Callable[[], bool], what: str, patience: float, alive: Callable[[], bool] | None = None) -> None:
    """Return when `true()` is; StackError saying `what` failed after `patience` seconds, or when `alive()` is not."""
    limit = time.monotonic() + patience
    while not true():
        if alive is not None and not alive():
            raise StackError(f"{what}: its process has ended.")
        if time.monotonic() > limit:
            raise StackError(f"{what}: not within {patience:.0f} s.")
        time.sleep(POLL_SECONDS)
