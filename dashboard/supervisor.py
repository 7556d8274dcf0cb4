"""Keeps the collector running as a child process that never outlives the pages."""

from __future__ import annotations

import logging
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

LOGGER = logging.getLogger(__name__)

FIRST_PAUSE = 1.0
LONGEST_PAUSE = 60.0
STEADY_SECONDS = 60.0
"""A collector that ran this long had started well: the next pause is short again."""
STOP_SECONDS = 10.0
"""How long the collector may take to finish its write before it is killed."""


@dataclass(frozen=True, slots=True)
class CollectorState:
    """What pages say about the collector. since: when it entered this state. exit_code: of the last one that ended."""

    since: datetime
    pid: int | None
    restarts: int
    exit_code: int | None
    next_start: datetime | None

    @property
    def running(self) -> bool:
        """True while a child process lives."""
        return self.pid is not None


class Supervisor:
    """Starts the collector, restarts it with growing pauses, and stops it with the server.

    The child gets a pipe as its standard input and stops when that closes, so a killed server leaves no orphan; see
    `dashboard.commands.parent` for the child's side.
    """

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], clock: Callable[[], datetime]) -> None:
        self._command = list(command)
        self._environ = dict(environ)
        self._clock = clock
        self._stopping = threading.Event()
        self._state = CollectorState(clock(), None, 0, None, None)
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._supervise, name="collector supervisor", daemon=True)

    @property
    def state(self) -> CollectorState:
        """The collector's state now."""
        return self._state

    def start(self) -> None:
        """Start the collector and keep it running until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """Close the child's pipe, wait until it has finished its write, and kill it when that takes too long."""
        self._stopping.set()
        child = self._child
        if child is not None and child.poll() is None:
            if child.stdin is not None:
                child.stdin.close()
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                LOGGER.warning("the collector did not stop within %.0f s; killing it", STOP_SECONDS)
                child.kill()
                child.wait()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)

    def _supervise(self) -> None:
        pause = FIRST_PAUSE
        restarts = 0
        while not self._stopping.is_set():
            started = self._clock()
            exit_code = self._run_once(started, restarts)
            if self._stopping.is_set():
                break
            ended = self._clock()
            pause = FIRST_PAUSE if (ended - started).total_seconds() >= STEADY_SECONDS else pause
            again = ended + timedelta(seconds=pause)
            self._state = CollectorState(ended, None, restarts, exit_code, again)
            LOGGER.warning("the collector ended with code %s; starting it again in %.0f s", exit_code, pause)
            self._stopping.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
            restarts += 1
        self._state = CollectorState(self._clock(), None, restarts, self._state.exit_code, None)

    def _run_once(self, started: datetime, restarts: int) -> int | None:
        """Run one child to its end; its exit code, or None when it could not even be started."""
        try:
            child = subprocess.Popen(self._command, env=self._environ, stdin=subprocess.PIPE)
        except OSError:
            LOGGER.exception("the collector could not be started")
            return None
        self._child = child
        self._state = CollectorState(started, child.pid, restarts, self._state.exit_code, None)
        return child.wait()
