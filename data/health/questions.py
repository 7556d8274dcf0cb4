"""What is asked of Prometheus about a cluster's health, in the names that each exporter has for it.

Of each question the first way that has data is taken. What no way has is not exported here, which is told, and never 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from data.slice_promql import promql
from scoring.slo.definition import Selector
from scoring.slo.rules.conventions import INFO, SLO


class HealthKey(StrEnum):
    """What a question is about."""

    BROKERS = "brokers"
    """Brokers whose metrics are scraped."""
    CONTROLLERS = "controllers"
    """Active controllers; exactly one is right."""
    OFFLINE = "offline_partitions"
    UNDER_REPLICATED = "under_replicated_partitions"
    UNDER_MIN_ISR = "under_min_isr_partitions"
    ISR_SHRINKS = "isr_shrinks"
    """Replicas that left the in-sync set within an hour."""
    ISR_EXPANDS = "isr_expands"
    PRODUCE_ERRORS = "produce_errors"
    """Answers to Produce within an hour, by error code; or failed requests where codes are not exported."""
    LATENCY = "request_latency"
    """99th percentile of the slowest broker by kind of request, in milliseconds."""
    LAG = "group_lag"
    """Records that the worst groups are behind."""
    ALERTS = "slo_alerts"
    """Alerts of the generated rules that fire, 1 each; and 0 for each SLO that there are rules for."""


MOST_VALUES = 50
"""Values of one answer that are kept, the greatest first; a page shows fewer."""
MOST_ALERTS = 2_000
"""The same for what is one value an SLO: those of a thousand."""


@dataclass(frozen=True, slots=True)
class Way:
    """One dialect's way to ask. template: PromQL with {0}, {1}, … for the selectors."""

    dialect: str
    template: str
    selectors: tuple[Selector, ...]

    def query(self, matchers: Mapping[str, str]) -> str:
        """The PromQL, narrowed to the cluster's own series."""
        return self.template.format(*(promql(selector, matchers) for selector in self.selectors))


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to know, and the ways to ask for it, the best first. most: values that are kept of an answer."""

    key: HealthKey
    ways: tuple[Way, ...]
    most: int = MOST_VALUES


_STRIMZI, _OTEL = "strimzi-jmx", "otel-jmx"
_EXPORTER, _KMINION, _LAG_EXPORTER = "kafka_exporter", "kminion", "kafka-lag-exporter"


def _strimzi(template: str, metric: str, **labels: str) -> Way:
    return Way(_STRIMZI, template, (Selector(metric, labels),))


def _otel(template: str, metric: str, **labels: str) -> Way:
    return Way(_OTEL, template, (Selector(metric, labels),))


_REPLICAS, _CONTROLLER = "kafka_server_replicamanager_", "kafka_controller_kafkacontroller_"
_WORST = "topk(20, sum by ({}) ({{0}}))"

QUESTIONS: tuple[Question, ...] = (
    Question(
        HealthKey.BROKERS,
        (
            _strimzi("count({0})", f"{_REPLICAS}underreplicatedpartitions"),
            _otel("max({0})", "kafka_brokers"),
            Way(_EXPORTER, "max({0})", (Selector("kafka_brokers"),)),
            Way(_KMINION, "count({0})", (Selector("kminion_kafka_broker_info"),)),
        ),
    ),
    Question(
        HealthKey.CONTROLLERS,
        (
            _strimzi("sum({0})", f"{_CONTROLLER}activecontrollercount"),
            _otel("sum({0})", "kafka_controller_active_count"),
        ),
    ),
    Question(
        HealthKey.OFFLINE,
        (
            _strimzi("max({0})", f"{_CONTROLLER}offlinepartitionscount"),
            _otel("max({0})", "kafka_partition_offline"),
        ),
    ),
    Question(
        HealthKey.UNDER_REPLICATED,
        (
            _strimzi("sum({0})", f"{_REPLICAS}underreplicatedpartitions"),
            _otel("sum({0})", "kafka_partition_under_replicated"),
            Way(_EXPORTER, "sum({0})", (Selector("kafka_topic_partition_under_replicated_partition"),)),
        ),
    ),
    Question(HealthKey.UNDER_MIN_ISR, (_strimzi("sum({0})", f"{_REPLICAS}underminisrpartitioncount"),)),
    Question(
        HealthKey.ISR_SHRINKS,
        (
            _strimzi("sum(increase({0}[1h]))", f"{_REPLICAS}isrshrinks_total"),
            _otel("sum(increase({0}[1h]))", "kafka_isr_operation_count_total", operation="shrink"),
        ),
    ),
    Question(
        HealthKey.ISR_EXPANDS,
        (
            _strimzi("sum(increase({0}[1h]))", f"{_REPLICAS}isrexpands_total"),
            _otel("sum(increase({0}[1h]))", "kafka_isr_operation_count_total", operation="expand"),
        ),
    ),
    Question(
        HealthKey.PRODUCE_ERRORS,
        (
            _strimzi(
                "sum by (error) (increase({0}[1h]))", "kafka_network_requestmetrics_errors_total", request="Produce"
            ),
            Way(
                f"{_STRIMZI}, failed requests",
                "sum(increase({0}[1h]))",
                (Selector("kafka_server_brokertopicmetrics_failedproducerequests_total", {"topic": ""}),),
            ),
            _otel("sum(increase({0}[1h]))", "kafka_request_failed_total", type="produce"),
        ),
    ),
    Question(
        HealthKey.LATENCY,
        (
            _strimzi(
                "max by (request) ({0})",
                "kafka_network_requestmetrics_totaltimems",
                request="~Produce|FetchConsumer|FetchFollower",
                quantile="0.99",
            ),
            Way(_OTEL, "max by (type) ({0})", (Selector("kafka_request_time_99p"),)),
        ),
    ),
    Question(
        HealthKey.LAG,
        (
            Way(_EXPORTER, _WORST.format("consumergroup"), (Selector("kafka_consumergroup_lag"),)),
            Way(_KMINION, _WORST.format("group_id"), (Selector("kminion_kafka_consumer_group_topic_lag"),)),
            Way(_LAG_EXPORTER, _WORST.format("group"), (Selector("kafka_consumergroup_group_lag"),)),
        ),
    ),
    Question(
        HealthKey.ALERTS,
        (
            Way(
                "generated rules",
                "{0} or 0 * {1}",
                (Selector("ALERTS", {"alertstate": "firing", SLO: "!"}), Selector(INFO)),
            ),
        ),
        MOST_ALERTS,
    ),
)
