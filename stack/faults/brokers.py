"""Brokers that stop, crash, hang and come back.

A command returns when the cluster has noticed, not when the signal was sent: a broker that is gone leaves the metadata
once its session (6 s) has ended, one that is back has rejoined every in-sync set, and once all are back each leads its
own partitions again. Where so many brokers are down that no controller can be elected nobody is left to notice, and the
process's own state has to do.
"""

from __future__ import annotations

import signal
from collections.abc import Callable

import psutil
from confluent_kafka.admin import AdminClient

from stack import running
from stack.brokers import SESSION_TIMEOUT_MS, Site, sites
from stack.cluster import admin_client, elect_preferred, in_sync, members
from stack.faults.outcome import Outcome, Stopwatch
from stack.plan import BROKER_COUNT, broker_name
from stack.ports import HOST
from stack.processes import living, wait_until
from stack.state import PartName, StackError, StackState

NOTICE_SECONDS = SESSION_TIMEOUT_MS / 1000 + 120
CATCH_UP_SECONDS = 120.0


def stop_broker(state: StackState, node: int) -> Outcome:
    """Controlled shutdown: the broker hands its leaderships over and leaves."""
    return _taken_away(state, node, "stop-broker", lambda name: running.stop(state, [name]))


def kill_broker(state: StackState, node: int) -> Outcome:
    """kill −9: the others notice when its session ends."""
    return _taken_away(state, node, "kill-broker", lambda name: running.stop(state, [name], patience=0))


def pause_broker(state: StackState, node: int) -> Outcome:
    """SIGSTOP: the broker keeps its connections and answers nothing, like a machine that hangs."""
    return _taken_away(state, node, "pause-broker", lambda name: running.send(state, name, signal.SIGSTOP))


def resume_broker(state: StackState, node: int) -> Outcome:
    """SIGCONT after a pause."""
    return _brought_back(state, node, "resume-broker", lambda name: running.send(state, name, signal.SIGCONT))


def start_broker(state: StackState, node: int) -> Outcome:
    """Start a broker that was stopped, killed or has crashed."""
    return _brought_back(state, node, "start-broker", lambda name: running.start(state, [name]))


def stop_kafka(state: StackState) -> Outcome:
    """Stop every broker of the main cluster."""
    watch, names = Stopwatch(), [part.name for part in _main(state).brokers]
    running.stop(state, names)
    return Outcome("kafka stop", ", ".join(names), "no broker runs", watch.seconds)


def start_kafka(state: StackState) -> Outcome:
    """Start every broker of the main cluster, and wait until all replicas are in sync."""
    watch, names = Stopwatch(), [part.name for part in _main(state).brokers]
    running.await_answers(running.start(state, names), names, lambda _line: None)
    _await_back(state, frozenset(range(1, len(names) + 1)))
    return Outcome("kafka start", ", ".join(names), "all brokers take part, all replicas are in sync", watch.seconds)


def _main(state: StackState) -> Site:
    return sites(state)[0]


def _known(node: int) -> PartName:
    if not 1 <= node <= BROKER_COUNT:
        raise StackError(f"There is no broker {node}; the brokers are 1 to {BROKER_COUNT}.")
    return broker_name(node)


def _taken_away(state: StackState, node: int, fault: str, act: Callable[[PartName], object]) -> Outcome:
    name, watch = _known(node), Stopwatch()
    if not living(state.directory).get(name):
        raise StackError(f"{name} does not run. Start it with `fault start-broker {node}`.")
    act(name)
    others = _awake(state) - {node}
    if len(others) <= BROKER_COUNT // 2:
        effect = f"{name} is gone; {len(others)} of {BROKER_COUNT} controllers are too few to notice"
        return Outcome(fault, name, effect, watch.seconds)
    wait_until(lambda: _each(state, others, _missing(node)), f"the cluster should miss {name}", NOTICE_SECONDS)
    return Outcome(fault, name, f"{name} is gone and the cluster has noticed", watch.seconds)


def _brought_back(state: StackState, node: int, fault: str, act: Callable[[PartName], object]) -> Outcome:
    name, watch = _known(node), Stopwatch()
    act(name)
    # After a pause the process still believes in its old session; what counts is that it answers and is a member.
    running.await_answers(running.observed(state), [name], lambda _line: None)
    if len(_awake(state)) <= BROKER_COUNT // 2:
        return Outcome(fault, name, f"{name} answers; too few controllers run for it to take part", watch.seconds)
    _await_back(state, frozenset({node}))
    return Outcome(fault, name, f"{name} takes part and its replicas are in sync", watch.seconds)


def _await_back(state: StackState, nodes: frozenset[int]) -> None:
    awake = _awake(state)
    joined = f"brokers {sorted(nodes)} should join"
    wait_until(lambda: _each(state, awake, lambda admin: nodes <= members(admin)), joined, NOTICE_SECONDS)
    if len(awake) == BROKER_COUNT:
        wait_until(lambda: _each(state, awake, in_sync), "all replicas should be in sync", CATCH_UP_SECONDS)
        elect_preferred(state.kafka)


def _awake(state: StackState) -> frozenset[int]:
    """The nodes whose process lives and is not paused."""
    alive = living(state.directory)
    return frozenset(
        node
        for node in range(1, BROKER_COUNT + 1)
        for process in alive.get(broker_name(node), [])
        if process.status() != psutil.STATUS_STOPPED
    )


def _each(state: StackState, witnesses: frozenset[int], sees: Callable[[AdminClient], bool]) -> bool:
    """True when each of these brokers sees it, asked one by one.

    A broker that was paused tells at first what it knew before: that it takes part and that all are in sync. Each is
    asked by a new client: an old one waits for who is paused.
    """
    brokers = _main(state).brokers
    servers = (f"{HOST}:{brokers[node - 1].ports['internal']}" for node in sorted(witnesses))
    return all(sees(admin_client(state.kafka, server)) for server in servers)


def _missing(node: int) -> Callable[[AdminClient], bool]:
    """Whether a broker answers and does not count this one among the members."""
    return lambda admin: bool(seen := members(admin)) and node not in seen
