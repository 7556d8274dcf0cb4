"""All rules of an SLO, and what had to be left out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from scoring.slo.burn import usable_pairs
from scoring.slo.definition import EventsSli, Sli, SlicesSli, SloDefinition
from scoring.slo.policy import DEFAULT_POLICY, ErrorBudgetPolicy
from scoring.slo.rules.alerting import band_alerts, burn_alerts, invariant_alerts, no_data_alert
from scoring.slo.rules.budgets import budget_rules, window_rules
from scoring.slo.rules.conventions import BUDGET_INTERVAL, MINUTES_INTERVAL, RESERVED
from scoring.slo.rules.counted_events import counting_rules
from scoring.slo.rules.gauged_slices import slicing_rules
from scoring.slo.rules.model import RecordingRule, RuleGroup, RulesError, Scope
from scoring.slo.rules.ratios import share_rules, weighed_rules
from scoring.slo.windows import CalendarWindow


@dataclass(frozen=True, slots=True)
class SloRules:
    """The rule groups of one SLO. warnings: a sentence for each thing that its rules do not do."""

    groups: tuple[RuleGroup, ...]
    warnings: tuple[str, ...] = field(default=())


def slo_rules(
    definition: SloDefinition, cluster: Mapping[str, str] | None = None, policy: ErrorBudgetPolicy = DEFAULT_POLICY
) -> SloRules:
    """Recording and alert rules of one SLO. cluster: labels that single out one in a Prometheus that holds several.

    Raises RulesError for an SLO that is grouped by a label which the rules set themselves.
    """
    sli = definition.sli
    scope = Scope(definition.id, dict(cluster or {}), sli.group_by)
    taken = RESERVED & {*scope.group_by, *scope.cluster}
    if taken:
        raise RulesError(
            f"{definition.id}: the rules set the label {', '.join(sorted(taken))} themselves; group by another one"
        )
    counted = _minutes(sli, scope)
    dropped = () if definition.objective is None else usable_pairs(definition.objective, definition.window)[1]
    warnings = tuple(f"{definition.id}: {sentence}." for sentence in dropped)
    if isinstance(definition.window, CalendarWindow):
        warnings += (
            f"{definition.id}: the rules record no remaining budget and alert on no band: PromQL cannot tell when a"
            f" calendar window of {definition.window.text} in {definition.window.zone} began.",
        )
    alerts = (
        *burn_alerts(definition, scope),
        *band_alerts(definition, policy, scope),
        *invariant_alerts(definition, scope),
        no_data_alert(definition, scope),
    )
    name = "-".join((definition.id, *scope.cluster.values()))
    return SloRules(
        (
            RuleGroup(f"slo-{name}-minutes", MINUTES_INTERVAL, (*counted, *window_rules(definition, scope))),
            RuleGroup(f"slo-{name}-budget", BUDGET_INTERVAL, budget_rules(definition, scope)),
            RuleGroup(f"slo-{name}-alerts", MINUTES_INTERVAL, alerts),
        ),
        warnings,
    )


def _minutes(sli: Sli, scope: Scope) -> tuple[RecordingRule, ...]:
    """The rules that record an SLI's minutes."""
    if isinstance(sli, SlicesSli):
        return (
            share_rules(sli, scope) if any(dialect.counters for dialect in sli.dialects) else slicing_rules(sli, scope)
        )
    if isinstance(sli, EventsSli) and any(dialect.gauges for dialect in sli.dialects):
        return weighed_rules(sli, scope)
    return counting_rules(sli, scope)
