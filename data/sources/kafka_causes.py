"""What librdkafka's error codes mean for a person."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

from confluent_kafka import KafkaError, KafkaException

from scoring.catalog.estate import FailureKind

REACH = "Check that the brokers run, and that bootstrap_servers and security_protocol are right."

CAUSES: tuple[tuple[int, FailureKind, str, str], ...] = (
    (
        KafkaError._AUTHENTICATION,
        FailureKind.FORBIDDEN,
        "Kafka rejected the login",
        "Check sasl_mechanism, sasl_username and sasl_password.",
    ),
    (
        KafkaError._SSL,
        FailureKind.UNREACHABLE,
        "No TLS connection to Kafka",
        "Check security_protocol and the ssl_… files against the listener.",
    ),
    (
        KafkaError._BAD_MSG,
        FailureKind.BAD_ANSWER,
        "What answers does not speak Kafka",
        "Check that the port is a Kafka listener of this security_protocol.",
    ),
    (
        KafkaError._RESOLVE,
        FailureKind.UNREACHABLE,
        "No Kafka broker is reachable",
        "Check the host names in bootstrap_servers.",
    ),
    (KafkaError._TRANSPORT, FailureKind.UNREACHABLE, "No Kafka broker is reachable", REACH),
)
"""What librdkafka reports beside a timeout, most telling first."""

REFUSALS = {
    KafkaError.TOPIC_AUTHORIZATION_FAILED,
    KafkaError.GROUP_AUTHORIZATION_FAILED,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    KafkaError.SASL_AUTHENTICATION_FAILED,
}
TIMEOUTS = {KafkaError._TIMED_OUT, KafkaError._TIMED_OUT_QUEUE, KafkaError.REQUEST_TIMED_OUT}
UNANSWERED = TIMEOUTS | {cause for cause, *_ in CAUSES} | {KafkaError._ALL_BROKERS_DOWN}
"""Codes that say only that no broker answered."""


def from_a_broker(future: Future[Any]) -> bool:
    """True when a broker answered, be it with a refusal; librdkafka's own errors have negative codes."""
    raised = future.exception()
    return raised is None or (isinstance(raised, KafkaException) and raised.args[0].code() > 0)


def without_brackets(text: str) -> str:
    """librdkafka's message without its timing in brackets and its final punctuation."""
    return text.partition(" (after ")[0].rstrip(".? ")
