"""`streamgauge slo`: error budgets in the terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands.failures import CommandError
from dashboard.commands.opening import ClusterOption, ConfigOption, JsonOption, open_configured, settings_of
from dashboard.commands.printing import print_json, print_table
from dashboard.wording import UNKNOWN, count, goal_words, percents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.definitions.slo_files import Definitions
    from data.settings import PrometheusSettings, Settings
    from scoring.catalog.estate import ClusterName
    from scoring.slo.status import SloStatus

NAMELESS_CLUSTER = "default"
"""What the cluster behind --prometheus is called unless --cluster or the settings name it."""

PARTLY_READ = 1
"""Exit code when some SLOs could not be read."""

group = typer.Typer(no_args_is_help=True, help="Service level objectives and their error budgets.")

DefinitionsOption = Annotated[
    Path | None,
    typer.Option(
        "--definitions",
        exists=True,
        file_okay=False,
        help="Folder of SLO definitions; default: the six that ship.",
        show_default=False,
    ),
]
PrometheusOption = Annotated[
    str | None,
    typer.Option("--prometheus", help="Read straight from the Prometheus at this URL, without the store."),
]
AtOption = Annotated[
    str | None,
    typer.Option(
        "--at",
        "--asof",
        metavar="RFC3339",
        help="As of this moment, such as 2026-11-20T12:00:00Z (UTC where it says no zone); default: now.",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(group, name="slo")


@group.callback()
def slo() -> None:
    """Service level objectives and their error budgets."""


@group.command()
def status(
    config: ConfigOption = None,
    cluster: ClusterOption = None,
    definitions: DefinitionsOption = None,
    prometheus: PrometheusOption = None,
    at: AtOption = None,
    as_json: JsonOption = False,
) -> None:
    """Every SLO of every cluster, the worst first.

    Examples: `streamgauge slo status`, `streamgauge slo status --json --cluster prod-eu`,
    `streamgauge slo status --prometheus http://localhost:9090 --definitions slos/`
    """
    from data.definitions.slo_files import load_definitions
    from scoring.catalog.estate import ClusterName

    settings = settings_of(config)
    found = load_definitions() if definitions is None else load_definitions(definitions)
    for warning in found.warnings:
        typer.echo(f"streamgauge: {warning}", err=True)
    moment = _moment(at)
    name = None if cluster is None else ClusterName(cluster)
    if prometheus is None:
        failed, statuses = False, _stored(settings, found, name, moment)
    else:
        failed, statuses = _direct(settings, prometheus, found, name, moment or datetime.now(UTC))
    if as_json:
        print_json([status.as_json() for status in statuses])
    else:
        _print(statuses)
    if failed:
        raise typer.Exit(PARTLY_READ)


def _moment(text: str | None) -> datetime | None:
    """A moment from the command line, UTC where it says no zone."""
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"--at {text}: a moment is written as in 2026-11-20T12:00:00Z.") from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _stored(
    settings: Settings, found: Definitions, cluster: ClusterName | None, moment: datetime | None
) -> list[SloStatus]:
    from dashboard.agreed import agreed
    from dashboard.budgets import statuses_of
    from scoring.slo.gate import badness

    store = open_configured(settings)
    terms = agreed(store, moment, found)
    statuses = [
        status for slo in found.slos for status in statuses_of(store.read, slo, cluster, moment or store.clock(), terms)
    ]
    return sorted(statuses, key=badness)


def _direct(
    settings: Settings, url: str, found: Definitions, cluster: ClusterName | None, moment: datetime
) -> tuple[bool, list[SloStatus]]:
    """Whether any SLO could not be read, which is told on standard error; and the others."""
    from dashboard.definitions import terms
    from dashboard.direct import budgets_from

    connection, name = _connection(settings, url, cluster)
    budgets = budgets_from(connection, found.slos, name, moment, terms(found))
    for slo, failure in budgets.failures.items():
        typer.echo(f"streamgauge: {slo}: {failure}", err=True)
    return bool(budgets.failures), list(budgets.statuses)


def _connection(settings: Settings, url: str, cluster: ClusterName | None) -> tuple[PrometheusSettings, ClusterName]:
    """How to reach this Prometheus: as the settings say of the cluster that has it, otherwise just by its URL."""
    from pydantic import ValidationError

    from data.settings import PrometheusSettings
    from scoring.catalog.estate import ClusterName

    for one in settings.clusters:
        configured = one.prometheus
        if configured is not None and configured.url == url.rstrip("/") and cluster in (None, one.name):
            return configured, ClusterName(one.name)
    try:
        return PrometheusSettings(url=url), cluster or ClusterName(NAMELESS_CLUSTER)
    except ValidationError as error:
        raise CommandError(f"--prometheus {url}: {error.errors()[0]['msg']}.") from None


def _print(statuses: Sequence[SloStatus]) -> None:
    rows = [
        {
            "band": status.band.value,
            "SLO": ", ".join(filter(None, (status.title, status.cluster, status.group))),
            "budget left": _left(status),
            "good (promised)": _good(status),
            "bad of total": f"{count(status.bad)} of {count(status.total)}",
            "observed": percents(status.coverage, 1),
            "state": status.state.value,
        }
        for status in statuses
    ]
    as_of = f" as of {statuses[0].as_of:%Y-%m-%d %H:%M} UTC" if statuses else ""
    print_table(f"SLOs{as_of}", rows)
    for status in statuses:
        for note in status.notes:
            typer.echo(f"{status.title}: {note}")


def _left(status: SloStatus) -> str:
    if status.objective is None:
        return "has none"
    return UNKNOWN if status.remaining is None else percents(status.remaining, 1)


def _good(status: SloStatus) -> str:
    promised = f"({goal_words(status.objective)})"
    if status.objective is None:
        return promised
    return f"{UNKNOWN if status.sli is None else percents(status.sli, 4)} {promised}"
