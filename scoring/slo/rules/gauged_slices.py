"""Rules that say of each minute whether a gauge met its condition, as `scoring.slo.gauging` measures it."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.slo.definition import Dialect, GaugeQuery, Missing, Selector, SlicesSli, Within
from scoring.slo.rules.conventions import (
    BAD,
    COMPONENT,
    COMPONENT_NAME,
    DIALECT,
    IN_MINUTE,
    KNOWN,
    KNOWN_NOW,
    QUERY,
    TOTAL,
    UP,
)
from scoring.slo.rules.model import RecordingRule, Scope
from scoring.slo.rules.promql import by, decimal_text, quoted, selector_text

BROKEN: Mapping[str, str] = {"lt": ">=", "lte": ">", "gt": "<=", "gte": "<", "eq": "!=", "ne": "=="}
"""By the operator of a condition, PromQL's operator that holds when it does not."""


def slicing_rules(sli: SlicesSli, scope: Scope) -> tuple[RecordingRule, ...]:
    """Each component's minute as 1 for bad and 0 for good, then how many minutes there were and how many were bad."""
    components = [
        RecordingRule(
            COMPONENT,
            _component(sli, dialect, gauge, scope),
            {**scope.identity, DIALECT: dialect.name, QUERY: str(index), **_fixed(gauge)},
        )
        for dialect in sli.dialects
        for index, gauge in enumerate(dialect.gauges)
    ]
    totals = [_minutes(sli, dialect, scope, "count") for dialect in sli.dialects]
    bads = [_minutes(sli, dialect, scope, "sum") for dialect in sli.dialects]
    if sli.missing is Missing.BAD:
        totals.append("vector(1)" if not scope.group_by else _recently(scope))
        bads.append(totals[-1])
    return (
        *components,
        RecordingRule(TOTAL, " or ".join(totals), scope.identity),
        RecordingRule(BAD, " or ".join(bads), scope.identity),
    )


def _fixed(gauge: GaugeQuery) -> dict[str, str]:
    return {COMPONENT_NAME: gauge.component} if gauge.component_label is None else {}


def _component(sli: SlicesSli, dialect: Dialect, gauge: GaugeQuery, scope: Scope) -> str:
    """1 or 0 for a component that answered, 1 for one that answered within a day and does not now.

    The latter only while Prometheus stores samples of anything: after its own outage nothing is known.
    """
    selected = selector_text(gauge.selector, scope.cluster)
    kept = (*scope.group_by, *(() if gauge.component_label is None else (COMPONENT_NAME,)))
    aggregate = "min" if gauge.within is Within.MIN else "max"
    up = selector_text(Selector(UP), scope.cluster)
    own = ""
    if gauge.selector.metric == UP:
        # Every target has one; the dialect's are those that export its presence metric.
        presence = selector_text(dialect.presence, scope.cluster)
        own = f" and on ({', '.join(dialect.target_labels)}) last_over_time({presence}{KNOWN_NOW})"
    value = _named(f"{gauge.within.value}_over_time({selected}{IN_MINUTE}){own}", gauge)
    known = _named(f"last_over_time({selected}{KNOWN}){own}", gauge)
    alive = f"count(count_over_time({up}{IN_MINUTE}))"
    condition = f"{BROKEN[sli.condition.operator]} bool {decimal_text(sli.condition.value)}"
    return f"({aggregate} {by(kept)}({value}) {condition}) or ((0 * count {by(kept)}({known}) + 1) and on () {alive})"


def _named(expression: str, gauge: GaugeQuery) -> str:
    if gauge.component_label is None:
        return expression
    name = quoted(f"{gauge.component}$1")
    return f'label_replace({expression}, "{COMPONENT_NAME}", {name}, "{gauge.component_label}", "(.*)")'


def _minutes(sli: SlicesSli, dialect: Dialect, scope: Scope, operation: str) -> str:
    """Bad minutes (sum) or all (count): of every component, or one for all of them that is as bad as the worst."""
    states = selector_text(Selector(COMPONENT, {**scope.identity, DIALECT: dialect.name}))
    worst = f"max {by((*scope.group_by, COMPONENT_NAME))}({states})"
    if sli.per_component:
        return f"{operation} {by(scope.group_by)}({worst})"
    whole = f"max {by(scope.group_by)}({worst})"
    return whole if operation == "sum" else f"(0 * {whole} + 1)"


def _recently(scope: Scope) -> str:
    """One minute for each group that had one within the last day."""
    total = selector_text(Selector(TOTAL, scope.identity))
    return f"(0 * count {by(scope.group_by)}(last_over_time({total}[1d])) + 1)"
