"""Starting and stopping the workload: two background processes, parts of the stack like its brokers."""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random
from typing import Any

from stack import running
from stack.lifecycle import locked
from stack.ports import free_ports
from stack.processes import Program, living
from stack.running import await_answers, launch
from stack.state import PartName, StackError, StackState, load_state
from stack.workload.company_file import load_company
from stack.workload.producers import Producers
from stack.workload.provision import Changes, provision, schema_ids

STOP_SECONDS = 30.0


class Role(StrEnum):
    """The two halves of the workload."""

    PRODUCERS = "producers"
    CONSUMERS = "consumers"


PARTS = {role: PartName(f"workload-{role}") for role in Role}


@dataclass(frozen=True, slots=True)
class Round:
    """What one round of `once` did. records: acknowledged ones, by stream."""

    changes: Changes
    records: dict[str, int]


def report_file(state: StackState, role: Role) -> Path:
    """Where a role writes down every two seconds what it did."""
    return state.directory / f"workload-{role}.json"


def target_file(state: StackState, role: Role) -> Path:
    """Where a role tells Prometheus where to scrape it."""
    return state.targets / f"workload-{role}.json"


def parse_rate(text: str) -> float:
    """The multiplier of all rates: a number from 0 on, or `max` for as fast as the machine goes."""
    if text == "max":
        return math.inf
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0 <= rate < math.inf:
        raise StackError(f"A rate is a number from 0 on, or max; {text!r} is neither.")
    return rate


def start(
    directory: Path,
    progress: Callable[[str], None],
    rate: float = 1.0,
    duration: float | None = None,
    roles: tuple[Role, ...] = tuple(Role),
) -> StackState:
    """Start the roles that do not run, and return when they answer; producers provision before they do.

    duration: seconds after which they end by themselves. StackError with the end of its log when one dies.
    """
    with locked(directory):
        state = load_state(directory)
        for role in roles:  # Producers first: consumers find their topics there.
            if not living(directory).get(PARTS[role]):
                state = launch(state, _program(state, role, rate, duration))
                state = await_answers(state, [PARTS[role]], progress)
        return state


def stop(directory: Path, roles: tuple[Role, ...] = tuple(Role)) -> StackState:
    """End the roles: they flush, commit and leave their groups first; after 30 seconds they are killed."""
    with locked(directory):
        state = running.stop(load_state(directory), [PARTS[role] for role in roles], STOP_SECONDS)
        for role in roles:
            target_file(state, role).unlink(missing_ok=True)  # left behind by one that was killed
        return state


def status(directory: Path) -> dict[str, Any]:
    """Which role runs, with its pid, and what it last wrote down."""
    state = load_state(directory)
    alive = living(directory)
    found: dict[str, Any] = {}
    for role in Role:
        processes = alive.get(PARTS[role], [])
        report = report_file(state, role)
        found[role.value] = {
            "running": bool(processes),
            "pid": processes[0].pid if processes else None,
            "report": json.loads(report.read_text(encoding="utf-8")) if report.exists() else None,
        }
    return found


def once(directory: Path, records: int = 5) -> Round:
    """Provision, write that many records to every stream, wait for the answers; nothing stays running."""
    company, state = load_company(), load_state(directory)
    changes = provision(company, state)
    producers = Producers(company, state, schema_ids(company, state), 0.0, Random())  # noqa: S311  (invented records)
    producers.round(records)
    return Round(changes, {name: stream["acked"] for name, stream in producers.report().items()})


def _program(state: StackState, role: Role, rate: float, duration: float | None) -> Program:
    (port,) = free_ports(1, None)
    arguments = ["--port", str(port), "--rate", str(rate)]
    if duration is not None:
        arguments += ["--duration", str(duration)]
    return Program(
        name=PARTS[role],
        argv=[sys.executable, "-m", "stack.workload.run", role.value, str(state.directory), *arguments],
        directory=Path(__file__).parents[2],
        ports={"metrics": port},
    )
