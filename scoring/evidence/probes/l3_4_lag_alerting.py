"""Is consumer lag monitored, and does an alert about it reach somebody?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from scoring.catalog.estate import Present
from scoring.evidence.aspects import Aspects, Judgement, Strength, VerdictState
from scoring.evidence.finding import (
    METRICS_TTL,
    About,
    Effort,
    Finding,
    ObjectKind,
    Outcome,
    Remediation,
    named,
)
from scoring.evidence.given import AlertRule, GroupUse
from scoring.evidence.probe import Need, Notes, Probe, seen
from scoring.maturity.rubric import IndicatorId, ProbeId

COVERAGE, RULES, ROUTE = "coverage", "rules", "route"
NEARLY_ALL = Fraction(95, 100)
"""The share of active groups that need a lag metric."""

MISSED_EVALUATIONS = 2
"""Intervals after which a rule that was not evaluated no longer watches."""

_IDENTIFIER = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_QUOTED = re.compile(r"""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`""")
_OTHER_LAG = re.compile(r"replica|fetcher|mirror|flag", re.IGNORECASE)
"""Names with `lag` in them that are about replicas, mirrors, or no lag at all."""


def _look(notes: Notes) -> Iterator[Finding]:
    yield from _coverage(notes)
    lacking = notes.lacking(RULES, Need.ALERT_RULES, "The alert rules")
    if lacking is not None:
        yield lacking
        return
    every = seen(notes.given.alert_rules)
    rules = [(name, rule) for name, rule in _named_apart(every) if asks_for_lag(rule.expression)]
    for name, rule in rules:
        finding = _rule(notes, name, rule)
        yield finding
        if finding.outcome is Outcome.TRUE:
            yield _route(notes, name, rule)
    if not rules:
        sentence = f"None of {len(every)} alert rules asks for the lag of consumers."
        yield notes.of(RULES, notes.cluster, Outcome.FALSE, sentence, (Need.ALERT_RULES,))


def asks_for_lag(expression: str) -> bool:
    """True when PromQL names something with consumers' lag, in whatever exporter's words."""
    names = (found[0] for found in _IDENTIFIER.finditer(_QUOTED.sub("", expression)))
    return any("lag" in name.lower() and not _OTHER_LAG.search(name) for name in names)


def _coverage(notes: Notes) -> Iterator[Finding]:
    """Each group in use: whether its lag is measured, by name, because exporters leave some groups out."""
    lacking = notes.lacking(COVERAGE, Need.LAG_SERIES, "The lag metrics") or notes.lacking(
        COVERAGE, Need.GROUPS, "The consumer groups"
    )
    if lacking is not None:
        yield lacking
        return
    needs = (Need.LAG_SERIES, Need.GROUPS)
    series = seen(notes.given.lag_series)
    unwatched = notes.given.naming.unwatched_groups
    groups = {one.id: _in_use(one) for one in seen(notes.given.groups) if not unwatched.search(one.id)}
    groups = {name: used for name, used in groups.items() if used is not False}
    for name, used in groups.items():
        about = About(ObjectKind.GROUP, name)
        if name in series.groups:
            sentence = f"The lag of {name} is measured."
            yield notes.of(COVERAGE, about, Outcome.TRUE, sentence, needs, [("exporter", series.dialect)])
        elif used is None:
            sentence = f"The lag of {name} is not measured, and whether it is in use is not known yet."
            yield notes.of(COVERAGE, about, Outcome.NOT_AVAILABLE, sentence, needs)
        else:
            why = "" if series.dialect else " No known exporter's lag metric is there."
            sentence = f"The lag of {name} is not measured.{why}"
            yield notes.of(COVERAGE, about, Outcome.FALSE, sentence, needs)
    if not groups:
        partial = notes.partial(Need.GROUPS)
        outcome = Outcome.NOT_AVAILABLE if partial else Outcome.NOT_APPLICABLE
        sentence = f"No active group was seen. {partial}".strip()
        yield notes.of(COVERAGE, notes.cluster, outcome, sentence, needs)


def _in_use(group: GroupUse) -> bool | None:
    """Whether a group reads a topic; one that only shares work, as Connect's workers do, has no lag."""
    used = set(group.reads.values())
    return True if True in used else None if None in used else False


def _named_apart(rules: tuple[AlertRule, ...]) -> Iterator[tuple[str, AlertRule]]:
    """Each rule with a name of its own; one alert may have several rules, such as one a severity."""
    seen: dict[str, int] = {}
    for rule in rules:
        name = f"{rule.group}/{rule.name}"
        seen[name] = seen.get(name, 0) + 1
        yield (name if seen[name] == 1 else f"{name} ({seen[name]})"), rule


def _rule(notes: Notes, name: str, rule: AlertRule) -> Finding:
    """Whether a rule works: evaluated without error, and lately, as of when Prometheus was asked."""
    about, needs = About(ObjectKind.ALERT_RULE, name), (Need.ALERT_RULES,)
    # Prometheus names two of the series first, other ones each time; what is wrong stands at the end
    why = [("error", rule.error.rpartition(";")[2])] if rule.error else []
    sample = [("expression", rule.expression), *why]
    if rule.health == "err":
        return notes.of(RULES, about, Outcome.FALSE, f"Rule {rule.name} fails when it is evaluated.", needs, sample)
    if rule.evaluated_at is None or rule.health != "ok":
        sentence = f"Rule {rule.name} has not been evaluated yet."
        return notes.of(RULES, about, Outcome.NOT_AVAILABLE, sentence, needs, sample)
    part = notes.part(Need.ALERT_RULES)
    asked_at = part.observed_at if isinstance(part, Present) else notes.now
    if (asked_at - rule.evaluated_at).total_seconds() > MISSED_EVALUATIONS * rule.interval:
        sentence = f"Rule {rule.name} is not evaluated any more, although it should be every {rule.interval:g} s."
        return notes.of(RULES, about, Outcome.FALSE, sentence, needs, sample)
    return notes.of(RULES, about, Outcome.TRUE, f"Rule {rule.name} is evaluated without error.", needs, sample)


def _route(notes: Notes, name: str, rule: AlertRule) -> Finding:
    """Where the rule's alert goes."""
    about, needs = About(ObjectKind.ALERT_RULE, name), (Need.ROUTING, Need.ALERT_RULES)
    part = notes.part(Need.ROUTING)
    if not isinstance(part, Present):
        sentence = f"Where alert {rule.name} goes is not known. Alertmanager: {part.sentence} {part.next_step}".strip()
        return notes.of(ROUTE, about, Outcome.NOT_AVAILABLE, sentence, needs)
    fixed = {label: value for label, value in rule.labels.items() if "{{" not in value}
    labels = {**fixed, "alertname": rule.name}
    reached = sorted({receiver for receivers in part.value.possible(labels) for receiver in receivers})
    tells = part.value.tells_somebody(labels)
    sample = [("receivers", ", ".join(reached))]
    if tells is None:
        sentence = (
            f"Alert {rule.name} goes to {named(reached)}, by labels that only the alert has; not all tell anybody."
        )
        return notes.of(ROUTE, about, Outcome.NOT_AVAILABLE, sentence, needs, sample)
    if tells:
        sentence = f"Alert {rule.name} goes to {named(reached)}."
        return notes.of(ROUTE, about, Outcome.TRUE, sentence, needs, sample)
    sentence = f"Alert {rule.name} goes to {named(reached)}, which tells nobody."
    return notes.of(ROUTE, about, Outcome.FALSE, sentence, needs, sample)


def _judge(aspects: Aspects) -> Judgement:
    coverage, rules, route = aspects[COVERAGE], aspects[RULES], aspects[ROUTE]
    if rules.false and rules.at_least(1) is False:
        return Judgement(VerdictState.REFUTED, rules.findings[0].sentence)
    if rules.true and route.at_least(1) is False:
        return Judgement(VerdictState.REFUTED, route.findings[0].sentence)
    measured = f"the lag of {coverage.true} of {coverage.applicable} active groups is measured"
    enough = coverage.share_of(NEARLY_ALL)
    if enough is False and not coverage.true and not coverage.unknown:
        return Judgement(VerdictState.REFUTED, f"The lag of none of {coverage.applicable} active groups is measured.")
    if not rules.true:
        return aspects.unsettled(RULES)
    if enough is None:
        return aspects.unsettled(COVERAGE)
    alert = f"{named(one.partition('/')[2] for one in rules.names(Outcome.TRUE))} watches it"
    if not enough:
        missing = named(coverage.names(Outcome.FALSE))
        return Judgement(VerdictState.PARTLY, f"{alert}, but {measured}; that of {missing} is not.")
    if route.true:
        told = f"{measured[0].upper()}{measured[1:]}, {alert}, and the alert reaches somebody."
        return Judgement(VerdictState.SUPPORTED, told, Strength.PROVES)
    seen = f"{measured[0].upper()}{measured[1:]}, and {alert}. {route.findings[0].sentence}"
    return Judgement(VerdictState.SUPPORTED, seen, Strength.SUGGESTS)


PROBE = Probe(
    id=ProbeId("l3_4_lag_alerting"),
    indicators=(IndicatorId("L3.4"),),
    question="Is the lag of nearly every active group measured, and does a working alert on it reach somebody?",
    needs=frozenset({Need.GROUPS, Need.LAG_SERIES, Need.ALERT_RULES, Need.ROUTING}),
    ttl=METRICS_TTL,
    look=_look,
    judge=_judge,
    remedies={
        COVERAGE: Remediation(
            Effort.LOW, "Run a lag exporter that sees this group (kafka_exporter, KMinion) and have it scraped."
        ),
        RULES: Remediation(
            Effort.LOW,
            "Add an alert rule on consumer lag, or mend the one there is: Prometheus shows its error at /rules.",
        ),
        ROUTE: Remediation(Effort.LOW, "Route the alert's severity to a receiver that tells whoever is on call."),
    },
)
