"""`streamgauge doctor`: what can be reached, what is missing, and what each lack costs."""

from __future__ import annotations

import typer

from dashboard.commands.failures import CommandError
from dashboard.commands.opening import ConfigOption, JsonOption, settings_of
from dashboard.commands.printing import print_json


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(doctor)


def doctor(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Check every connection: reachable, permissions with the ACL to add, metrics found, clocks, and what a lack costs.

    Examples: `streamgauge doctor`, `streamgauge doctor --json --config /etc/streamgauge.yaml`
    """
    from rich.console import Console

    from data import doctor as examining

    settings = settings_of(config)
    if not settings.configured:
        raise CommandError("no cluster is configured, so there is nothing to examine; name one in streamgauge.yaml.")
    reports = examining.examine(settings)
    if as_json:
        print_json(examining.as_json(reports))
    else:
        examining.render(reports, Console())
