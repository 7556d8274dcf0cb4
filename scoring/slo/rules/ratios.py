"""Rules for minutes that are ratios, as `scoring.slo.ratios` makes them: good shares of counters as time slices, and
traffic that is weighed by a ratio which somebody else made."""

from __future__ import annotations

from scoring.slo.definition import Dialect, EventClass, EventsSli, GaugeQuery, Selector, SlicesSli
from scoring.slo.ratios import BAD as BAD_PART
from scoring.slo.ratios import GOOD as GOOD_PART
from scoring.slo.ratios import TOTAL as WHOLE
from scoring.slo.rules.conventions import BAD, COMPONENT, COMPONENT_NAME, DIALECT, IN_MINUTE, TOTAL
from scoring.slo.rules.counted_events import component_rules
from scoring.slo.rules.gauged_slices import BROKEN
from scoring.slo.rules.model import RecordingRule, Scope
from scoring.slo.rules.promql import by, decimal_text, selector_text


def share_rules(sli: SlicesSli, scope: Scope) -> tuple[RecordingRule, ...]:
    """A minute is bad when its good share breaks the condition; an idle one is good."""
    (dialect,) = sli.dialects
    names = {query.component for query in dialect.counters}
    total = f"({_component(WHOLE, dialect, scope)} or {_idle(dialect, scope)})"
    part = GOOD_PART if GOOD_PART in names else BAD_PART
    counted = f"({_component(part, dialect, scope)} or 0 * {total})"
    share = f"{counted} / ({total} > 0)"
    good = f"clamp_max({share}, 1)" if part == GOOD_PART else f"clamp_min(1 - {share}, 0)"
    condition = f"{BROKEN[sli.condition.operator]} bool {decimal_text(sli.condition.value)}"
    return (
        *component_rules(dialect.counters, dialect, scope),
        RecordingRule(TOTAL, f"0 * {total} + 1", scope.identity),
        RecordingRule(BAD, f"({good} {condition}) or 0 * {total}", scope.identity),
    )


def weighed_rules(sli: EventsSli, scope: Scope) -> tuple[RecordingRule, ...]:
    """The part of each minute's traffic that a ratio says; traffic of a minute without a ratio cannot be judged."""
    (dialect,) = sli.dialects
    (gauge,) = dialect.gauges
    (name,) = {query.component for query in dialect.counters}
    ratio = f"clamp({_ratio(gauge, scope)}, 0, 1)"
    bad = f"(1 - {ratio})" if sli.classify(gauge.component) is EventClass.GOOD else ratio
    traffic = f"({_component(name, dialect, scope)} or {_idle(dialect, scope)})"
    return (
        *component_rules(dialect.counters, dialect, scope),
        RecordingRule(TOTAL, f"{traffic} and {ratio}", scope.identity),
        RecordingRule(BAD, f"{traffic} * {bad}", scope.identity),
    )


def _ratio(gauge: GaugeQuery, scope: Scope) -> str:
    return f"max {by(scope.group_by)}(last_over_time({selector_text(gauge.selector, scope.cluster)}{IN_MINUTE}))"


def _component(name: str, dialect: Dialect, scope: Scope) -> str:
    labels = {**scope.identity, DIALECT: dialect.name, COMPONENT_NAME: name}
    return f"sum {by(scope.group_by)}({selector_text(Selector(COMPONENT, labels))})"


def _idle(dialect: Dialect, scope: Scope) -> str:
    """0 where the dialect's targets answer and have counted nothing yet."""
    presence = selector_text(dialect.presence, scope.cluster, dict.fromkeys(scope.group_by, "!"))
    return f"0 * count {by(scope.group_by)}(last_over_time({presence}{IN_MINUTE}))"
