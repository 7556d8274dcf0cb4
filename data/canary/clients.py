"""How the canary's producer and consumer are set up, and why.

Nothing is tried again: `retries` would turn a failure that every other producer met into a slow success. Idempotence is
off for the same reason, and because an idempotent producer that gave up on one record must renumber all that follow.
One request is under way to a broker at a time, so that order is kept without it. A record waits for its leader no
longer than the timeout; then it has failed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from confluent_kafka import Consumer, KafkaException, Producer

from data.settings import CanarySettings, KafkaSettings
from data.sources.failures import SourceFailure, unreadable_secret
from data.sources.kafka_log import Ear
from scoring.catalog.estate import FailureKind

CLIENT_ID = "streamgauge-canary"

_BOTH = {
    "client.id": CLIENT_ID,
    "enable.metrics.push": "false",
    "socket.keepalive.enable": "true",
    "socket.nagle.disable": "true",
    "reconnect.backoff.ms": "100",
    "reconnect.backoff.max.ms": "1000",
}


def producer(settings: CanarySettings, kafka: KafkaSettings) -> Any:
    """The producer. Raises SourceFailure when the settings cannot be used."""
    milliseconds = str(int(settings.timeout * 1000))
    return _made(
        Producer,
        kafka,
        {
            "acks": "all",
            "enable.idempotence": "false",
            "retries": "0",
            "max.in.flight.requests.per.connection": "1",
            "linger.ms": "0",
            "message.timeout.ms": milliseconds,
            "request.timeout.ms": milliseconds,
            "topic.metadata.refresh.interval.ms": "30000",
        },
    )


def consumer(settings: CanarySettings, kafka: KafkaSettings, on_commit: Callable[..., None]) -> Any:
    """The consumer; it is told where to read and joins no group. on_commit: told of commits. Raises SourceFailure."""
    return _made(
        Consumer,
        kafka,
        {
            "group.id": settings.group,
            "enable.auto.commit": "false",
            "on_commit": on_commit,
            "enable.auto.offset.store": "false",
            # Where the position is gone we want to know, and not to be put elsewhere without a word.
            "auto.offset.reset": "error",
            "enable.partition.eof": "true",
            "isolation.level": "read_uncommitted",
            "check.crcs": "true",
            "fetch.error.backoff.ms": "100",
            "fetch.message.max.bytes": "65536",
            "queued.max.messages.kbytes": "1024",
            "allow.auto.create.topics": "false",
            "topic.metadata.refresh.interval.ms": "30000",
        },
    )


def _made(kind: Any, kafka: KafkaSettings, options: dict[str, Any]) -> Any:
    try:
        return kind({**kafka.librdkafka(), **_BOTH, **options}, logger=Ear().logger())
    except OSError as error:
        raise unreadable_secret(error) from error
    except KafkaException as error:
        raise SourceFailure(
            FailureKind.BAD_ANSWER,
            f"librdkafka does not take the settings: {error.args[0].str()}.",
            "Correct the canary's kafka section, or the cluster's.",
        ) from error
