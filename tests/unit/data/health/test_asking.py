"""Questions about a cluster's health: which exporter's name is taken, and what is said where nobody has the metric."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import cast

import numpy as np
import pytest

from data.definitions.promql import parsed
from data.health.asking import ask_health
from data.health.questions import MOST_VALUES, QUESTIONS, HealthKey, Way
from data.health.readings import HealthReading, HealthValue
from data.sources.prometheus import Answer, PrometheusSource, Series

AT = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Known:
    """A Prometheus that knows the answers to some expressions and has nothing for all others."""

    def __init__(self, answers: Mapping[str, list[tuple[dict[str, str], float]]]) -> None:
        self.answers = answers
        self.matchers = {"cluster": "prod"}

    def query(self, promql: str, at: datetime) -> Answer:
        assert at == AT
        found = self.answers.get(promql, [])
        return Answer(tuple(Series(labels, np.array([0.0]), np.array([value])) for labels, value in found))


def asked(answers: Mapping[str, list[tuple[dict[str, str], float]]]) -> dict[HealthKey, HealthReading]:
    readings = ask_health(cast("PrometheusSource", Known(answers)), AT)
    assert [reading.key for reading in readings] == list(HealthKey)
    return {reading.key: reading for reading in readings}


def test_the_first_exporter_that_has_the_metric_answers_and_is_named_with_its_query() -> None:
    query = 'max(kafka_brokers{cluster="prod"})'
    reading = asked({query: [({}, 3.0)], 'count(kminion_kafka_broker_info{cluster="prod"})': [({}, 9.0)]})[
        HealthKey.BROKERS
    ]
    assert (reading.dialect, reading.query, reading.values) == ("otel-jmx", query, (HealthValue({}, 3.0),))


def test_what_nobody_exports_is_neither_zero_nor_an_empty_list() -> None:
    reading = asked({})[HealthKey.CONTROLLERS]
    assert reading.values is None
    assert reading.dialect == ""
    assert reading.query == 'sum(kafka_controller_active_count{cluster="prod"})'


def test_a_quantile_of_no_requests_is_left_out_and_the_metric_is_still_exported() -> None:
    query = (
        'max by (request) (kafka_network_requestmetrics_totaltimems{request=~"Produce|FetchConsumer|FetchFollower",'
        'quantile="0.99",cluster="prod"})'
    )
    reading = asked({query: [({"request": "Produce"}, float("nan")), ({"request": "FetchConsumer"}, 12.5)]})[
        HealthKey.LATENCY
    ]
    assert reading.values == (HealthValue({"request": "FetchConsumer"}, 12.5),)


def test_of_many_values_the_greatest_are_kept_in_order() -> None:
    query = 'sum by (error) (increase(kafka_network_requestmetrics_errors_total{request="Produce",cluster="prod"}[1h]))'
    reading = asked({query: [({"error": str(number)}, float(number)) for number in range(MOST_VALUES + 5)]})[
        HealthKey.PRODUCE_ERRORS
    ]
    assert reading.values is not None
    assert [value.value for value in reading.values] == [float(at) for at in range(MOST_VALUES + 4, 4, -1)]


@pytest.mark.parametrize(
    "way",
    [way for question in QUESTIONS for way in question.ways],
    ids=lambda way: f"{way.dialect} {way.selectors[0].metric}",
)
def test_every_query_is_promql(way: Way) -> None:
    parsed(way.query({"cluster": "prod"}))
