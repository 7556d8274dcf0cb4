"""What only probes ask of Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from data.evidence.monitoring import ask_alert_rules, ask_flink_jobs, ask_lag_series
from data.settings import PrometheusSettings
from data.sources.failures import SourceFailure
from data.sources.prometheus import PrometheusSource
from scoring.catalog.estate import FailureKind
from scoring.evidence.given import LagSeries, RunningJobs
from tests.unit.data.conftest import Asked, Reply, Service, reply

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
AHEAD = timedelta(seconds=90)
"""How far Prometheus' clock is before ours."""

RULE = {
    "name": "ConsumerLag",
    "query": "kafka_consumergroup_lag > 10",
    "health": "ok",
    "lastEvaluation": "2026-11-21T12:01:20.123456789Z",
    "labels": {"severity": "warning"},
    "type": "alerting",
}
NEW = {**RULE, "name": "New", "health": "unknown", "lastEvaluation": "0001-01-01T00:00:00Z"}
BROKEN = {**RULE, "name": "Broken", "health": "err", "lastError": "many-to-many"}


@pytest.fixture
def prometheus(service: Service) -> Iterator[PrometheusSource]:
    settings = PrometheusSettings(url=service.url, matchers={"cluster": "main"})
    source = PrometheusSource(settings)
    yield source
    source.close()


def vector(*labels: dict[str, str], value: str = "1") -> Reply:
    found = [{"metric": one, "value": [AT.timestamp(), value]} for one in labels]
    return reply({"status": "success", "data": {"resultType": "vector", "result": found}})


def scalar(value: float) -> Reply:
    data = {"resultType": "scalar", "result": [value, str(value)]}
    return reply({"status": "success", "data": data})


def promql(asked: Asked) -> str:
    return (asked.form.get("query") or asked.parameters.get("query") or [""])[0]


def test_the_first_exporter_that_has_data_tells_the_groups(service: Service, prometheus: PrometheusSource) -> None:
    def answer(asked: Asked) -> Reply:
        has = "kminion_kafka_consumer_group_topic_lag" in promql(asked)
        return vector({"group_id": "a"}, {"group_id": "b"}) if has else vector()

    service.answer = answer

    found = ask_lag_series(prometheus, AT)

    assert found.value == LagSeries("kminion", frozenset({"a", "b"}))
    assert found.query == 'count by (group_id) (kminion_kafka_consumer_group_topic_lag{cluster="main"})'
    assert found.observed_at == AT


def test_a_metric_that_nobody_exports_is_no_group_and_no_dialect(
    service: Service, prometheus: PrometheusSource
) -> None:
    service.answer = lambda _: vector()

    assert ask_lag_series(prometheus, AT).value == LagSeries("", frozenset())
    assert ask_flink_jobs(prometheus, AT).value == RunningJobs("", None)


@pytest.mark.parametrize(("value", "jobs"), [("3", 3), ("0", 0), ("NaN", None)])
def test_flinks_jobs_are_counted_where_it_tells(
    service: Service, prometheus: PrometheusSource, value: str, jobs: int | None
) -> None:
    service.answer = lambda _: vector({}, value=value)

    assert ask_flink_jobs(prometheus, AT).value.running == jobs


def test_rules_come_with_their_health_and_their_last_evaluation_by_our_clock(
    service: Service, prometheus: PrometheusSource
) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/api/v1/rules":
            groups = [{"name": "kafka", "interval": 15, "rules": [RULE, NEW, BROKEN, {"type": "recording"}]}]
            return reply({"status": "success", "data": {"groups": groups}})
        return scalar((AT + AHEAD).timestamp())

    service.answer = answer

    rule, new, broken = ask_alert_rules(prometheus, AT).value

    assert (rule.name, rule.group, rule.interval, rule.labels) == (
        "ConsumerLag",
        "kafka",
        15.0,
        {"severity": "warning"},
    )
    assert rule.evaluated_at == datetime(2026, 11, 21, 11, 59, 50, 123456, tzinfo=UTC)
    assert (new.evaluated_at, new.health) == (None, "unknown")
    assert (broken.health, broken.error) == ("err", "many-to-many")


def test_an_engine_without_rules_is_a_bad_answer_that_says_whom_to_ask(
    service: Service, prometheus: PrometheusSource
) -> None:
    service.answer = lambda asked: (
        reply({"status": "error"}, 404) if asked.path == "/api/v1/rules" else scalar(AT.timestamp())
    )

    with pytest.raises(SourceFailure) as caught:
        ask_alert_rules(prometheus, AT)

    assert caught.value.kind is FailureKind.BAD_ANSWER
    assert "ruler" in caught.value.next_step
