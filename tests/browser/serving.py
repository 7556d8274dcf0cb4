"""Starts the real server as a user would, from a folder that is not ours, and stops it with everything it started."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from tests.waiting import PATIENCE

STOP_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Served:
    """A running server: its address, process and what it has printed so far."""

    url: str
    process: subprocess.Popen[bytes]
    log: Path

    def health(self) -> dict[str, Any]:
        """What the health route answers."""
        answer: dict[str, Any] = requests.get(f"{self.url}/healthz", timeout=10).json()
        return answer


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    folder: Path, *options: str, environ: Mapping[str, str] | None = None, command: Sequence[str] = ("run",)
) -> Iterator[Served]:
    """`streamgauge run` with its data in `folder`, started from the root folder; ready when this yields."""
    port = free_port()
    log = folder / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "dashboard.cli", *command, "--port", str(port), *options],
            cwd="/",
            env=os.environ | {"STREAMGAUGE_DATA_DIR": str(folder)} | dict(environ or {}),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    served = Served(f"http://localhost:{port}", process, log)
    try:
        _wait_until_ready(served)
        yield served
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


def _wait_until_ready(served: Served) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if served.process.poll() is not None:
            break
        try:
            if requests.get(f"{served.url}/healthz", timeout=5).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            pass
        time.sleep(0.05)
    raise AssertionError(f"the server did not get ready:\n{served.log.read_text(errors='replace')}")
