"""Alerts: budget burning too fast, bands of the policy, violated invariants, and no data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from scoring.slo.budget import Band
from scoring.slo.burn import BurnPair, Severity, usable_pairs
from scoring.slo.definition import InvariantSli, Selector, SloDefinition
from scoring.slo.policy import ErrorBudgetPolicy, ReleaseClass
from scoring.slo.rules.conventions import (
    BAD,
    BAD_SUM,
    BAND,
    BAND_ALERT,
    BUDGET_BAD,
    BUDGET_TOTAL,
    BURN_ALERT,
    COVERAGE,
    INVARIANT_ALERT,
    NO_DATA_ALERT,
    PAIR,
    SEVERITY,
    TOTAL_SUM,
    WINDOW,
)
from scoring.slo.rules.model import AlertRule, Scope
from scoring.slo.rules.promql import by, decimal_text, selector_text
from scoring.slo.windows import RollingWindow

NO_DATA_FOR = timedelta(minutes=10)
"""Two of Prometheus' own lookbacks: a restart of Prometheus is no alert."""

_BAND_SEVERITY: Mapping[Band, Severity] = {
    Band.HALT: Severity.TICKET,
    Band.INCIDENT: Severity.PAGE,
    Band.LOCKDOWN: Severity.PAGE,
}


def burn_alerts(definition: SloDefinition, scope: Scope) -> tuple[AlertRule, ...]:
    """One alert for each pair that can fire, which the label says, so that the slower ones can be inhibited."""
    if definition.objective is None:
        return ()
    pairs, _ = usable_pairs(definition.objective, definition.window)
    return tuple(_burn_alert(definition, definition.objective, pair, scope) for pair in pairs)


def pair_name(pair: BurnPair) -> str:
    """Long and short window, as the label has them."""
    return f"{pair.long}/{pair.short}"


def _burn_alert(definition: SloDefinition, objective: Decimal, pair: BurnPair, scope: Scope) -> AlertRule:
    limit = pair.factor * (1 - objective)
    long, short = (
        f"({_of(BAD_SUM, scope, window)} > {decimal_text(limit)} * {_of(TOTAL_SUM, scope, window)})"
        for window in (pair.long, pair.short)
    )
    enough = f"({_of(TOTAL_SUM, scope, pair.long)} >= {pair.minimum_events(objective)})"
    kept = (*scope.group_by, *scope.identity)
    factor = decimal_text(pair.factor)
    return AlertRule(
        BURN_ALERT,
        f"max {by(kept)}({long} and ignoring ({WINDOW}) {short} and ignoring ({WINDOW}) {enough})",
        {**_labels(definition, scope), SEVERITY: pair.severity.value, PAIR: pair_name(pair)},
        {
            "summary": f"{_name(definition, scope)}: the error budget burns more than {factor} times too fast",
            "description": f"In the last {pair.long} more than {decimal_text(100 * limit)} % were bad, and in the last"
            f" {pair.short} too: {factor} times what {decimal_text(100 * objective)} % over {definition.window.text}"
            f" allows. Bad in the last {pair.long}: {{{{ $value }}}}.",
        },
    )


def band_alerts(definition: SloDefinition, policy: ErrorBudgetPolicy, scope: Scope) -> tuple[AlertRule, ...]:
    """One alert for each band of the policy, compared in whole numbers so that a band's edge is exact."""
    if definition.objective is None or not isinstance(definition.window, RollingWindow):
        return ()
    bad, total, coverage = (
        selector_text(Selector(name, scope.identity)) for name in (BUDGET_BAD, BUDGET_TOTAL, COVERAGE)
    )
    alerts: list[AlertRule] = []
    for threshold in reversed(policy.thresholds):
        spent = (1 - Fraction(threshold.share)) * (1 - Fraction(definition.objective))
        demand = policy.action(threshold.band, ReleaseClass.NON_CRITICAL)
        severity = _BAND_SEVERITY[threshold.band].value
        alerts.append(
            AlertRule(
                BAND_ALERT,
                f"{spent.denominator} * {bad} > {spent.numerator} * {total} "
                f"and {coverage} >= {decimal_text(definition.min_coverage)}",
                {
                    **_labels(definition, scope),
                    SEVERITY: severity,
                    BAND: threshold.band.value,
                },
                {
                    "summary": f"{_name(definition, scope)}: less than {decimal_text(100 * threshold.share)} %"
                    " of the error budget is left",
                    "description": f"{demand} The budget is {decimal_text(100 * (1 - definition.objective))} % bad over"
                    f" {definition.window.text}.",
                },
            )
        )
    return tuple(alerts)


def invariant_alerts(definition: SloDefinition, scope: Scope) -> tuple[AlertRule, ...]:
    """What must never happen, has happened within the window."""
    if not isinstance(definition.sli, InvariantSli):
        return ()
    # A calendar window has no sum of its own, and three days are the longest that is there all the same.
    found = _of(BAD_SUM, scope, "3d")
    if isinstance(definition.window, RollingWindow):
        found = f"{found} > 0 or {selector_text(Selector(BUDGET_BAD, scope.identity))}"
    return (
        AlertRule(
            INVARIANT_ALERT,
            f"max {by((*scope.group_by, *scope.identity))}({found}) > 0",
            {**_labels(definition, scope), SEVERITY: Severity.PAGE.value},
            {
                "summary": f"{_name(definition, scope)}: {{{{ $value }}}} found, and none is allowed",
                "description": f"Counted among {definition.sli.noun} over {definition.window.text}. It stays violated"
                " until somebody has acknowledged it with a cause.",
            },
        ),
    )


def no_data_alert(definition: SloDefinition, scope: Scope) -> AlertRule:
    """Nothing is recorded, of the whole SLO or of a group that was there within a day. No data is never healthy."""
    recorded = selector_text(Selector(BAD, scope.identity))
    day = _of(TOTAL_SUM, scope, "1d")
    gone = f"max {by((*scope.group_by, *scope.identity))}({day} unless ignoring ({WINDOW}) {recorded})"
    return AlertRule(
        NO_DATA_ALERT,
        f"absent({recorded}) or {gone}",
        {**_labels(definition, scope), SEVERITY: Severity.TICKET.value},
        {
            "summary": f"{_name(definition, scope)}: no data",
            "description": "Prometheus has nothing to judge this SLO by. Whether users are served is unknown: see"
            " whether the targets answer.",
        },
        NO_DATA_FOR,
    )


def _of(metric: str, scope: Scope, window: str) -> str:
    return selector_text(Selector(metric, {**scope.identity, WINDOW: window}))


def _labels(definition: SloDefinition, scope: Scope) -> dict[str, str]:
    named = {name: value for name, value in definition.labels.items() if name.isidentifier()}
    return {**named, **scope.identity, "gate": str(definition.gate).lower()}


def _name(definition: SloDefinition, scope: Scope) -> str:
    """The SLO, with its group where it is grouped, which Prometheus fills in."""
    groups = ", ".join(f"{label} {{{{ $labels.{label} }}}}" for label in scope.group_by)
    return f"{definition.title} ({groups})" if groups else definition.title
