"""Three Grafana dashboards over what the rules record: all SLOs, one error budget, and the cluster's health."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from scoring.slo.definition import Selector, SloDefinition
from scoring.slo.policy import DEFAULT_POLICY
from scoring.slo.rules.cluster_board import cluster_board
from scoring.slo.rules.conventions import (
    BAD,
    BUDGET_BAD,
    BUDGET_TOTAL,
    BURN,
    COMPONENT,
    COMPONENT_NAME,
    COVERAGE,
    INFO,
    OBJECTIVE,
    REMAINING,
    SLO,
    TOTAL,
    WINDOW,
)
from scoring.slo.rules.grafana import Dashboard, Kind, Panel, Query, Step, Unit, Variable
from scoring.slo.rules.promql import selector_text

_CHOSEN = {SLO: "~$slo"}
_COLOURS = ("dark-red", "red", "orange")
_SLO = Variable("slo", "SLO", INFO, SLO)


def boards(definitions: Sequence[SloDefinition]) -> dict[str, dict[str, Any]]:
    """The documents by file name."""
    shown = {
        "slo-overview": overview(definitions),
        "slo-budget": budget(definitions),
        "cluster-health": cluster_board(),
    }
    return {name: board.document() for name, board in shown.items()}


def remaining_steps() -> tuple[Step, ...]:
    """Colours of a remaining budget: the bands of the policy, worst first."""
    edges = [float(threshold.share) for threshold in DEFAULT_POLICY.thresholds]
    return tuple(Step(low, colour) for low, colour in zip((None, *edges), (*_COLOURS, "green"), strict=True))


def overview(definitions: Sequence[SloDefinition]) -> Dashboard:
    """Every SLO, the emptiest budget first, and what has no data."""
    groups = _group_labels(definitions)
    named = f"{{{{{SLO}}}}}{_legend(groups)}"
    gone = f"{_of(INFO)} unless on ({SLO}) {_of(BAD)}"
    return Dashboard(
        "streamgauge-slo-overview",
        "SLO overview",
        "Every SLO with what is left of its error budget, how fast it burns, and how much of its window was observed.",
        (
            Panel(
                Kind.STAT,
                "Error budget left",
                "1 − bad ÷ allowed over the SLO's window. Below 20 % non-critical releases halt, below 10 % it is an"
                " incident, below 5 % lockdown.",
                (Query(f"sort(min by ({', '.join((SLO, *groups))}) ({_of(REMAINING)}))", named),),
                Unit.SHARE,
                width=24,
                height=7,
                steps=remaining_steps(),
                decimals=1,
            ),
            Panel(
                Kind.TABLE,
                "SLOs",
                "Bad and total are events, or minutes for time slices. An SLO without a budget left is idle, has no"
                " data or is an invariant.",
                (
                    Query(_of(OBJECTIVE), "promised"),
                    Query(_of(REMAINING), "budget left"),
                    Query(_of(BUDGET_BAD), "bad"),
                    Query(_of(BUDGET_TOTAL), "total"),
                    Query(_of(COVERAGE), "observed"),
                    Query(f"sum without ({WINDOW}) ({_of(BURN, '1h')})", "burn 1 h"),
                    Query(f"sum without ({WINDOW}) ({_of(BURN, '6h')})", "burn 6 h"),
                    Query(f"sum without ({WINDOW}) ({_of(BURN, '3d')})", "burn 3 d"),
                ),
                Unit.TIMES,
                width=24,
                height=10,
            ),
            Panel(
                Kind.TABLE,
                "No data",
                "SLOs that nothing is recorded of now. No data is never healthy.",
                (Query(gone, "no data"),),
                width=12,
                hidden=("Value",),
            ),
            Panel(
                Kind.TABLE,
                "Alerts firing",
                "Of all SLOs; slo_pair is the pair of windows that burns too fast.",
                (Query(f'ALERTS{{alertstate="firing",{SLO}=~"$slo"}}', "firing"),),
                width=12,
                hidden=("Value", "alertstate"),
            ),
        ),
        (_SLO,),
    )


def budget(definitions: Sequence[SloDefinition]) -> Dashboard:
    """One SLO: what is left, how it went, what burned it."""
    groups = _group_labels(definitions)
    named = f"{{{{{SLO}}}}}{_legend(groups)}"
    burned = f"sum by ({SLO}, {COMPONENT_NAME}) (sum_over_time({_of(COMPONENT)}[1d]))"
    return Dashboard(
        "streamgauge-slo-budget",
        "Error budget",
        "What is left of an error budget, how it went there and what burned it.",
        (
            Panel(
                Kind.GAUGE,
                "Left now",
                "1 − bad ÷ allowed over the SLO's window.",
                (Query(_of(REMAINING), named),),
                Unit.SHARE,
                width=6,
                steps=remaining_steps(),
                lowest=0,
                highest=1,
                decimals=1,
            ),
            Panel(
                Kind.LINES,
                "Rolling remaining",
                "What was left at each moment, of the window that ended then; it rises when old bad events leave it.",
                (Query(_of(REMAINING), named),),
                Unit.SHARE,
                width=18,
                steps=remaining_steps(),
                highest=1,
            ),
            Panel(
                Kind.LINES,
                "Burn rate",
                "1 spends exactly the budget over the window; 14.4 in 1 h and 5 m, 6 in 6 h and 30 m page.",
                (Query(_of(BURN), f"{named} {{{{{WINDOW}}}}}"),),
                Unit.TIMES,
                lowest=0,
            ),
            Panel(
                Kind.LINES,
                "Bad and all, a minute",
                "Events, or minutes of components for time slices.",
                (Query(_of(BAD), f"{named} bad"), Query(_of(TOTAL), f"{named} all")),
                lowest=0,
            ),
            Panel(
                Kind.TABLE,
                "What it was, in 24 h",
                "Events by component (error code, bucket), the most first; of time slices their bad minutes.",
                (Query(f"sort_desc({burned} > 0)", "events"),),
                width=12,
            ),
            Panel(
                Kind.LINES,
                "Observed",
                "Share of the SLO's window that says anything. Below the SLO's minimum no band is given.",
                (Query(_of(COVERAGE), named),),
                Unit.SHARE,
                lowest=0,
                highest=1,
            ),
        ),
        (_SLO,),
        since="now-7d",
    )


def _of(metric: str, window: str | None = None) -> str:
    labels = {**_CHOSEN, **({} if window is None else {WINDOW: window})}
    return selector_text(Selector(metric, labels))


def _group_labels(definitions: Sequence[SloDefinition]) -> tuple[str, ...]:
    return tuple(sorted({"cluster", *(label for definition in definitions for label in definition.sli.group_by)}))


def _legend(groups: Sequence[str]) -> str:
    return "".join(f" {{{{{label}}}}}" for label in groups)
