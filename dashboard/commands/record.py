"""`streamgauge record`: the frozen records of meetings, listed, written to files, verified and imported."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.failures import CommandError
from dashboard.commands.opening import ConfigOption, JsonOption, open_configured, settings_of
from dashboard.commands.printing import print_json, print_table
from dashboard.wording import instant

group = typer.Typer(no_args_is_help=True, help="Frozen records of meetings: list, export, verify, import.")

CHANGED = 1
"""Exit code for a file that is no record, or not the one that it says."""


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(group, name="record")


@group.command(name="list")
def list_records(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """The closed meetings of every kind and the imported ones, the latest first.

    Example: `streamgauge record list`
    """
    from scoring.meetings.sessions import SessionKind

    store = open_configured(settings_of(config))
    rows = [
        {
            "session": row.session,
            "kind": kind.value,
            "title": row.title,
            "closed_at": instant(row.closed_at),
            "sha256": row.sha256,
            "origin": "",
        }
        for kind in SessionKind
        for row in store.meetings.read.records(kind)
    ]
    rows += [
        {
            "session": None,
            "kind": kind.value,
            "title": found.title,
            "closed_at": instant(found.closed_at),
            "sha256": found.sha256,
            "origin": found.origin,
        }
        for kind in SessionKind
        for found in store.imports.every(kind)
    ]
    rows.sort(key=lambda row: str(row["closed_at"]), reverse=True)
    if as_json:
        print_json(rows)
    else:
        print_table("Records", rows)


@group.command()
def export(
    session: Annotated[int, typer.Argument(help="Number of the session, as `record list` shows it.")],
    target: Annotated[
        Path, typer.Argument(help="File to write: .pdf, .pptx, .xlsx, .md, .csv or .json; it must not exist.")
    ],
    config: ConfigOption = None,
) -> None:
    """Write the record of a closed meeting to a file; the same record gives the same bytes.

    Example: `streamgauge record export 12 review.pdf`
    """
    from dashboard.exports.records import Format, export
    from scoring.meetings.sessions import SessionId

    try:
        form = Format(target.suffix.removeprefix(".").lower())
    except ValueError as error:
        raise CommandError(f"{target} says no format; end it with one of .{', .'.join(Format)}.") from error
    read = open_configured(settings_of(config)).meetings.read
    record = read.record(SessionId(session))
    if record is None:
        raise CommandError(f"Session {session} has no record; `streamgauge record list` shows those that have.")
    content = export(record, form, read.meeting(SessionId(session)).previous)
    try:
        with target.open("xb") as file:
            file.write(content)
    except FileExistsError as error:
        raise CommandError(f"{target} exists already; name another file, or remove it first.") from error
    except OSError as error:
        raise CommandError(f"{target} cannot be written: {error.strerror}.") from error
    typer.echo(f"{target}: {len(content)} bytes, SHA-256 of the record {record.sha256}")


@group.command()
def verify(
    file: Annotated[Path, typer.Argument(help="A record that was exported as JSON.")],
    sha256: Annotated[
        str | None,
        typer.Option("--sha256", help="The hash that it should have, as a PDF shows it.", show_default=False),
    ] = None,
) -> None:
    """Is this the record that it says? Needs no database; ends with 1 when it is not.

    Examples: `streamgauge record verify review.json`, `streamgauge record verify review.json --sha256 4f9a…`
    """
    from scoring.meetings.records import RecordError, verified_file

    try:
        record = verified_file(_content(file))
    except RecordError as error:
        typer.echo(f"{file}: {error}", err=True)
        raise typer.Exit(CHANGED) from error
    if sha256 is not None and record.sha256 != sha256.strip().lower():
        typer.echo(f"{file}: This is another record; its hash is {record.sha256}.", err=True)
        raise typer.Exit(CHANGED)
    session = record.session
    typer.echo(f"{file}: unchanged. {session.title}, closed {instant(session.closed_at)} by {session.closed_by}")
    typer.echo(f"SHA-256 {record.sha256}; the record before it: {record.previous or 'none'}")


@group.command(name="import")
def import_record(
    file: Annotated[Path, typer.Argument(help="The record of an assessment that was exported as JSON elsewhere.")],
    origin: Annotated[str, typer.Option("--origin", help="Whose assessment it is, such as “Platform North”.")],
    sha256: Annotated[
        str, typer.Option("--sha256", help="The hash that it should have, as a PDF shows it.", show_default=False)
    ] = "",
    config: ConfigOption = None,
) -> None:
    """Take in the record of an assessment that was closed elsewhere, to read and to compare with; ends with 1 when it
    is not what it says, and then nothing is written.

    Example: `streamgauge record import assessment.json --origin "Platform North"`
    """
    from dashboard.importing import import_assessment
    from scoring.actors import Actor
    from scoring.meetings.texts import RefusedError

    content, store = _content(file), open_configured(settings_of(config))
    try:
        import_assessment(store, Actor.local_admin(), origin, content, sha256)
    except RefusedError as error:
        typer.echo(f"{file}: {error}", err=True)
        raise typer.Exit(CHANGED) from error
    typer.echo(f"{file}: imported; read it on the page Assessment, under “From elsewhere”")


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
