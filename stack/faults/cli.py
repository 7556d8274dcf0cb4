"""`python -m stack fault …`."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from stack.faults import brokers, produce, services
from stack.faults.heal import heal
from stack.faults.outcome import Outcome
from stack.lifecycle import locked
from stack.plan import ALERTMANAGER, CONNECT, LAG_EXPORTER, PROMETHEUS, REGISTRY
from stack.state import DIRECTORY_VARIABLE, PartName, StackState, load_state, stack_directory

app = typer.Typer(help="Break something for real, see that it broke, and mend it.", no_args_is_help=True)

Directory = Annotated[Path | None, typer.Option("--dir", envvar=DIRECTORY_VARIABLE, help="The stack's directory.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a sentence.")]
Node = Annotated[int, typer.Argument(metavar="ID", min=1, max=3, help="The broker: 1, 2 or 3.")]


class Turn(StrEnum):
    """Which way to turn a service."""

    STOP = "stop"
    START = "start"


def _run(directory: Path | None, as_json: bool, act: Callable[[StackState], Outcome]) -> None:
    home = stack_directory(directory)
    load_state(home)
    with locked(home):
        outcome = act(load_state(home))
    if as_json:
        typer.echo(json.dumps(outcome.to_json()))
        return
    typer.echo(f"{outcome.effect} ({outcome.seconds:.1f} s)")


@app.command("produce-failure")
def produce_failure(
    fault: Annotated[produce.ProduceFault, typer.Argument(help="Why the produces should fail.")],
    count: Annotated[int, typer.Option("--count", min=1, max=100_000, help="How many.")] = 10,
    directory: Directory = None,
    as_json: AsJson = False,
) -> None:
    """Make exactly this many produces fail, with the error that the brokers count."""
    _run(directory, as_json, lambda state: produce.fail_produces(state, fault, count))


@app.command("kafka")
def kafka(turn: Turn, directory: Directory = None, as_json: AsJson = False) -> None:
    """Stop or start all brokers."""
    act = brokers.stop_kafka if turn is Turn.STOP else brokers.start_kafka
    _run(directory, as_json, act)


def _add_broker_fault(name: str, act: Callable[[StackState, int], Outcome]) -> None:
    def broker_fault(node: Node, directory: Directory = None, as_json: AsJson = False) -> None:
        _run(directory, as_json, lambda state: act(state, node))

    app.command(name, help=f"{act.__doc__} Returns when the cluster has noticed.")(broker_fault)


def _add_service(name: PartName) -> None:
    def service(turn: Turn, directory: Directory = None, as_json: AsJson = False) -> None:
        act = services.stop_service if turn is Turn.STOP else services.start_service
        _run(directory, as_json, lambda state: act(state, name))

    app.command(name, help=f"Stop or start {name}.")(service)


for _fault, _act in {
    "stop-broker": brokers.stop_broker,
    "kill-broker": brokers.kill_broker,
    "pause-broker": brokers.pause_broker,
    "resume-broker": brokers.resume_broker,
    "start-broker": brokers.start_broker,
}.items():
    _add_broker_fault(_fault, _act)
for _name in (REGISTRY, CONNECT, PROMETHEUS, ALERTMANAGER, LAG_EXPORTER):
    _add_service(_name)


@app.command("heal")
def heal_all(directory: Directory = None, as_json: AsJson = False) -> None:
    """Undo every fault: wake, start, clean up, and wait until all replicas are in sync."""
    _run(directory, as_json, heal)
