"""`streamgauge collect`: observe the platform and write down what was seen."""

from __future__ import annotations

import logging
import signal
import threading
from typing import Annotated

import typer

from dashboard.commands.failures import CommandError
from dashboard.commands.opening import ConfigOption, open_configured, settings_of
from dashboard.commands.parent import follow_parent
from dashboard.commands.printing import print_table

NOTHING_COLLECTED = 1


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(collect)


def collect(
    config: ConfigOption = None,
    once: Annotated[
        bool, typer.Option("--once", help="Read everything once; ends with 1 only if nothing could be read.")
    ] = False,
    follow_parent_: Annotated[
        bool, typer.Option("--follow-parent", hidden=True, help="Stop when standard input closes.")
    ] = False,
) -> None:
    """Read every source of every cluster on its cadence until interrupted.

    `streamgauge run` starts this by itself; start it alone when the pages run elsewhere with --no-collect.

    Examples: `streamgauge collect`, `streamgauge collect --once --config /etc/streamgauge.yaml`
    """
    stop = threading.Event()
    if follow_parent_:
        follow_parent(stop.set)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    settings = settings_of(config)
    if not settings.configured:
        raise CommandError("no cluster is configured, so there is nothing to collect; name one in streamgauge.yaml.")
    from data.collect import collect_forever, collect_once

    store = open_configured(settings)
    try:
        if not once:
            collect_forever(settings, store, stop)
            return
        report = collect_once(settings, store)
    finally:
        store.close()
    rows = [
        {
            "cluster": run.cluster,
            "source": run.source.value,
            "what": run.scope,
            "state": "not written" if run.state is None else run.state.value,
            "what happened": f"{run.error} {run.next_step}".strip() or "—",
        }
        for run in report.runs
    ]
    print_table("Collected", rows)
    for cluster in report.elsewhere:
        typer.echo(f"{cluster} is collected by another running collector")
    if report.nothing_collected:
        raise typer.Exit(NOTHING_COLLECTED)
