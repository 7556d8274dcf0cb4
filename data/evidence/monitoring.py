"""What Prometheus, Alertmanager and the registry are asked for the probes alone."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from data.health.questions import Way
from data.sources.failures import SourceFailure
from data.sources.prometheus import PrometheusSource
from scoring.catalog.estate import FailureKind, Present
from scoring.evidence.given import AlertRule, LagSeries, RunningJobs
from scoring.slo.definition import Selector

RULES_QUERY = "GET /api/v1/rules?type=alert"


def _groups_by(dialect: str, metric: str, label: str) -> tuple[Way, str]:
    return Way(dialect, f"count by ({label}) ({{0}})", (Selector(metric),)), label


LAG_WAYS: tuple[tuple[Way, str], ...] = (
    _groups_by("kafka_exporter", "kafka_consumergroup_lag", "consumergroup"),
    _groups_by("kminion", "kminion_kafka_consumer_group_topic_lag", "group_id"),
    _groups_by("kafka-lag-exporter", "kafka_consumergroup_group_lag", "group"),
    _groups_by("otel", "kafka_consumer_group_lag", "group"),
)
"""Each exporter's lag metric and the label that names the group."""

FLINK_WAY = Way("flink", "sum({0})", (Selector("flink_jobmanager_numRunningJobs"),))

_NEVER = 1
"""The year of Go's zero time, which Prometheus gives for a rule that was never evaluated."""


def ask_lag_series(prometheus: PrometheusSource, at: datetime) -> Present[LagSeries]:
    """The groups that have a lag metric, in the first dialect that has data. Raises SourceFailure."""
    query = ""
    for way, label in LAG_WAYS:
        query = way.query(prometheus.matchers)
        answer = prometheus.query(query, at)
        if len(answer):
            groups = frozenset(one.labels[label] for one in answer if label in one.labels)
            return Present(LagSeries(way.dialect, groups), at, query)
    return Present(LagSeries("", frozenset()), at, query)


def ask_flink_jobs(prometheus: PrometheusSource, at: datetime) -> Present[RunningJobs]:
    """How many jobs Flink runs, as far as it is measured here. Raises SourceFailure."""
    query = FLINK_WAY.query(prometheus.matchers)
    answer = prometheus.query(query, at)
    values = [float(one.values[-1]) for one in answer]
    if not values or not math.isfinite(values[0]):
        return Present(RunningJobs("", None), at, query)
    return Present(RunningJobs(FLINK_WAY.dialect, int(values[0])), at, query)


def ask_alert_rules(prometheus: PrometheusSource, at: datetime) -> Present[tuple[AlertRule, ...]]:
    """Every alerting rule. Raises SourceFailure, also for an engine that has no rules.

    When a rule was evaluated is told by Prometheus' clock; it is put into ours, so that clocks may differ.
    """
    found = prometheus.alert_rules() or {}
    ahead = timedelta(seconds=prometheus.server_time() - at.timestamp())
    try:
        rules = tuple(
            _rule(group, rule, ahead)
            for group in found["groups"]
            for rule in group["rules"]
            if rule.get("type") in (None, "alerting")
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise SourceFailure(
            FailureKind.BAD_ANSWER,
            "What answers as Prometheus does not tell its alert rules.",
            "Point prometheus.url at what evaluates them: Prometheus itself, or the ruler of Thanos or Mimir.",
        ) from error
    return Present(rules, at, RULES_QUERY)


def _rule(group: Mapping[str, Any], rule: Mapping[str, Any], ahead: timedelta) -> AlertRule:
    evaluated = datetime.fromisoformat(str(rule.get("lastEvaluation") or "0001-01-01T00:00:00Z"))
    return AlertRule(
        name=str(rule["name"]),
        group=str(group["name"]),
        expression=str(rule["query"]),
        health=str(rule.get("health") or "unknown"),
        interval=float(group.get("interval") or 0),
        evaluated_at=None if evaluated.year == _NEVER else evaluated - ahead,
        labels={str(label): str(value) for label, value in (rule.get("labels") or {}).items()},
        error=str(rule.get("lastError") or ""),
    )
