"""Settings and store for a command, and what a person reads when either is not as it should be."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from data.clock import utc_now
from data.settings import Settings, load_settings

if TYPE_CHECKING:
    from data.store import Store

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", help="Settings file; default: $STREAMGAUGE_CONFIG, then ./streamgauge.yaml.", show_default=False
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
ClusterOption = Annotated[str | None, typer.Option("--cluster", help="Only this cluster.", show_default=False)]
AsofOption = Annotated[
    datetime | None,
    typer.Option(
        "--asof",
        formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%d"],
        metavar="TIME",
        help="As it was known at this moment (UTC), such as 2026-11-20T12:00; default: now.",
        show_default=False,
    ),
]


def settings_of(config: Path | None) -> Settings:
    """The settings from file and environment. Raises SettingsError."""
    return load_settings(config, os.environ)


def utc(moment: datetime | None) -> datetime | None:
    """A moment from the command line, which means UTC."""
    return None if moment is None else moment.replace(tzinfo=UTC)


def open_configured(settings: Settings) -> Store:
    """The store that the settings name; with nothing configured, the one that holds the sample estate.

    Raises StoreError when the database cannot be opened.
    """
    # Imported here: a server listens, and a browser loads its scripts, before the database library is there.
    from data.sample import open_sample
    from data.store import open_store

    sample = settings.sample_file
    return open_store(settings.database()) if sample is None else open_sample(sample, utc_now())
