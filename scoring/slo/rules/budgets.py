"""Rules that add recorded minutes up: over the windows of the burn alerts, and over the SLO's own."""

from __future__ import annotations

from datetime import timedelta

from scoring.slo.burn import BURN_WINDOWS
from scoring.slo.definition import Selector, SlicesSli, SloDefinition
from scoring.slo.rules.conventions import (
    BAD,
    BAD_RATIO,
    BAD_SUM,
    BUDGET_BAD,
    BUDGET_TOTAL,
    BURN,
    COVERAGE,
    INFO,
    MINUTES_INTERVAL,
    OBJECTIVE,
    REMAINING,
    TOTAL,
    TOTAL_SUM,
    WINDOW,
)
from scoring.slo.rules.model import RecordingRule, Scope
from scoring.slo.rules.promql import decimal_text, reach, selector_text
from scoring.slo.windows import RollingWindow


def window_rules(definition: SloDefinition, scope: Scope) -> tuple[RecordingRule, ...]:
    """For every window of the alerts bad and total, their ratio, divided last, and how fast that burns the budget.

    An idle window burns 0; one without data has no series.
    """
    rules: list[RecordingRule] = []
    for name, length in BURN_WINDOWS.items():
        labels = {**scope.identity, WINDOW: name}
        bad, total, ratio = (selector_text(Selector(metric, labels)) for metric in (BAD_SUM, TOTAL_SUM, BAD_RATIO))
        rules += [
            RecordingRule(BAD_SUM, _summed(BAD, scope, length), labels),
            RecordingRule(TOTAL_SUM, _summed(TOTAL, scope, length), labels),
            RecordingRule(BAD_RATIO, f"{bad} / ({total} > 0) or 0 * {total}", labels),
        ]
        if definition.objective is not None:
            rules.append(RecordingRule(BURN, f"{ratio} / {decimal_text(1 - definition.objective)}", labels))
    return tuple(rules)


def budget_rules(definition: SloDefinition, scope: Scope) -> tuple[RecordingRule, ...]:
    """Bad, total, coverage and what remains, over the SLO's window; nothing of it for a calendar window.

    A calendar window begins at a local midnight, which PromQL cannot reach back to.
    """
    described = {
        "title": definition.title,
        "window": definition.window.text,
        "kind": definition.kind,
        "gate": str(definition.gate).lower(),
        **{name: value for name, value in definition.labels.items() if name.isidentifier()},
    }
    rules = [RecordingRule(INFO, "vector(1)", {**described, **scope.identity})]
    if definition.objective is not None:
        rules.append(RecordingRule(OBJECTIVE, f"vector({decimal_text(definition.objective)})", scope.identity))
    if not isinstance(definition.window, RollingWindow):
        return tuple(rules)
    length = definition.window.length
    minutes = length // MINUTES_INTERVAL
    total = _summed(TOTAL, scope, length)
    if isinstance(definition.sli, SlicesSli):
        # The denominator is every minute of the window, observed or not.
        total = f"{minutes} * avg_over_time({selector_text(Selector(TOTAL, scope.identity))}{reach(length)})"
    recorded = selector_text(Selector(TOTAL, scope.identity))
    rules += [
        RecordingRule(BUDGET_BAD, _summed(BAD, scope, length), scope.identity),
        RecordingRule(BUDGET_TOTAL, total, scope.identity),
        RecordingRule(COVERAGE, f"count_over_time({recorded}{reach(length)}) / {minutes}", scope.identity),
    ]
    if definition.objective is not None:
        spent, all_of_it = (selector_text(Selector(metric, scope.identity)) for metric in (BUDGET_BAD, BUDGET_TOTAL))
        allowed = decimal_text(1 - definition.objective)
        rules.append(RecordingRule(REMAINING, f"1 - {spent} / ({allowed} * {all_of_it} > 0)", scope.identity))
    return tuple(rules)


def _summed(metric: str, scope: Scope, length: timedelta) -> str:
    return f"sum_over_time({selector_text(Selector(metric, scope.identity))}{reach(length)})"
