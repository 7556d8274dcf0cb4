"""Each broker asked by itself: does it answer, and how far does its copy of each canary partition reach.

Kafka's admin calls tell no broker's log end but the leader's: DescribeLogDirs compares a copy with its own high
watermark, which a follower's can never fall behind. What tells it is ListOffsets with the replica id that Kafka keeps
for debugging (−2, ListOffsetsRequest.DEBUGGING_REPLICA_ID): any replica then answers with its own log end. It needs
Describe on the topic and nothing else, and an answer of any kind shows that the broker is there. librdkafka has no such
call, kafka-python's protocol classes do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from data.settings import KafkaSettings
from data.sources.failures import SourceFailure, unreadable_secret
from data.sources.kafka_causes import REACH
from scoring.catalog.estate import FailureKind

DEBUGGING_REPLICA = -2
LATEST = -1

RECONNECT_MS = 2_000
"""Longest pause before a broker that was away is tried again, milliseconds."""


@dataclass(frozen=True, slots=True)
class ReplicaEnds:
    """answered: brokers that answered anything. ends: (broker, partition) → offset of the next record of that copy."""

    answered: frozenset[int]
    ends: Mapping[tuple[int, int], int]


def lags(ends: Mapping[tuple[int, int], int], leaders: Mapping[int, int | None]) -> dict[tuple[int, int], int]:
    """(broker, partition) → records that this copy lacks of the leader's; only where both ends are known."""
    found = {}
    for (broker, partition), end in ends.items():
        leader = leaders.get(partition)
        if leader is not None and (leader, partition) in ends:
            # The leader may have been asked a moment earlier; a copy is never ahead.
            found[broker, partition] = max(0, ends[leader, partition] - end)
    return found


class ReplicaProbe:
    """Asks brokers one by one. Connections are made when needed and anew after a failure. For one thread at a time."""

    def __init__(self, kafka: KafkaSettings, topic: str, timeout: float) -> None:
        self._kafka = kafka
        self._topic = topic
        self._timeout_ms = max(1, int(timeout * 1000))
        self._admin: Any = None

    def close(self) -> None:
        """Let go of the connections."""
        admin, self._admin = self._admin, None
        if admin is not None:
            with suppress(Exception):  # what cannot even be closed is let go of all the same
                admin.close()

    def ask(self, copies: Mapping[int, Iterable[int]]) -> ReplicaEnds:
        """Ask every broker of `copies` for the ends of the partitions that it holds a copy of.

        Raises SourceFailure when there is no broker at all that lets us in.
        """
        from kafka.errors import KafkaError

        try:
            if self._admin is None:
                self._admin = self._opened()
            answers: Mapping[int, Any] = self._admin._manager.run(self._asked, dict(copies))
        except KafkaError as error:
            self.close()
            raise SourceFailure(FailureKind.UNREACHABLE, f"No Kafka broker answers: {error}.", REACH) from error
        ends = {
            (broker, part.partition_index): part.offset
            for broker, answer in answers.items()
            for topic in answer.topics
            for part in topic.partitions
            if part.error_code == 0
        }
        return ReplicaEnds(frozenset(answers), ends)

    def _opened(self) -> Any:
        # kafka-python is slow to import; what never asks need not.
        from kafka.admin import KafkaAdminClient

        from data.sources.kafka_python import client_options

        try:
            options = client_options(self._kafka)
        except OSError as error:
            raise unreadable_secret(error) from error
        return KafkaAdminClient(
            **options,
            request_timeout_ms=self._timeout_ms,
            bootstrap_timeout_ms=self._timeout_ms,
            reconnect_backoff_max_ms=RECONNECT_MS,
        )

    async def _asked(self, copies: Mapping[int, Iterable[int]]) -> dict[int, Any]:
        """Broker → its answer; those that gave none are left out. All are asked before any is waited for."""
        from kafka.errors import KafkaError

        manager = self._admin._manager
        under_way = {}
        for broker, partitions in copies.items():
            try:
                under_way[broker] = manager.send(
                    self._request(partitions), node_id=broker, request_timeout_ms=self._timeout_ms
                )
            except KafkaError:  # It is not among the brokers that were known when they were last looked up.
                manager.cluster.request_update()
        answers = {}
        for broker, answer in under_way.items():
            with suppress(KafkaError):
                answers[broker] = await answer
        return answers

    def _request(self, partitions: Iterable[int]) -> Any:
        from kafka.protocol.consumer import ListOffsetsRequest

        topic = ListOffsetsRequest.ListOffsetsTopic
        parts = [
            topic.ListOffsetsPartition(partition_index=index, current_leader_epoch=-1, timestamp=LATEST)
            for index in partitions
        ]
        return ListOffsetsRequest(
            replica_id=DEBUGGING_REPLICA, isolation_level=0, topics=[topic(name=self._topic, partitions=parts)]
        )
