"""Committed offsets of groups, read through kafka-python.

confluent-kafka has the call as well, and its librdkafka (2.16.1) ends the process when a coordinator answers it with an
error that asks for a new coordinator (NOT_COORDINATOR and its like): it then tells the consumer group of a client that
has none, and follows a null pointer (rd_kafka_handle_OffsetFetch). It also asks for one group at a time.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import NamedTuple

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from stack.workload.batches import RETRY_SECONDS, TIMEOUT, BatchError


class Place(NamedTuple):
    """One partition of a topic."""

    topic: str
    partition: int


def committed_offsets(
    bootstrap: str, groups: Sequence[str], patience: float = 60.0
) -> Mapping[str, Mapping[Place, int]]:
    """The offsets that each of these groups has committed; an unknown group has none.

    One request for all groups of a coordinator, made again while coordinators move or load. Raises BatchError with
    Kafka's reason when it is refused for good, or still after `patience` seconds.
    """
    limit = time.monotonic() + patience
    while True:
        try:
            with closing(
                KafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=int(TIMEOUT * 1000))
            ) as admin:
                found = admin.list_group_offsets(dict.fromkeys(groups))
        except KafkaError as error:
            if not error.retriable or time.monotonic() > limit:
                raise BatchError(f"Reading committed offsets of {len(groups)} groups: {error}.") from error
            time.sleep(RETRY_SECONDS)
            continue
        return {
            group: {
                Place(at.topic, at.partition): answer.offset for at, answer in offsets.items() if answer.offset >= 0
            }
            for group, offsets in found.items()
        }
