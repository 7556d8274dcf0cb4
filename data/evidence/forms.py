"""The stored form of what was asked for the probes alone: canonical JSON, and back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scoring.evidence.alert_routing import Matcher, Route, Routing
from scoring.evidence.given import AlertRule, LagSeries, RunningJobs
from scoring.evidence.probe import Need
from scoring.meetings.canonical import instant


@dataclass(frozen=True, slots=True)
class Form:
    """How one kind of answer is written and read."""

    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def encoded(need: Need, value: object) -> str:
    """The answer as text. Raises KeyError for a part that comes from the estate."""
    return json.dumps(FORMS[need].write(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def decoded(need: Need, text: str) -> Any:
    """The answer from its text."""
    return FORMS[need].read(json.loads(text))


def _write_rules(rules: tuple[AlertRule, ...]) -> list[list[Any]]:
    return [
        [
            rule.name,
            rule.group,
            rule.expression,
            rule.health,
            rule.interval,
            None if rule.evaluated_at is None else instant(rule.evaluated_at),
            dict(rule.labels),
            rule.error,
        ]
        for rule in rules
    ]


def _read_rules(rows: list[list[Any]]) -> tuple[AlertRule, ...]:
    return tuple(
        AlertRule(name, group, text, health, interval, datetime.fromisoformat(at) if at else None, labels, error)
        for name, group, text, health, interval, at, labels, error in rows
    )


def _write_route(route: Route) -> list[Any]:
    matchers = [[one.label, one.operator, one.value] for one in route.matchers]
    return [route.receiver, matchers, route.carries_on, [_write_route(child) for child in route.children]]


def _read_route(row: list[Any]) -> Route:
    receiver, matchers, carries_on, children = row
    return Route(
        receiver, tuple(Matcher(*one) for one in matchers), carries_on, tuple(_read_route(child) for child in children)
    )


FORMS: Mapping[Need, Form] = {
    Need.GLOBAL_LEVEL: Form(str, str),
    Need.LAG_SERIES: Form(
        lambda one: [one.dialect, sorted(one.groups)], lambda row: LagSeries(row[0], frozenset(row[1]))
    ),
    Need.FLINK_JOBS: Form(lambda one: [one.dialect, one.running], lambda row: RunningJobs(*row)),
    Need.ALERT_RULES: Form(_write_rules, _read_rules),
    Need.ROUTING: Form(
        lambda one: [_write_route(one.root), {name: list(kinds) for name, kinds in one.receivers.items()}],
        lambda row: Routing(_read_route(row[0]), {name: tuple(kinds) for name, kinds in row[1].items()}),
    ),
}
"""By the part of ClusterEvidence that it becomes."""
