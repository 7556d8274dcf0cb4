"""The process of one half of the workload: `python -m stack.workload.run producers|consumers DIRECTORY …`.

`background` starts it. It ends on SIGTERM or SIGINT, after its duration, and by itself when the stack's directory is
gone, so that a removed stack leaves nothing behind.
"""

from __future__ import annotations

import argparse
import json
import logging
import math
import signal
import sys
import time
from dataclasses import replace
from pathlib import Path
from random import Random
from threading import Event, Thread
from types import FrameType
from typing import Any, Protocol

from prometheus_client import CollectorRegistry, start_http_server

from stack.lifecycle import locked
from stack.ports import HOST
from stack.state import STATE_FILE, PartState, StackState, load_state, save_state, write_in_one_step
from stack.workload.background import PARTS, Role, report_file, target_file
from stack.workload.company_file import load_company
from stack.workload.consumers import Consumers
from stack.workload.json_log import log_as_json
from stack.workload.producers import Producers
from stack.workload.provision import provision, schema_ids

log = logging.getLogger("workload")

REPORT_SECONDS = 2.0


class Half(Protocol):
    """What a role does in its process."""

    def register(self, registry: CollectorRegistry) -> None:
        """Offer its metrics there."""

    def run(self, stop: Event) -> None:
        """Work until `stop` is set."""

    def report(self) -> dict[str, Any]:
        """What it has done so far, as JSON."""


def main(arguments: list[str]) -> None:
    """Run one role until it is told to stop."""
    parser = argparse.ArgumentParser(prog="stack.workload.run")
    parser.add_argument("role", type=Role, choices=list(Role))
    parser.add_argument("directory", type=Path)
    parser.add_argument("--port", type=int, required=True, help="where to export metrics")
    parser.add_argument("--rate", type=float, default=1.0, help="multiplies every stream's rate; inf: no pacing")
    parser.add_argument("--duration", type=float, default=math.inf, help="seconds until the process ends by itself")
    given = parser.parse_args(arguments)
    log_as_json()
    stop = Event()
    _stop_on_signals(stop)
    work(given.role, load_state(given.directory), given.port, given.rate, given.duration, stop)


def work(role: Role, state: StackState, port: int, rate: float, duration: float, stop: Event) -> None:
    """Prepare the company's topics where needed, then write or read until `stop` is set or the time is over."""
    company = load_company()
    if role is Role.PRODUCERS:
        log.info("provisioned", extra={"fields": {"changes": str(provision(company, state))}})
    ids = schema_ids(company, state)
    random = Random()  # noqa: S311  (invented records, no secrets)
    writes = role is Role.PRODUCERS
    half: Half = Producers(company, state, ids, rate, random) if writes else Consumers(company, state, ids)
    registry = CollectorRegistry()
    half.register(registry)
    ends = time.monotonic() + duration
    server, _thread = start_http_server(port, addr=HOST, registry=registry)
    write_in_one_step(target_file(state, role), json.dumps([_target(state, role, port)]))
    over = Event()
    observer = Thread(target=_observe, args=(state, role, half, ends, stop, over), name="observer")
    observer.start()
    try:
        half.run(stop)
    finally:
        stop.set()
        observer.join()
        server.shutdown()
        target_file(state, role).unlink(missing_ok=True)
        log.info("ended")
    if over.is_set():
        _sign_off(state, role)


def _observe(state: StackState, role: Role, half: Half, ends: float, stop: Event, over: Event) -> None:
    """Write down what happens every two seconds; end the process when its stack is gone, or its time (then `over`)."""
    while True:
        ended = stop.wait(REPORT_SECONDS)
        if not (state.directory / STATE_FILE).exists():
            stop.set()
            return
        write_in_one_step(report_file(state, role), json.dumps(half.report()))
        if ended:
            return
        if time.monotonic() >= ends:
            over.set()
            stop.set()


def _sign_off(state: StackState, role: Role) -> None:
    """Write down that the process ended as planned; nobody else would, and it would count as lost.

    A command that stops this process holds the stack's lock until it has ended: a signal must end the wait for it.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if not (state.directory / STATE_FILE).exists():
        return
    with locked(state.directory):
        now = load_state(state.directory)
        save_state(now.with_parts([replace(now.part(PARTS[role]), state=PartState.STOPPED, pid=None)]))


def _target(state: StackState, role: Role, port: int) -> dict[str, Any]:
    return {"targets": [f"{HOST}:{port}"], "labels": {"cluster": state.kafka.name, "role": role.value}}


def _stop_on_signals(stop: Event) -> None:
    def ask(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)


if __name__ == "__main__":
    main(sys.argv[1:])
