"""`streamgauge canary`: live through what a user of each cluster would, and show it to Prometheus."""

from __future__ import annotations

import logging
import signal
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands.failures import CommandError
from dashboard.commands.opening import ClusterOption, ConfigOption, settings_of

if TYPE_CHECKING:
    from data.settings import CanarySettings, ClusterSettings, Settings


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(canary)


def canary(
    config: ConfigOption = None,
    cluster: ClusterOption = None,
    sampler: Annotated[
        bool, typer.Option("--sampler/--no-sampler", help="Check samples of topics under contract as well.")
    ] = True,
    acls: Annotated[bool, typer.Option("--acls", help="Print the permissions that its users need, and end.")] = False,
) -> None:
    """Write, read back and check records on every cluster that has a canary section, until interrupted.

    Examples: `streamgauge canary`, `streamgauge canary --cluster prod-eu --no-sampler`, `streamgauge canary --acls`
    """
    chosen = _chosen(settings_of(config), cluster)
    if acls:
        _print_acls(chosen)
        return
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    from data.canary.serving import PortTaken, ThreadDied, serve
    from data.sampling.sampler import beside_canary

    for one, settings in chosen:
        typer.echo(f"canary of {one.name}: http://{settings.address}:{settings.port}/metrics", err=True)
    try:
        serve(chosen, stop, beside_canary if sampler else lambda _cluster, _settings: None)
    except (PortTaken, ThreadDied) as problem:
        raise CommandError(str(problem)) from problem


def _chosen(settings: Settings, name: str | None) -> list[tuple[ClusterSettings, CanarySettings]]:
    """The clusters to run on, the named one or all that are enabled. Raises CommandError when there is none."""
    clusters = [cluster for cluster in settings.clusters if name in (None, cluster.name)]
    if name is not None and not clusters:
        known = ", ".join(cluster.name for cluster in settings.clusters) or "none"
        raise CommandError(f"no cluster is called {name}; configured: {known}.")
    chosen = [(one, one.canary) for one in clusters if one.canary is not None and one.canary.enabled]
    if not chosen:
        raise CommandError(
            "no cluster has a canary. It writes records, so it runs only where it is asked for: add `canary: {}` to the"
            " cluster in streamgauge.yaml, and see `streamgauge canary --acls` for the permissions that it needs."
        )
    return chosen


def _print_acls(chosen: list[tuple[ClusterSettings, CanarySettings]]) -> None:
    from data.canary.permissions import needed

    for one, settings in chosen:
        typer.echo(f"# {one.name}")
        for need, costs, command in needed(settings, settings.kafka or one.kafka):
            typer.echo(f"# {'optional' if need.optional else 'needed'}; without it {costs}\n{command}")
