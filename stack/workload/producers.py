"""Everything that writes: one thread draws, encodes and sends the records of all streams, each at its own pace."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from random import Random
from threading import Event
from typing import Any

from confluent_kafka import KafkaError, Message, Producer
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from stack.state import StackState
from stack.workload.company import Company, Stream
from stack.workload.encoding import Encoder, encoder, key_of, poison
from stack.workload.pacing import Pace
from stack.workload.provision import SchemaIds
from stack.workload.shapes import Draw, Sampler, sampler, utc_now

TICK_SECONDS = 0.02
"""Least time between two looks at what is due: at everyday rates a handful of records goes out together."""

FLUSH_SECONDS = 20.0


@dataclass(slots=True)
class Tally:
    """What became of one stream's records. poisoned: broken on purpose, counted among sent. failed: by error name."""

    sent: int = 0
    poisoned: int = 0
    acked: int = 0
    failed: dict[str, int] = field(default_factory=dict)

    def delivered(self, error: KafkaError | None, _message: Message) -> None:
        """librdkafka's answer for one record."""
        if error is None:
            self.acked += 1
        else:
            self.failed[error.name()] = self.failed.get(error.name(), 0) + 1


class Writer:
    """One stream, ready to write."""

    def __init__(self, stream: Stream, company: Company, ids: SchemaIds, producer: Producer, random: Random) -> None:
        topic = company.topic(stream.topic)
        if topic.key is None:
            raise ValueError(f"{topic.name} has no key field; the company file's check should have said so.")
        self.tally = Tally()
        self._stream = stream
        self._key = topic.key
        self._sample: Sampler = sampler(topic.shape[-1])
        self._encode: Encoder = encoder(topic.format, topic.shape[-1], ids.get(topic.name))
        self._producer = producer
        self._random = random

    def write(self) -> None:
        """Hand one record to librdkafka; waits when its queue is full."""
        value = self._sample(Draw.at(self._random, utc_now(), self._stream.name))
        payload = self._encode(value)
        if self._stream.poison and self._random.random() < self._stream.poison:
            payload = poison(payload, self._random)
            self.tally.poisoned += 1
        self.tally.sent += 1
        key = key_of(value, self._key)
        while True:
            try:
                self._producer.produce(self._stream.topic, payload, key, on_delivery=self.tally.delivered)
            except BufferError:
                self._producer.poll(0.1)
            else:
                return


class Producers(Collector):
    """All streams of the company. One connection per team, since that is how they log in.

    rate: multiplies the streams' own rates; 0 is nothing, infinity as fast as possible.
    """

    def __init__(self, company: Company, state: StackState, ids: SchemaIds, rate: float, random: Random) -> None:
        users = {stream.team: company.user(stream.team) for stream in company.producers}
        self._connections = {team: _connect(state.client(user), user) for team, user in users.items()}
        self.streams = company.producers
        self._rates = [stream.per_second * rate if rate else 0.0 for stream in self.streams]
        self.writers = [
            Writer(stream, company, ids, self._connections[stream.team], random) for stream in company.producers
        ]

    def register(self, registry: CollectorRegistry) -> None:
        """Offer the tallies to Prometheus."""
        registry.register(self)

    def run(self, stop: Event) -> None:
        """Write until `stop` is set, then wait for the last answers."""
        pace = Pace(self._rates, time.monotonic())
        while not stop.is_set():
            for index in pace.due(time.monotonic()):
                self.writers[index].write()
            for connection in self._connections.values():
                connection.poll(0)
            idle = pace.wait(time.monotonic(), longest=1.0)
            if idle:
                stop.wait(max(idle, TICK_SECONDS))
        self.flush()

    def round(self, records: int) -> None:
        """Write that many records to every stream, and wait for the answers."""
        for writer in self.writers:
            for _ in range(records):
                writer.write()
        self.flush()

    def flush(self) -> None:
        """Wait for what is under way, at most 20 seconds a team."""
        for connection in self._connections.values():
            connection.flush(FLUSH_SECONDS)

    def report(self) -> dict[str, Any]:
        """What became of the records, by stream."""
        return {
            stream.name: {
                "topic": stream.topic,
                "sent": writer.tally.sent,
                "poisoned": writer.tally.poisoned,
                "acked": writer.tally.acked,
                "failed": dict(writer.tally.failed),
            }
            for stream, writer in zip(self.streams, self.writers, strict=True)
        }

    def collect(self) -> Iterable[Metric]:
        """The same for Prometheus: what the clients themselves saw, whatever the brokers count."""
        family = CounterMetricFamily(
            "producer_records", "Records by what became of them.", labels=["stream", "topic", "outcome"]
        )
        for stream, writer in zip(self.streams, self.writers, strict=True):
            family.add_metric([stream.name, stream.topic, "acked"], writer.tally.acked)
            family.add_metric([stream.name, stream.topic, "failed"], sum(writer.tally.failed.values()))
        return [family]


def _connect(client: Mapping[str, str], user: str) -> Producer:
    return Producer(
        {
            **client,
            "client.id": user,
            "log_level": 3,  # Errors: a coordinator that is still loading is no news.
            "acks": "all",
            "enable.idempotence": True,
            "compression.type": "lz4",
            "linger.ms": 20,
            # An outage shows within a minute as failed records, and the queue holds what comes meanwhile.
            "delivery.timeout.ms": 60_000,
            "queue.buffering.max.messages": 200_000,
        }
    )
