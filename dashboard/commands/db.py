"""`streamgauge db`: back up, restore and check the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.opening import ConfigOption, open_configured, settings_of
from dashboard.wording import plural
from scoring.actors import Actor

group = typer.Typer(no_args_is_help=True, help="Back up, restore and check the database.")

FOUND_BROKEN = 1


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(group, name="db")


@group.command()
def backup(
    target: Annotated[Path, typer.Argument(help="File to write; it must not exist.")], config: ConfigOption = None
) -> None:
    """Write a consistent copy while pages and collector go on.

    Example: `streamgauge db backup /backup/streamgauge-2026-11-20.sqlite`
    """
    from data.store import maintenance

    report = maintenance.backup(open_configured(settings_of(config)), target)
    typer.echo(f"{report.file}: {plural(report.rows, 'row')}, {report.bytes / 1e6:.1f} MB")


@group.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that `db backup` wrote.")],
    config: ConfigOption = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is in the database now.")] = False,
) -> None:
    """Put a backup in place of everything that is in the database.

    Examples: `streamgauge db restore backup.sqlite`, `streamgauge db restore backup.sqlite --force`
    """
    from data.store import maintenance

    settings = settings_of(config)
    rows = maintenance.restore(open_configured(settings), file, Actor.local_admin(), force=force)
    typer.echo(f"{settings.shown_database()}: {plural(rows, 'row')} restored from {file}")


@group.command()
def check(config: ConfigOption = None) -> None:
    """Look for damage; ends with 1 when there is any.

    Example: `streamgauge db check`
    """
    from data.store import maintenance

    settings = settings_of(config)
    findings = maintenance.check(open_configured(settings))
    for finding in findings:
        typer.echo(finding)
    if findings:
        raise typer.Exit(FOUND_BROKEN)
    typer.echo(f"{settings.shown_database()}: whole")
