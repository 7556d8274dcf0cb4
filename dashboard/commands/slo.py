"""`streamgauge slo`: error budgets in the terminal."""

from __future__ import annotations

import typer

from dashboard.commands.opening import (
    AsofOption,
    ClusterOption,
    ConfigOption,
    JsonOption,
    open_configured,
    settings_of,
    utc,
)
from dashboard.commands.printing import print_json, print_table
from dashboard.wording import UNKNOWN, count, goal_words, percents

group = typer.Typer(no_args_is_help=True, help="Service level objectives and their error budgets.")


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(group, name="slo")


@group.callback()
def slo() -> None:
    """Service level objectives and their error budgets."""


@group.command()
def status(
    config: ConfigOption = None, cluster: ClusterOption = None, asof: AsofOption = None, as_json: JsonOption = False
) -> None:
    """Every SLO of every cluster, the worst first.

    Examples: `streamgauge slo status`, `streamgauge slo status --json --cluster prod-eu`
    """
    from dashboard.budgets import statuses_of
    from dashboard.definitions import definitions
    from scoring.catalog.estate import ClusterName

    store = open_configured(settings_of(config))
    moment = utc(asof) or store.clock()
    name = None if cluster is None else ClusterName(cluster)
    found = [status for definition in definitions() for status in statuses_of(store.read, definition, name, moment)]
    if as_json:
        print_json([status.as_json() for status in found])
        return
    rows = [
        {
            "band": status.band.value,
            "SLO": f"{status.title}, {status.cluster}",
            "budget left": None if status.remaining is None else percents(status.remaining, 1),
            "good (promised)": f"{_share(status.sli)} ({goal_words(status.objective)})",
            "bad of total": f"{count(status.bad)} of {count(status.total)}",
            "observed": percents(status.coverage, 1),
            "state": status.state.value,
        }
        for status in found
    ]
    print_table(f"SLOs as of {moment:%Y-%m-%d %H:%M} UTC", rows)


def _share(share: float | None) -> str:
    return UNKNOWN if share is None else percents(share, 4)
