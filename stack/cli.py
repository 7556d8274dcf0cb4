"""`python -m stack`: the local platform from the command line. Progress goes to standard error, results to output."""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from stack import lifecycle, running
from stack.environment import exports
from stack.faults.cli import app as faults
from stack.monitoring import scrape_canary
from stack.state import DIRECTORY_VARIABLE, PartState, StackError, StackState, load_state, stack_directory

app = typer.Typer(
    name="stack",
    help="A real local Kafka platform: brokers, schema registry, Connect, Prometheus, Alertmanager and a workload.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(faults, name="fault")

_COLOURS = {
    PartState.RUNNING: "green",
    PartState.STARTING: "yellow",
    PartState.PAUSED: "yellow",
    PartState.LOST: "red",
    PartState.STOPPED: "dim",
}

Directory = Annotated[
    Path | None,
    typer.Option("--dir", envvar=DIRECTORY_VARIABLE, help="The stack's directory; .stack here when left out."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]

_progress = Console(stderr=True, highlight=False)


def say(text: str) -> None:
    """One line of progress, on standard error."""
    _progress.print(text, markup=False)


@app.command()
def up(
    directory: Directory = None,
    clusters: Annotated[
        int | None, typer.Option(min=1, max=2, help="2 adds a recovery site and MirrorMaker 2. Default 1.")
    ] = None,
    port_base: Annotated[int | None, typer.Option(min=1024, max=65000, help="Fixed ports from here on.")] = None,
    scrape_interval: Annotated[
        int | None, typer.Option(min=1, max=300, help="Seconds between scrapes. Default 2; 15 suits scale mode.")
    ] = None,
    broker_heap: Annotated[
        str | None, typer.Option(help="Heap of each broker. Default 512m; 2g suits scale mode.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Start the platform, or what of it does not run, and return when everything answers."""
    home = stack_directory(directory)
    request = lifecycle.Request(clusters, scrape_interval, broker_heap, port_base)
    try:
        state = lifecycle.up(home, request, say)
    except KeyboardInterrupt:
        say("interrupted; stopping what was started")
        lifecycle.down(home, purge=False, progress=say)
        raise typer.Exit(130) from None
    _show(state, as_json)


@app.command()
def down(
    directory: Directory = None,
    purge: Annotated[bool, typer.Option("--purge", help="Remove the directory with all data as well.")] = False,
) -> None:
    """Stop everything that belongs to the stack, whoever started it."""
    lifecycle.down(stack_directory(directory), purge, say)


@app.command()
def status(directory: Directory = None, as_json: AsJson = False) -> None:
    """Show every part with its state, pid and ports, as found by looking."""
    _show(running.observed(load_state(stack_directory(directory))), as_json)


@app.command()
def env(
    directory: Directory = None,
    canary: Annotated[
        bool, typer.Option("--canary", help="Have Prometheus scrape `streamgauge canary` as well, from now on.")
    ] = False,
) -> None:
    """Print `export` lines that point the application at this stack, as a read-only user, and its canary as another."""
    state = load_state(stack_directory(directory))
    if canary:
        scrape_canary(state)
    typer.echo(exports(state), nl=False)


def _add_delegate(name: str, module: str, summary: str) -> None:
    """A command whose own module reads its arguments, imported when it is asked for: up and down stay quick."""

    def delegate(context: typer.Context) -> None:
        importlib.import_module(module).app(args=context.args, prog_name=f"python -m stack {name}")

    passed_on = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
    app.command(name, help=summary, context_settings=passed_on)(delegate)


_add_delegate("workload", "stack.workload.commands", "Run the company that produces and consumes on the platform.")
_add_delegate("scale", "stack.scale", "Fill the cluster with thousands of topics and groups, for benchmarks.")
_add_delegate("backfill", "stack.backfill", "Write days of plausible history into Prometheus.")


def _show(state: StackState, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(state.to_json(), indent=2))
        return
    table = Table("part", "state", "pid", "ports", box=None, pad_edge=False)
    for part in state.parts:
        ports = "  ".join(f"{purpose} {port}" for purpose, port in part.ports.items())
        colour = _COLOURS[part.state]
        table.add_row(part.name, f"[{colour}]{part.state}[/]", str(part.pid or ""), ports)
    console = Console()
    console.print(table)
    console.print(f"\nKafka       {state.kafka.bootstrap}  (SASL, under ACLs)", highlight=False)
    console.print(f"Kafka admin {state.kafka.admin_bootstrap}  (plaintext, super user)", highlight=False)
    if state.dr is not None:
        console.print(f"Recovery    {state.dr.bootstrap}  (SASL, under ACLs)", highlight=False)
    console.print(f"Registry    {state.registry_url}", highlight=False)
    console.print(f"Connect     {state.connect_url}", highlight=False)
    console.print(f"Prometheus  {state.prometheus_url}", highlight=False)
    console.print(f"Alerts      {state.alertmanager_url}", highlight=False)


def main() -> None:
    """Run the command line; a StackError becomes one sentence and exit status 1."""
    try:
        app()
    except StackError as problem:
        say(str(problem))
        sys.exit(1)
