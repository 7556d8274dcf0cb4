"""The newest records of many partitions, read without a group and without committing."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from data.settings import KafkaSettings
from data.sources.failures import unreadable_secret
from data.sources.kafka_log import Ear

LOGGER = logging.getLogger("streamgauge.sampling")

AT_ONCE = 200

Place = tuple[str, int]
"""Topic and partition."""


class SampleReader:
    """Reads ranges of offsets. For one thread at a time. Raises SourceFailure where the settings cannot be used."""

    def __init__(self, kafka: KafkaSettings) -> None:
        try:
            self._consumer = Consumer(
                {
                    **kafka.librdkafka(),
                    "client.id": "streamgauge-sampler",
                    "group.id": "streamgauge-sampler-never-joins",
                    "enable.auto.commit": "false",
                    "enable.auto.offset.store": "false",
                    "auto.offset.reset": "latest",
                    "enable.partition.eof": "true",
                    "enable.metrics.push": "false",
                    "allow.auto.create.topics": "false",
                    # What is fetched beyond the sample is thrown away, so little is fetched ahead.
                    "fetch.message.max.bytes": "131072",
                    "queued.max.messages.kbytes": "4096",
                },
                logger=Ear().logger(),
            )
        except OSError as error:
            raise unreadable_secret(error) from error

    def close(self) -> None:
        """Let go of the connections."""
        self._consumer.close()

    def read(
        self, ranges: Mapping[Place, tuple[int, int]], keep: Callable[[Place, bytes | None], None], seconds: float
    ) -> frozenset[Place]:
        """Give every record in [from, to) of each place to `keep`, its value alone; the places that were read whole.

        Stops after `seconds`, however much is left.
        """
        if not ranges:
            return frozenset()
        left = {place: end for place, (_, end) in ranges.items()}
        self._consumer.assign([TopicPartition(topic, index, start) for (topic, index), (start, _) in ranges.items()])
        try:
            until = time.monotonic() + seconds
            while left and time.monotonic() < until:
                for message in self._consumer.consume(AT_ONCE, timeout=0.5):
                    topic, index, offset = message.topic(), message.partition(), message.offset()
                    if topic is None or index is None or (topic, index) not in left:
                        continue
                    error = message.error()
                    if error is not None and error.code() != KafkaError._PARTITION_EOF:
                        LOGGER.warning("%s/%d cannot be sampled: %s", topic, index, error.name())
                        self._done(topic, index)
                        del left[topic, index]
                        continue
                    if error is None and offset is not None and offset < left[topic, index]:
                        value = message.value()
                        keep((topic, index), value if isinstance(value, bytes) else None)
                    if error is not None or (offset is not None and offset >= left[topic, index] - 1):
                        self._done(topic, index)
                        del left[topic, index]
        finally:
            self._consumer.unassign()
        return frozenset(ranges.keys() - left.keys())

    def _done(self, topic: str, index: int) -> None:
        try:
            self._consumer.incremental_unassign([TopicPartition(topic, index)])
        except KafkaException as error:  # It is unassigned with all others at the end of the look.
            LOGGER.debug("%s/%d: %s", topic, index, error)
