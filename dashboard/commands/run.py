"""`streamgauge run`: the pages, with the collector as a child process."""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
from concurrent.futures import Future
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from dashboard.commands.failures import CommandError
from dashboard.commands.opening import ConfigOption, open_configured, settings_of
from dashboard.instance import Instance, install
from dashboard.options import EVERYWHERE, LOOPBACK, streamlit_options
from dashboard.reader import Reader
from dashboard.security.gate import Gate
from dashboard.security.secrets import HashedSecret
from dashboard.start import without_collection
from dashboard.supervisor import Supervisor
from data.clock import Clock, utc_now
from data.settings import Settings

LOGGER = logging.getLogger(__name__)

PORT = 8501
PORTS_TRIED = 20
"""Ports after the first that are tried when nobody asked for a certain one."""
SHORT_TURNS = 0.0005
"""Seconds that the opening of the store may keep the interpreter while the browser asks for its seventy files.

With Python's 5 ms each of their answers would wait that long several times over.
"""
SECRET_VARIABLE = "STREAMGAUGE_ADMIN_SECRET"  # noqa: S105 - the variable's name, not a secret


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(run)


def run(
    config: ConfigOption = None,
    port: Annotated[
        int | None,
        typer.Option(min=1, max=65535, help=f"Port; default: the first free one from {PORT}.", show_default=False),
    ] = None,
    host: Annotated[
        str | None,
        typer.Option(help=f"Address to bind; default: {LOOPBACK}, with --share {EVERYWHERE}.", show_default=False),
    ] = None,
    share: Annotated[
        bool, typer.Option("--share", help="Let others on the network in, who know the admin secret.")
    ] = False,
    admin_secret_file: Annotated[
        Path | None,
        typer.Option(
            help=f"File that holds the admin secret; otherwise ${SECRET_VARIABLE}, or it is asked for.",
            show_default=False,
        ),
    ] = None,
    collect: Annotated[bool, typer.Option(help="Run the collector too; --no-collect when it runs elsewhere.")] = True,
) -> None:
    """Serve the pages, and collect while they are served.

    Without settings a recorded estate is shown. Only this machine can open the pages, unless --share is given.

    Examples:

    `streamgauge run`

    `streamgauge run --config /etc/streamgauge.yaml --port 8600`

    `streamgauge run --share --admin-secret-file /run/secrets/streamgauge`
    """
    settings = settings_of(config)
    address = host or (EVERYWHERE if share else LOOPBACK)
    if not share and address not in (LOOPBACK, "localhost", "::1"):
        raise CommandError(
            f"--host {address} can be reached by others; add --share, which asks them for the admin secret."
        )
    gate = _gate(settings, admin_secret_file) if share else None
    chosen = _free_port(address, port)
    _serve(settings, config, address, chosen, gate, collect=collect and settings.configured)


def _serve(
    settings: Settings, config: Path | None, address: str, port: int, gate: Gate | None, *, collect: bool
) -> None:
    """Serve until interrupted. The store is opened while the browser loads its scripts."""
    from dashboard.server import build_server

    options = streamlit_options(address, port, settings.public_url)
    opening: Future[Reader] = Future()
    clock = utc_now if settings.sample_file is None else _standing_clock(opening)
    supervisor = Supervisor(_collector_command(config), os.environ, utc_now) if collect else None
    instance = Instance(settings, config, opening, clock, supervisor, gate)
    install(instance)

    def started() -> None:
        threading.Thread(target=_open, args=(settings, opening, supervisor), name="opening", daemon=True).start()
        shown = settings.public_url or f"http://{'localhost' if address in (LOOPBACK, EVERYWHERE) else address}:{port}"
        typer.echo(f"streamgauge: {shown}")
        if settings.sample_file is not None:
            typer.echo("streamgauge: nothing is configured, so this is a recorded sample estate.")

    def stopped() -> None:
        if supervisor is not None:
            supervisor.stop()

    build_server(instance, options, started=started, stopped=stopped).run(config=options)


def _standing_clock(opening: Future[Reader]) -> Clock:
    """The sample's clock stands still at its end: while it is looked at, nothing in it grows old."""
    return lambda: opening.result().clock()


def _open(settings: Settings, opening: Future[Reader], supervisor: Supervisor | None) -> None:
    """Open the store, then start the collector: one of them migrates, the other finds it done."""
    between = sys.getswitchinterval()
    sys.setswitchinterval(SHORT_TURNS)
    try:
        with without_collection():
            store = open_configured(settings)
        opening.set_result(Reader(store.read, lambda: store.writable, clock=store.clock, store=store))
    except Exception as error:  # noqa: BLE001 - every page shows it, and the terminal says it
        opening.set_exception(error)
        typer.echo(f"streamgauge: the database cannot be used: {error}", err=True)
        return
    finally:
        sys.setswitchinterval(between)
    if supervisor is not None:
        supervisor.start()
    _load_first_page()
    _read_rubric(settings)


def _load_first_page() -> None:
    """Import what the first page is drawn with, and read its definitions, while the browser still loads its scripts."""
    from dashboard.definitions import produce_success
    from data.definitions.located import DefinitionError

    import_module("dashboard.components.overview")
    with suppress(DefinitionError):  # the page says it
        produce_success()


def _read_rubric(settings: Settings) -> None:
    """Say in the terminal when a company's own rubric cannot be used; the pages that need it say so too."""
    from dashboard.rubrics import instance_rubric
    from data.definitions.located import DefinitionError

    if settings.rubric_dir is None:
        return
    try:
        instance_rubric(settings)
    except DefinitionError as error:
        typer.echo(f"streamgauge: the rubric cannot be used: {error}", err=True)


def _collector_command(config: Path | None) -> list[str]:
    return [
        sys.executable,
        "-m",
        "dashboard.cli",
        "collect",
        "--follow-parent",
        *(["--config", str(config.resolve())] if config else []),
    ]


def _gate(settings: Settings, file: Path | None) -> Gate:
    """The gate with the admin's secret: from the option's file, the settings, or typed in."""
    try:
        secret = file.read_text(encoding="utf-8").strip() if file else settings.admin()
    except OSError as error:
        raise CommandError(f"the admin secret cannot be read: {error}") from error
    if secret is None:
        if not sys.stdin.isatty():
            raise CommandError(f"--share needs an admin secret: give --admin-secret-file, or set {SECRET_VARIABLE}.")
        secret = str(typer.prompt("Admin secret (at least 12 characters)", hide_input=True, confirmation_prompt=True))
    try:
        hashed = HashedSecret.of(secret)
    except ValueError as error:
        raise CommandError(f"{error}.") from error
    return Gate(hashed, secure=(settings.public_url or "").startswith("https://"))


def _free_port(address: str, wanted: int | None) -> int:
    """The wanted port, or the first free one. Raises CommandError when it is taken."""
    for port in [wanted] if wanted else range(PORT, PORT + PORTS_TRIED):
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError:
                continue
            return port
    taken = f"Port {wanted} is" if wanted else f"Ports {PORT} to {PORT + PORTS_TRIED - 1} are"
    raise CommandError(f"{taken} in use on {address}; choose another one with --port.")
