"""The dead letter topic: records that could not be handled, unchanged, with where they came from and why in headers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from confluent_kafka import KafkaError, Message, Producer

DELIVERY_SECONDS = 20.0


class NotDelivered(Exception):  # noqa: N818  (named after what happened)
    """The dead letter topic did not acknowledge the record; it must not be passed over."""


class DeadLetters:
    """Writes for one consumer group to its dead letter topic. kafka: librdkafka's connection settings."""

    def __init__(self, kafka: Mapping[str, str], topic: str, group: str) -> None:
        self._topic = topic
        self._group = group
        self._producer = Producer(
            {
                **kafka,
                "client.id": f"{group}-dead-letters",
                "acks": "all",
                "enable.idempotence": True,
                "delivery.timeout.ms": int(DELIVERY_SECONDS * 1000),
            }
        )

    def send(self, message: Message, error: Exception, attempts: int) -> None:
        """Return when the record is acknowledged; raises NotDelivered otherwise.

        One record at a time and waited for: dead letters are rare, and the order of things stays obvious. The wait ends
        by itself, since delivery.timeout.ms turns what is not acknowledged by then into a refusal.
        """
        refused: list[KafkaError] = []
        self._producer.produce(
            self._topic,
            value=message.value(),
            key=message.key(),
            headers=[*(message.headers() or []), *self._epitaph(message, error, attempts)],
            on_delivery=lambda failure, _sent: refused.append(failure) if failure else None,
        )
        left = self._producer.flush(DELIVERY_SECONDS + 5)
        if refused or left:
            reason = refused[0].str() if refused else "not acknowledged in time"
            raise NotDelivered(f"{self._topic}: {reason}")

    def _epitaph(self, message: Message, error: Exception, attempts: int) -> list[tuple[str, bytes]]:
        """The headers by which somebody finds out what went wrong, and where to put the record back."""
        facts: dict[str, object] = {
            "topic": message.topic(),
            "partition": message.partition(),
            "offset": message.offset(),
            "timestamp": message.timestamp()[1],
            "group": self._group,
            "error.class": type(error).__name__,
            "error.message": str(error)[:1000],
            "attempts": attempts,
            "failed_at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        }
        return [(f"dlq.{name}", str(fact).encode()) for name, fact in facts.items()]
