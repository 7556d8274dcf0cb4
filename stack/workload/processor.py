"""A stateful stream processor: where every order stands, from its placing and the scans of its parcels.

Streams-style, in Python: it does what a Kafka Streams topology with one aggregation does, with topics of the same
names and roles, and uses no Kafka Streams code. Records are re-keyed by order into `…-repartition`; each partition of
that has its own store, whose every change goes to the same partition of `…-changelog`; whoever is given a partition
first reads its store back from there. As with Kafka Streams' default it is at-least-once: results are acknowledged
before offsets are committed, so a crash in between counts a record twice.
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from threading import Event
from typing import Any

from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, Message, Producer, TopicPartition

from stack.workload.encoding import Encoder
from stack.workload.readers import FETCH_WAIT_MS
from stack.workload.reference_consumer import Decode

log = logging.getLogger(__name__)

COMMIT_SECONDS = 2.0
ANSWER_SECONDS = 30.0

STEPS = {"PICKED": "packed", "PACKED": "packed", "SORTED": "underway", "LOADED": "underway", "HANDED_OVER": "delivered"}


@dataclass(frozen=True, slots=True)
class Topology:
    """The topics of the processor. sources: what it reads; the others are named after their role."""

    application: str
    sources: tuple[str, ...]
    repartition: str
    changelog: str
    output: str


@dataclass(frozen=True, slots=True)
class OrderState:
    """What is known of one order. updated_at: milliseconds since the epoch."""

    order_id: str
    status: str = "unknown"
    orders_seen: int = 0
    scans_seen: int = 0
    last_hub: str | None = None
    updated_at: int = 0

    def after(self, event: Mapping[str, Any]) -> OrderState:
        """The state after one re-keyed event: the placing of the order, or a scan of one of its parcels."""
        if event["kind"] == "order":
            status = "placed" if self.status == "unknown" else self.status
            return replace(self, status=status, orders_seen=self.orders_seen + 1, updated_at=event["at"])
        return replace(
            self,
            status=STEPS[event["step"]],
            scans_seen=self.scans_seen + 1,
            last_hub=event["hub"],
            updated_at=event["at"],
        )


def keyed_by_order(value: Mapping[str, Any], at: int) -> tuple[str, dict[str, Any]]:
    """The order that a source record is about, and what it says of it. at: the record's time in milliseconds."""
    if "step" in value:
        return value["order_id"], {"kind": "scan", "step": value["step"], "hub": value["hub"], "at": at}
    return value["data"]["order_id"], {"kind": "order", "at": at}


class Processor:
    """One member of the processor's group. `restored` and `processed` count records of changelog and repartition."""

    def __init__(self, topology: Topology, kafka: Mapping[str, str], decode: Decode, encode: Encoder) -> None:
        self.restored = 0
        self.processed = 0
        self._topology = topology
        self._kafka = kafka
        self._decode = decode
        self._encode = encode
        self._stores: dict[int, dict[str, OrderState]] = {}
        self._refused: list[str] = []
        self._pending = False
        self._consumer = Consumer(
            {
                **kafka,
                "group.id": topology.application,
                "client.id": f"{topology.application}-1",
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
                "fetch.wait.max.ms": FETCH_WAIT_MS,
            }
        )
        self._producer = Producer(
            {
                **kafka,
                "client.id": f"{topology.application}-1-producer",
                "acks": "all",
                "enable.idempotence": True,
                "linger.ms": 20,
                "delivery.timeout.ms": int(ANSWER_SECONDS * 1000),
            }
        )

    def run(self, stop: Event) -> None:
        """Process until `stop` is set. Any failure ends the run; the next one restores its stores and goes on."""
        topics = [*self._topology.sources, self._topology.repartition]
        self._consumer.subscribe(topics, on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._lost)
        next_commit = time.monotonic() + COMMIT_SECONDS
        try:
            while not stop.is_set():
                message = self._consumer.poll(0.5)
                if message is not None:
                    self._take(message)
                self._producer.poll(0)
                if time.monotonic() >= next_commit:
                    self._commit()
                    next_commit = time.monotonic() + COMMIT_SECONDS
            self._commit()
        finally:
            self._consumer.close()

    def store(self, partition: int) -> Mapping[str, OrderState]:
        """The states of the orders of one partition of the repartition topic, if it is ours."""
        return self._stores.get(partition, {})

    def _take(self, message: Message) -> None:
        error = message.error()
        if error is not None:
            log.warning(
                "consumer_error", extra={"fields": {"group": self._topology.application, "reason": error.str()}}
            )
            return
        if message.topic() == self._topology.repartition:
            self._aggregate(message)
        else:
            order, event = keyed_by_order(self._decode(message.value()), message.timestamp()[1])
            self._send(self._topology.repartition, order, json.dumps(event).encode())
        self._consumer.store_offsets(message=message)
        self._pending = True

    def _aggregate(self, message: Message) -> None:
        order, partition = (message.key() or b"").decode(), message.partition()
        if partition is None or message.value() is None:
            return
        store = self._stores[partition]
        state = store.get(order, OrderState(order)).after(json.loads(message.value() or b"{}"))
        store[order] = state
        self._send(self._topology.changelog, order, json.dumps(asdict(state)).encode(), partition)
        self._send(self._topology.output, order, self._encode(asdict(state)))
        self.processed += 1

    def _send(self, topic: str, key: str, value: bytes, partition: int = -1) -> None:
        self._producer.produce(
            topic,
            value,
            key.encode(),
            partition=partition,
            on_delivery=lambda error, _message: self._refused.append(error.str()) if error else None,
        )

    def _commit(self) -> None:
        """Results first, then the offsets of what they came from. Raises KafkaException when a result was refused."""
        if not self._pending:
            return
        left = self._producer.flush(ANSWER_SECONDS + 5)
        if left or self._refused:
            raise RuntimeError(f"{self._topology.application}: results not written: {self._refused[:1] or left}.")
        self._consumer.commit(asynchronous=False)
        self._pending = False

    def _assigned(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        for place in partitions:
            if place.topic == self._topology.repartition:
                self._stores[place.partition] = self._restore(place.partition)

    def _revoked(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._commit()
        self._lost(consumer, partitions)

    def _lost(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        for place in partitions:
            if place.topic == self._topology.repartition:
                self._stores.pop(place.partition, None)

    def _restore(self, partition: int) -> dict[str, OrderState]:
        """The store of that partition, read back from the changelog from its beginning to its present end."""
        reader = Consumer(
            {**self._kafka, "group.id": f"{self._topology.application}-restore", "enable.auto.commit": False}
        )
        place = TopicPartition(self._topology.changelog, partition, OFFSET_BEGINNING)
        store: dict[str, OrderState] = {}
        try:
            low, end = reader.get_watermark_offsets(place, timeout=ANSWER_SECONDS)
            reader.assign([place])
            position = low
            while position < end:
                message = reader.poll(ANSWER_SECONDS)
                if message is None:
                    raise RuntimeError(f"{place.topic}[{partition}] stopped at {position} of {end} while restoring.")
                error = message.error()
                if error is not None:
                    raise KafkaException(error)
                position = (message.offset() or 0) + 1
                store |= _restored(message)
                self.restored += 1
        finally:
            reader.close()
        return store


def _restored(message: Message) -> dict[str, OrderState]:
    state = OrderState(**json.loads(message.value() or b"{}"))
    return {state.order_id: state}
