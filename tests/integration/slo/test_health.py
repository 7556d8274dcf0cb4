"""Questions about a cluster's health, answered by a real Prometheus that serves a hand-made past."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from data.health.asking import ask_health
from data.health.questions import HealthKey
from tests.integration.slo.conftest import Serve

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTES = 90

JMX = "kafka_server_replicamanager_underreplicatedpartitions"
CONTROLLER = "kafka_controller_kafkacontroller_activecontrollercount"
ERRORS = "kafka_network_requestmetrics_errors_total"


def lines(series: str, values: list[float]) -> list[str]:
    """One sample a minute, the last one at AT."""
    end = int(AT.timestamp())
    return [f"{series} {value} {end - 60 * (len(values) - 1 - at)}" for at, value in enumerate(values)]


def metrics(*parts: list[str]) -> str:
    return "\n".join([*(line for part in parts for line in part), "# EOF", ""])


def test_each_question_is_answered_by_what_this_prometheus_has(serve: Serve) -> None:
    answered = [1.0 * at for at in range(MINUTES)]
    source = serve(
        metrics(
            *(lines(f'{JMX}{{instance="b{broker}"}}', [float(broker)] * MINUTES) for broker in (0, 1, 2)),
            *(lines(f'{CONTROLLER}{{instance="b{broker}"}}', [1.0 * (broker == 2)] * MINUTES) for broker in (0, 1, 2)),
            lines(f'{ERRORS}{{instance="b0",request="Produce",error="NONE"}}', [60 * at for at in answered]),
            lines(f'{ERRORS}{{instance="b0",request="Produce",error="NOT_ENOUGH_REPLICAS"}}', answered),
            lines('kminion_kafka_consumer_group_topic_lag{group_id="billing",topic_name="a"}', [30.0] * MINUTES),
            lines('kminion_kafka_consumer_group_topic_lag{group_id="billing",topic_name="b"}', [12.0] * MINUTES),
        )
    )
    found = {reading.key: reading for reading in ask_health(source, AT)}
    numbers = {
        key: {tuple(one.labels.values()): one.value for one in reading.values}
        for key, reading in found.items()
        if reading.values is not None
    }
    assert numbers[HealthKey.BROKERS] == {(): 3.0}
    assert numbers[HealthKey.UNDER_REPLICATED] == {(): 3.0}
    assert numbers[HealthKey.CONTROLLERS] == {(): 1.0}
    # One a minute and 60 a minute for an hour.
    assert numbers[HealthKey.PRODUCE_ERRORS] == {
        ("NOT_ENOUGH_REPLICAS",): pytest.approx(60, rel=0.02),
        ("NONE",): pytest.approx(3600, rel=0.02),
    }
    assert numbers[HealthKey.LAG] == {("billing",): 42.0}
    assert found[HealthKey.LAG].dialect == "kminion"
    assert {key for key, reading in found.items() if reading.values is None} == {
        HealthKey.OFFLINE,
        HealthKey.UNDER_MIN_ISR,
        HealthKey.ISR_SHRINKS,
        HealthKey.ISR_EXPANDS,
        HealthKey.LATENCY,
        HealthKey.ALERTS,
    }
