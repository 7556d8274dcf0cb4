"""Start and stop parts, keeping state.json true to what runs."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psutil

from stack import alerting, brokers, connect, lag_exporter, mirror, monitoring, registry
from stack.plan import ALERTMANAGER, CONNECT, LAG_EXPORTER, MIRROR, PROMETHEUS, REGISTRY
from stack.processes import Program, belongs, end, is_alive, living, spawn, wait_until
from stack.readiness import answers, asks
from stack.state import Part, PartName, PartState, StackError, StackState, save_state

STOP_SECONDS = 20.0
READY_SECONDS = 240.0

_PROGRAMS: dict[PartName, Callable[[StackState], Program]] = {
    REGISTRY: registry.registry_program,
    CONNECT: connect.connect_program,
    PROMETHEUS: monitoring.prometheus_program,
    ALERTMANAGER: alerting.alertmanager_program,
    LAG_EXPORTER: lag_exporter.lag_program,
    MIRROR: mirror.mirror_program,
}


def program(state: StackState, name: str) -> Program:
    """What to run for one of the stack's own parts, its files written; StackError for a part that it does not know."""
    part = state.part(name)
    for site in brokers.sites(state):
        for node, broker in enumerate(site.brokers, start=1):
            if broker.name == part.name:
                return brokers.broker_program(state, site, node)
    if part.name not in _PROGRAMS:
        raise StackError(f"{name} was added by another command, which has to start it again.")
    return _PROGRAMS[part.name](state)


def start(state: StackState, names: Iterable[str]) -> StackState:
    """Start these parts unless they live already, and write down their pids. Does not wait until they answer."""
    alive = living(state.directory)
    wanted = [name for name in names if not alive.get(PartName(name))]
    with ThreadPoolExecutor(max_workers=4) as several:  # Formatting a broker takes a JVM of its own.
        programs = list(several.map(lambda name: program(state, name), wanted))
    for one in programs:
        state = launch(state, one)
    found = [replace(state.part(name), pid=alive[PartName(name)][0].pid) for name in alive if name in names]
    return _saved(state.with_parts(found))


def launch(state: StackState, one: Program) -> StackState:
    """Start a program as a part of this stack, one of its own or one that a command adds to it (the workload)."""
    known = next((part for part in state.parts if part.name == one.name), None)
    log = known.log if known else state.directory / "logs" / f"{one.name}.log"
    process = spawn(state.directory, one, log)
    return _saved(state.with_parts([Part(one.name, PartState.STARTING, process.pid, one.ports, log)]))


def await_answers(state: StackState, names: Iterable[str], progress: Callable[[str], None]) -> StackState:
    """Wait until each of these parts answers; StackError with the end of its log when one dies or takes too long."""
    for name in names:
        part = state.part(name)
        try:
            _await_answer(state.directory, part)
        except StackError as problem:
            raise StackError(f"{problem} Its log, {part.log}, ends with:\n{_tail(part)}") from problem
        state = _saved(state.with_parts([replace(part, state=PartState.RUNNING)]))
        progress(f"{name} answers")
    return state


def _await_answer(stack: Path, part: Part) -> None:
    def alive() -> bool:
        return belongs(stack, part.name, part.pid)

    wait_until(asks(part), f"{part.name} should answer", READY_SECONDS, alive)


def stop(state: StackState, names: Iterable[str], patience: float = STOP_SECONDS) -> StackState:
    """End these parts (patience 0: kill −9) and write down that they are meant to be down."""
    alive, names = living(state.directory), list(names)
    end([process for name in names for process in alive.get(PartName(name), [])], patience)
    return _saved(
        state.with_parts(
            replace(part, state=PartState.STOPPED, pid=None) for part in state.parts if part.name in set(names)
        )
    )


def send(state: StackState, name: str, number: signal.Signals) -> None:
    """Send a signal to the part's processes; StackError when it has none."""
    found = [process for process in living(state.directory).get(PartName(name), []) if is_alive(process)]
    if not found:
        raise StackError(f"{name} is not running. See `status`; start it with `up` or `fault start-broker`.")
    for process in found:
        process.send_signal(number)


def observed(state: StackState) -> StackState:
    """The same stack with every part's state as it is now, found by looking rather than by trusting the file."""
    alive = living(state.directory)
    return state.with_parts(_observed(part, alive.get(part.name, [])) for part in state.parts)


def _observed(part: Part, processes: list[psutil.Process]) -> Part:
    if not processes:
        state = PartState.STOPPED if part.pid is None else PartState.LOST
        return replace(part, state=state, pid=None)
    pid = processes[0].pid
    if processes[0].status() == psutil.STATUS_STOPPED:
        return replace(part, state=PartState.PAUSED, pid=pid)
    return replace(part, state=PartState.RUNNING if answers(part) else PartState.STARTING, pid=pid)


def _saved(state: StackState) -> StackState:
    save_state(state)
    return state


def _tail(part: Part, lines: int = 15) -> str:
    text = part.log.read_text(encoding="utf-8", errors="replace") if part.log.exists() else ""
    return "\n".join(text.splitlines()[-lines:])


def own_parts(state: StackState) -> list[PartName]:
    """The parts that `up` starts, in the order in which they are started."""
    own = {broker.name for site in brokers.sites(state) for broker in site.brokers} | set(_PROGRAMS)
    return [part.name for part in state.parts if part.name in own]
