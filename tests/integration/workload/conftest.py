"""A topic of its own and a dead letter topic for each test of a consumer, on the shared stack."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec

from stack.state import StackState
from stack.workload.committed import Place, committed_offsets
from tests import waiting

LATEST = OffsetSpec.latest()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class Bench:
    """Topics `source` (2 partitions) and `buried` (1), a group, and plaintext access to the cluster."""

    bootstrap: str
    admin: AdminClient
    source: str
    buried: str
    group: str

    @property
    def kafka(self) -> dict[str, str]:
        """librdkafka's connection settings."""
        return {"bootstrap.servers": self.bootstrap}

    def write(self, values: list[bytes], partition: int = 0) -> None:
        """Write values to one partition of the source, acknowledged."""
        producer = Producer(self.kafka)
        refused: list[object] = []
        for value in values:
            producer.produce(
                self.source,
                value,
                b"key",
                partition=partition,
                headers=[("trace", b"abc")],
                on_delivery=lambda error, _message: refused.append(error) if error else None,
            )
        assert producer.flush(30) == 0
        assert refused == []

    def read(self, topic: str, partition: int = 0) -> list[Message]:
        """Everything that lies in one partition now."""
        consumer = Consumer({**self.kafka, "group.id": f"reader-{uuid.uuid4().hex}", "enable.auto.commit": False})
        try:
            low, high = consumer.get_watermark_offsets(TopicPartition(topic, partition), timeout=30)
            consumer.assign([TopicPartition(topic, partition, low)])
            found: list[Message] = []
            limit = time.monotonic() + waiting.PATIENCE
            while len(found) < high - low and time.monotonic() < limit:
                message = consumer.poll(1.0)
                if message is not None and message.error() is None:
                    found.append(message)
            return found
        finally:
            consumer.close()

    def committed(self, partition: int = 0) -> int | None:
        """The group's committed offset in one partition of the source; None when there is none."""
        found = committed_offsets(self.bootstrap, [self.group])
        return found.get(self.group, {}).get(Place(self.source, partition))


@pytest.fixture
def bench(stack: StackState) -> Iterator[Bench]:
    """Fresh topics, deleted afterwards."""
    name = uuid.uuid4().hex[:8]
    admin = AdminClient({"bootstrap.servers": stack.kafka.admin_bootstrap})
    made = Bench(stack.kafka.admin_bootstrap, admin, f"bench-{name}", f"bench-{name}-dlq", f"bench-{name}-group")
    topics = [NewTopic(made.source, 2, 3), NewTopic(made.buried, 1, 3)]
    for future in admin.create_topics(topics, operation_timeout=30).values():
        future.result(timeout=60)
    yield made
    for future in admin.delete_topics([made.source, made.buried], operation_timeout=30).values():
        future.result(timeout=60)


def ends(admin: AdminClient, places: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
    """The end offsets. The leaders are looked up first: a client that has not heard of a new one is refused."""
    admin.list_topics(timeout=30)
    asked = admin.list_offsets(dict.fromkeys(places, LATEST))
    return {place: int(found.result(timeout=30).offset) for place, found in asked.items()}


def eventually(true: Callable[[], bool], what: str) -> None:
    """Return when `true()` is; what Kafka says may be asked again is not yet."""

    def told() -> bool:
        try:
            return true()
        except KafkaException as error:
            if not (error.args[0].retriable() or error.args[0].code() == KafkaError.FENCED_LEADER_EPOCH):
                raise
            return False

    waiting.eventually(told, what)
