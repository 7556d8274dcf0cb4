"""What these tests ask the running platform: its Prometheus, its command line, and the table of processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

from stack.processes import MARK
from stack.state import DIRECTORY_VARIABLE, StackState


def query(state: StackState, promql: str) -> list[tuple[dict[str, str], float]]:
    """An instant query now: labels and value of each series."""
    answer = requests.get(f"{state.prometheus_url}/api/v1/query", params={"query": promql}, timeout=30)
    answer.raise_for_status()
    return [(found["metric"], float(found["value"][1])) for found in answer.json()["data"]["result"]]


def number(state: StackState, promql: str) -> float:
    """The value of a query with one series or none; 0 for none, as for an error code that has not occurred yet."""
    found = query(state, promql)
    assert len(found) <= 1
    return found[0][1] if found else 0.0


def produce_answers(state: StackState, error: str) -> float:
    """Answers to produce requests with that error code, as Prometheus has scraped them."""
    return number(state, f'sum(kafka_network_requestmetrics_errors_total{{request="Produce",error="{error}"}})')


def stack_command(directory: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m stack` on that directory and wait for its end."""
    return subprocess.run(
        [sys.executable, "-m", "stack", *arguments],
        env=os.environ | {DIRECTORY_VARIABLE: str(directory)},
        capture_output=True,
        text=True,
        timeout=580,
        check=False,
    )


def fault(state: StackState, *arguments: str) -> dict[str, Any]:
    """Run a fault command; what it reports."""
    done = stack_command(state.directory, "fault", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    outcome: dict[str, Any] = json.loads(done.stdout)
    return outcome


def status(state: StackState) -> dict[str, str]:
    """Part → state, as `status` finds them."""
    done = stack_command(state.directory, "status", "--json")
    assert done.returncode == 0, done.stderr
    return {part["name"]: part["state"] for part in json.loads(done.stdout)["parts"]}


def processes_of(directory: Path) -> list[int]:
    """Pids of all processes that carry the directory's mark, read from /proc and nothing else."""
    mark = f"{MARK}={directory}|".encode()
    found = []
    for environ in Path("/proc").glob("[0-9]*/environ"):
        try:
            if mark in environ.read_bytes():
                found.append(int(environ.parent.name))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return found
