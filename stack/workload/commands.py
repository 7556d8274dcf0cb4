"""`python -m stack workload …`: the company's applications from the command line."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from stack.state import DIRECTORY_VARIABLE, stack_directory
from stack.workload import background
from stack.workload.background import Role

app = typer.Typer(
    name="workload",
    help="The company whose applications write to the platform and read from it.",
    no_args_is_help=True,
)

Directory = Annotated[
    Path | None,
    typer.Option("--dir", envvar=DIRECTORY_VARIABLE, help="The stack's directory; .stack here when left out."),
]
Only = Annotated[Role | None, typer.Option("--only", help="One half of it; both when left out.")]


@app.command()
def start(
    directory: Directory = None,
    rate: Annotated[
        str,
        typer.Option(help="Multiplies the rates of company.yaml: 0 writes nothing, max as fast as the machine goes."),
    ] = "1",
    duration: Annotated[float | None, typer.Option(min=1, help="Seconds until it ends by itself.")] = None,
    only: Only = None,
) -> None:
    """Create topics, ACLs and schemas that are missing, and start writing and reading in the background."""
    say = Console(stderr=True, highlight=False).print
    state = background.start(stack_directory(directory), say, background.parse_rate(rate), duration, _roles(only))
    for role in _roles(only):
        part = state.part(background.PARTS[role])
        typer.echo(f"{part.name}  pid {part.pid}  metrics {part.ports['metrics']}  log {part.log}")


@app.command()
def stop(directory: Directory = None, only: Only = None) -> None:
    """End it: what is under way is acknowledged, offsets are committed, groups are left."""
    background.stop(stack_directory(directory), _roles(only))


@app.command()
def status(
    directory: Directory = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Show what runs, and what became of the records of every stream."""
    found = background.status(stack_directory(directory))
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    _show(found)


@app.command()
def once(
    directory: Directory = None,
    records: Annotated[int, typer.Option(min=0, help="Records for each stream.")] = 5,
) -> None:
    """Create what is missing, write a few records to every stream, and end."""
    done = background.once(stack_directory(directory), records)
    typer.echo(json.dumps({"changes": asdict(done.changes), "acked": done.records}, indent=2))


def _roles(only: Role | None) -> tuple[Role, ...]:
    return tuple(Role) if only is None else (only,)


def _show(found: dict[str, Any]) -> None:
    console = Console(highlight=False)
    for role, facts in found.items():
        console.print(f"{role}: " + (f"running, pid {facts['pid']}" if facts["running"] else "not running"))
    streams = found[Role.PRODUCERS.value]["report"] or {}
    table = Table(box=None, pad_edge=False)
    for column in ("stream", "topic", "sent", "acked", "failed"):
        table.add_column(column, overflow="fold")
    for name, stream in streams.items():
        failed = ", ".join(f"{code} {times}" for code, times in stream["failed"].items())
        table.add_row(name, stream["topic"], str(stream["sent"]), str(stream["acked"]), failed or "0")
    console.print(table)
