"""`up` and `down`: bring the whole stack about, and take it away without a trace."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from stack import cluster, connect, monitoring, users
from stack.brokers import sites
from stack.plan import CONNECT, MIRROR, PROMETHEUS, plan
from stack.processes import TOOL, end, living, wait_until
from stack.running import STOP_SECONDS, await_answers, own_parts, start
from stack.state import STATE_FILE, Options, Part, PartState, StackError, StackState, load_state, save_state

LOCK_FILE = "lock"
AFTER_KAFKA = frozenset({CONNECT, MIRROR})
"""Parts that give up when they find no Kafka, and so start when it answers."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Request:
    """What `up` was asked for; None leaves the stack's former choice, or the default of a new one.

    port_base: the first of the ports to use, None for free ones.
    """

    clusters: int | None = None
    scrape_interval: int | None = None
    broker_heap: str | None = None
    port_base: int | None = None

    def over(self, old: Options) -> Options:
        """The former options with what was asked for now; StackError for what cannot be had any more."""
        if self.clusters is not None and self.clusters < old.clusters:
            raise StackError(
                "This stack has a recovery site. To have one cluster again, `down --purge` and start anew."
            )
        return replace(
            old,
            clusters=self.clusters or old.clusters,
            scrape_interval=self.scrape_interval or old.scrape_interval,
            broker_heap=self.broker_heap or old.broker_heap,
        )


def up(directory: Path, request: Request, progress: Progress) -> StackState:
    """Start whatever of the stack does not run, and return when all of it answers.

    Over an old directory it continues with the old data, cluster ids and, where they are free, ports; what a killed
    `up` left running is taken over. StackError with the log of the part that failed; what runs stays for a look at it.
    """
    with locked(directory):
        return _brought_up(directory, request, progress)


def _brought_up(directory: Path, request: Request, progress: Progress) -> StackState:
    old = load_state(directory) if (directory / STATE_FILE).exists() else None
    options = request.over(old.options if old else Options())
    end(living(directory).get(TOOL, []), 0.0)  # What a killed `up` was busy with; it is begun anew.
    state = plan(directory, options, request.port_base, old, frozenset(living(directory)))
    save_state(state)
    users.write_passwords(state)
    own = own_parts(state)
    brokers = [part.name for site in sites(state) for part in site.brokers]
    progress(f"starting {len(own)} parts in {directory}")
    was_monitored = bool(living(directory).get(PROMETHEUS))
    state = start(state, [name for name in own if name not in AFTER_KAFKA])
    state = await_answers(state, brokers, progress)
    for site in sites(state):
        cluster.prepare(state, site)
        progress(f"cluster {site.access.name} has its brokers, users and defaults")
    state = start(state, [name for name in own if name in AFTER_KAFKA])
    state = await_answers(state, [name for name in own if name not in brokers], progress)
    connect.put_connectors(state)
    wait_until(lambda: connect.connectors_run(state), "Connect's connectors should run", connect.CONNECT_SECONDS)
    progress("connectors run")
    if was_monitored:
        monitoring.write_prometheus_configuration(state)
        monitoring.reload_prometheus(state)
    monitoring.await_every_target(state)
    progress("Prometheus scrapes every part")
    return state


def down(directory: Path, purge: bool, progress: Progress) -> StackState | None:
    """End every process that carries this directory's mark; with `purge`, remove the directory as well.

    Works on what runs, not on what state.json says, so it also clears up after a launcher that was killed at any
    moment. Returns the state left behind, None when there is none.
    """
    if not directory.is_dir():
        return None
    with locked(directory):
        _end_all(directory, 0.0 if purge else STOP_SECONDS, progress)
        if purge:
            _remove(directory)
            return None
        state = _readable_state(directory)
        if state is None:
            return None
        state = state.with_parts(_stopped(part) for part in state.parts)
        save_state(state)
        return state


def _end_all(directory: Path, patience: float, progress: Progress) -> None:
    """Those that write to Kafka first, so that they can say goodbye to it; then everything else."""
    alive = living(directory)
    state = _readable_state(directory)
    own = frozenset(own_parts(state)) - AFTER_KAFKA if state else frozenset(alive)
    for names in ([name for name in alive if name not in own], [name for name in alive if name in own]):
        end([process for name in names for process in alive[name]], patience)
        if names:
            progress(f"stopped {', '.join(sorted(names))}")
    # A process that a dying part had just started was not on the first list.
    end([process for found in living(directory).values() for process in found], 0.0)


def _readable_state(directory: Path) -> StackState | None:
    """The state, or None where there is none or a damaged one: neither may keep `down` from its work."""
    try:
        return load_state(directory)
    except StackError:
        return None


def _stopped(part: Part) -> Part:
    return replace(part, state=PartState.STOPPED, pid=None)


def _remove(directory: Path) -> None:
    """Take the directory out of its place in one step, then delete it: a purge cut short leaves no half of a stack."""
    aside = directory.with_name(f"{directory.name}.purged")
    shutil.rmtree(aside, ignore_errors=True)
    directory.rename(aside)
    shutil.rmtree(aside)


@contextmanager
def locked(directory: Path) -> Iterator[None]:
    """One command at a time on a stack. The system releases the lock of a command that is killed."""
    while True:
        directory.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(directory / LOCK_FILE, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            if _is_current(descriptor, directory):
                yield
                return
        finally:
            os.close(descriptor)


def _is_current(descriptor: int, directory: Path) -> bool:
    """False when the directory was purged while we waited for its lock."""
    try:
        return os.path.samestat(os.fstat(descriptor), (directory / LOCK_FILE).stat())
    except FileNotFoundError:
        return False
