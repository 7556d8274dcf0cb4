"""`streamgauge estate`: what was observed, in the terminal or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from dashboard.shapes import Shape
    from scoring.catalog.estate import ClusterName

SHOWN: dict[str, tuple[str, ...]] = {
    "topics": ("cluster", "name", "partitions", "replication_factor", "under_replicated", "cleanup_policy"),
    "groups": ("cluster", "name", "state", "members", "lag", "lag_max"),
    "subjects": ("cluster", "name", "schema_type", "compatibility", "latest_version"),
    "connectors": ("cluster", "name", "kind", "state", "tasks_running", "tasks"),
    "acls": ("cluster", "principal", "permission", "operation", "resource_type", "resource_name"),
}
"""The fields that fit a terminal; --json prints all of them."""

SENTENCES = {
    "topics": "Topics with their partitions and replicas.",
    "groups": "Consumer groups with their lag in messages.",
    "subjects": "Schema subjects with their compatibility level.",
    "connectors": "Connectors with the state of their tasks.",
    "acls": "Access rules as the authorizer stores them.",
}

group = typer.Typer(
    invoke_without_command=True,
    help="What was observed: counts and sources, or one kind of object in full.\n\n"
    "Examples: `streamgauge estate --json`, `streamgauge estate groups --json --cluster prod-eu`, "
    "`streamgauge estate topics --asof 2026-11-20T12:00`",
)


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for name in SENTENCES:
        group.command(name, help=f"{SENTENCES[name]}\n\nExample: `streamgauge estate {name} --json`")(_listing(name))
    app.add_typer(group, name="estate")


@group.callback()
def estate(
    context: typer.Context,
    config: ConfigOption = None,
    cluster: ClusterOption = None,
    asof: AsofOption = None,
    as_json: JsonOption = False,
) -> None:
    """Counts of everything observed, and the sources that they come from."""
    if context.invoked_subcommand is not None:
        return
    from dashboard.shapes import estate_shape

    store = open_configured(settings_of(config))
    name, moment = _cluster(cluster), utc(asof)
    shape = estate_shape(store.read.estate_counts(name, moment), store.read.source_states(name, moment))
    if as_json:
        print_json(shape)
        return
    print_table(
        f"Estate as of {shape['as_of']}", [{"what": key, "how many": value} for key, value in shape["counts"].items()]
    )
    print_table("Sources", [{**source, "error": source["error"] or "—"} for source in shape["sources"]])


def _listing(name: str) -> Any:
    def command(
        config: ConfigOption = None, cluster: ClusterOption = None, asof: AsofOption = None, as_json: JsonOption = False
    ) -> None:
        from dashboard.shapes import LISTINGS

        store = open_configured(settings_of(config))
        shapes = LISTINGS[name].shapes(store.read, _cluster(cluster), utc(asof))
        if as_json:
            print_json(shapes)
        else:
            print_table(f"{len(shapes)} {name}", _shown(name, shapes))

    return command


def _shown(name: str, shapes: Sequence[Shape]) -> list[Shape]:
    return [{field: shape[field] for field in SHOWN[name]} for shape in shapes]


def _cluster(name: str | None) -> ClusterName | None:
    from scoring.catalog.estate import ClusterName

    return None if name is None else ClusterName(name)
