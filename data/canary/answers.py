"""librdkafka's error codes as the canary's reasons."""

from __future__ import annotations

from confluent_kafka import KafkaError

from data.canary.tally import Reason

_REASONS = {
    KafkaError._MSG_TIMED_OUT: Reason.TIMEOUT,
    KafkaError._TIMED_OUT: Reason.TIMEOUT,
    KafkaError._TIMED_OUT_QUEUE: Reason.TIMEOUT,
    KafkaError.REQUEST_TIMED_OUT: Reason.TIMEOUT,
    KafkaError._TRANSPORT: Reason.UNREACHABLE,
    KafkaError._ALL_BROKERS_DOWN: Reason.UNREACHABLE,
    KafkaError._RESOLVE: Reason.UNREACHABLE,
    KafkaError._SSL: Reason.UNREACHABLE,
    KafkaError.NETWORK_EXCEPTION: Reason.UNREACHABLE,
    KafkaError.BROKER_NOT_AVAILABLE: Reason.UNREACHABLE,
    KafkaError.NOT_LEADER_FOR_PARTITION: Reason.NOT_LEADER,
    KafkaError.LEADER_NOT_AVAILABLE: Reason.NOT_LEADER,
    KafkaError.FENCED_LEADER_EPOCH: Reason.NOT_LEADER,
    KafkaError.UNKNOWN_LEADER_EPOCH: Reason.NOT_LEADER,
    KafkaError.NOT_ENOUGH_REPLICAS: Reason.NOT_ENOUGH_REPLICAS,
    KafkaError.NOT_ENOUGH_REPLICAS_AFTER_APPEND: Reason.NOT_ENOUGH_REPLICAS,
    KafkaError.KAFKA_STORAGE_ERROR: Reason.STORAGE,
    KafkaError.UNKNOWN_TOPIC_OR_PART: Reason.NO_TOPIC,
    KafkaError.UNKNOWN_TOPIC_ID: Reason.NO_TOPIC,
    KafkaError._UNKNOWN_TOPIC: Reason.NO_TOPIC,
    KafkaError._UNKNOWN_PARTITION: Reason.NO_TOPIC,
    KafkaError.TOPIC_AUTHORIZATION_FAILED: Reason.FORBIDDEN,
    KafkaError.CLUSTER_AUTHORIZATION_FAILED: Reason.FORBIDDEN,
    KafkaError.SASL_AUTHENTICATION_FAILED: Reason.FORBIDDEN,
    KafkaError._AUTHENTICATION: Reason.FORBIDDEN,
    KafkaError.MSG_SIZE_TOO_LARGE: Reason.REJECTED,
    KafkaError.INVALID_MSG: Reason.REJECTED,
    KafkaError.INVALID_RECORD: Reason.REJECTED,
    KafkaError.INVALID_TIMESTAMP: Reason.REJECTED,
    KafkaError.POLICY_VIOLATION: Reason.REJECTED,
}


def reason(error: KafkaError) -> Reason:
    """Why an attempt failed."""
    return _REASONS.get(error.code(), Reason.OTHER)
