"""`streamgauge evidence`: what machines see of each indicator, in the terminal or as JSON."""

from __future__ import annotations

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
from dashboard.wording import age
from data.clock import utc_now

if TYPE_CHECKING:
    from datetime import datetime

    from scoring.evidence.evaluation import Verdict
    from scoring.maturity.rubric import Indicator


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command()(evidence)


def evidence(
    config: ConfigOption = None, cluster: ClusterOption = None, asof: AsofOption = None, as_json: JsonOption = False
) -> None:
    """What the evidence says about each indicator, how far that goes, how old it is, and what was asked.

    Examples: `streamgauge evidence`, `streamgauge evidence --json --cluster prod-eu`
    """
    from dashboard.evidence import evidence_shape
    from data.definitions.rubric import load_rubric
    from data.evidence.verdicts import verdicts
    from scoring.catalog.estate import ClusterName

    settings = settings_of(config)
    store = open_configured(settings)
    rubric = load_rubric(settings.rubric_dir, settings.rubric_language)
    now, moment = utc_now(), utc(asof)
    name = None if cluster is None else ClusterName(cluster)
    found = verdicts(store, rubric, now, name, moment)
    if as_json:
        print_json(evidence_shape(rubric, found, store.findings.latest(name, moment)))
        return
    from scoring.evidence.evaluation import over_clusters

    rows = [_row(rubric.by_id[one.indicator], one, moment or now) for one in over_clusters(found)]
    print_table("Evidence", rows)


def _row(indicator: Indicator, verdict: Verdict, now: datetime) -> dict[str, Any]:
    from dashboard.evidence import in_words

    seen = verdict.observed_at
    return {
        "indicator": indicator.id,
        "title": indicator.title,
        "verdict": in_words(verdict),
        "what was seen": verdict.sentence if verdict.probes else "",
        "age": "" if seen is None else age(now - seen),
        "asked": "; ".join(verdict.queries),
    }
