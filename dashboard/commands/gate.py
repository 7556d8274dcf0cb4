"""`streamgauge gate`: may this release go? The exit code is the answer, for pipelines."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from dashboard.commands.failures import CommandError
from dashboard.commands.opening import ClusterOption, ConfigOption, JsonOption, open_configured, settings_of
from dashboard.commands.printing import print_json
from dashboard.wording import moment

if TYPE_CHECKING:
    from scoring.slo.gate import GateDecision

NO_DATA = typer.Option(
    "--no-data", help="What an unknown budget means: stop, or pass.", metavar="stop|pass", show_default=True
)


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(gate)


def gate(
    release_class: Annotated[
        str, typer.Option("--class", help="What is to be released.", metavar="critical|non-critical")
    ],
    config: ConfigOption = None,
    cluster: ClusterOption = None,
    no_data: Annotated[str, NO_DATA] = "stop",
    as_json: JsonOption = False,
) -> None:
    """May this release go? Ends with 0 go, 3 halt, 4 incident, 5 lockdown, 6 no data, 2 for a wrong question.

    Examples: `streamgauge gate --class non-critical`, `streamgauge gate --class critical --cluster prod-eu --json`
    """
    from dashboard.releases import EXIT_CODES, UnknownClusterError, decision_json, release_decision
    from scoring.catalog.estate import ClusterName
    from scoring.slo.policy import ReleaseClass

    if release_class not in set(ReleaseClass):
        raise CommandError(f"--class {release_class}: it is one of {', '.join(ReleaseClass)}.")
    if no_data not in ("stop", "pass"):
        raise CommandError(f"--no-data {no_data}: it is stop or pass.")
    store = open_configured(settings_of(config))
    try:
        decision = release_decision(
            store,
            ReleaseClass(release_class),
            store.clock(),
            None if cluster is None else ClusterName(cluster),
            pass_without_data=no_data == "pass",
        )
    except UnknownClusterError as error:
        raise CommandError(f"--cluster {cluster}: {error}.") from error
    finally:
        store.close()
    if as_json:
        print_json(decision_json(decision))
    else:
        _print(decision)
    raise typer.Exit(EXIT_CODES[decision.verdict])


def _print(decision: GateDecision) -> None:
    from scoring.slo.gate import GateVerdict

    typer.echo(f"{decision.verdict.value.replace('_', ' ')}: {decision.text}")
    if decision.lifts is not None:
        typer.echo(f"Lifts {moment(decision.lifts)} if nothing more burns.")
    elif decision.verdict is not GateVerdict.GO:
        typer.echo("When it lifts cannot be known.")
    for reason in decision.reasons:
        if reason.holds_back and reason.text != decision.text:
            typer.echo(f"Also: {reason.text}")
        if reason.overridden is not None:
            let = reason.overridden
            typer.echo(
                f"Passed over: {reason.text} Overridden by {let.overridden_by} until {moment(let.until)}: {let.reason}"
            )
