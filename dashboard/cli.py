"""The command line. Each group of commands is one file in `dashboard.commands`."""

from __future__ import annotations

import sys
from importlib.metadata import version as installed_version

import typer

from dashboard.commands import (
    assess,
    canary,
    collect,
    db,
    doctor,
    estate,
    evidence,
    gate,
    record,
    rubric,
    run,
    slo,
    slo_rules,
)
from dashboard.commands.failures import explained

app = typer.Typer(
    name="streamgauge",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="How mature is this streaming platform, and what proves it.",
    epilog="Start with `streamgauge run`: without settings it shows a recorded estate.",
)
run.register(app)
collect.register(app)
canary.register(app)
estate.register(app)
slo.register(app)
slo_rules.register()
gate.register(app)
doctor.register(app)
record.register(app)
rubric.register(app)
assess.register(app)
evidence.register(app)
db.register(app)


@app.command()
def version() -> None:
    """Print the version.

    Example: `streamgauge version`
    """
    typer.echo(f"streamgauge {installed_version('streamgauge')}")


def main() -> None:
    """Run one command; errors that a person can mend are told in a sentence, without a traceback."""
    sys.exit(explained(app))


if __name__ == "__main__":
    main()
