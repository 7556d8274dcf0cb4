"""The topics that faults happen on; they exist only while a fault does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, NewTopic

from stack.processes import wait_until
from stack.state import StackError

PREFIX = "platform.faults."
TIMEOUT_SECONDS = 30.0


@contextmanager
def fault_topic(
    admin: AdminClient, kind: str, config: Mapping[str, str] | None = None, replicas: Sequence[int] | None = None
) -> Iterator[str]:
    """A new topic of one partition; gone afterwards. replicas: the brokers to hold it, leader first; default: all."""
    name = f"{PREFIX}{kind}.v1"
    delete_fault_topics(admin)
    placement: dict[str, Any] = {"replica_assignment": [list(replicas)]} if replicas else {}
    topic = NewTopic(name, 1, config=dict(config or {}), **placement)
    try:
        admin.create_topics([topic], request_timeout=TIMEOUT_SECONDS)[name].result()
    except KafkaException as problem:
        raise StackError(f"Kafka refused to create {name}: {problem}. Is it running? See `status`.") from problem
    try:
        wait_until(lambda: _has_leader(admin, name), f"{name} should get a leader", TIMEOUT_SECONDS)
        yield name
    finally:
        delete_fault_topics(admin)


def delete_fault_topics(admin: AdminClient) -> list[str]:
    """Delete every fault topic, also those of commands that were killed; the names of those that there were."""
    left = _present(admin)
    for name, answer in (admin.delete_topics(left, request_timeout=TIMEOUT_SECONDS) if left else {}).items():
        try:
            answer.result()
        except KafkaException as problem:
            if problem.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
                raise StackError(f"Kafka refused to delete {name}: {problem}. See `status`.") from problem
    wait_until(lambda: not _present(admin), "fault topics should be gone", TIMEOUT_SECONDS)
    return left


def _present(admin: AdminClient) -> list[str]:
    return [name for name in admin.list_topics(timeout=TIMEOUT_SECONDS).topics if name.startswith(PREFIX)]


def _has_leader(admin: AdminClient, name: str) -> bool:
    """True when its only partition has a leader. Asks for all topics: asking for one that is not there yet may fail."""
    topic = admin.list_topics(timeout=TIMEOUT_SECONDS).topics.get(name)
    return topic is not None and bool(topic.partitions) and topic.partitions[0].leader >= 0
