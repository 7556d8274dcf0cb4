"""The canary's own topic: looked at, made when it lacks, given a partition for each broker that joins."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from confluent_kafka import KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import ConfigResource, NewPartitions, NewTopic, OffsetSpec, ResourceType

from data.canary.permissions import Need, lacking_acl
from data.canary.placement import Place, lacking
from data.settings import CanarySettings, KafkaSettings
from data.sources.failures import SourceFailure
from data.sources.kafka_client import Deadline, KafkaClient
from scoring.catalog.estate import FailureKind

LOGGER = logging.getLogger("streamgauge.canary")

MOST_PARTITIONS = 500
"""Partitions that the topic may grow to, by brokers that come and go under ever new ids."""

USUAL_COPIES = 3
"""Copies of each partition where the cluster does not say how many it makes by default."""

CONFIGS = {
    "cleanup.policy": "delete",
    "retention.ms": "3600000",
    "segment.ms": "600000",
    # A clock that was set wrong would otherwise have our records refused, or deleted at once.
    "message.timestamp.type": "LogAppendTime",
}
"""min.insync.replicas is not among them: the canary is to live under the cluster's own."""

_REFUSED = {KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.CLUSTER_AUTHORIZATION_FAILED}


@dataclass(frozen=True, slots=True)
class TopicView:
    """The topic and the brokers at one moment. identity: the topic's id; another one after it was made anew."""

    identity: str
    places: Mapping[int, Place]
    brokers: frozenset[int]

    @property
    def identified(self) -> bool:
        """False where brokers give topics no id (before 2.8): one that was made anew then looks like the former."""
        return self.identity.strip("A=") != ""


class CanaryTopic:
    """One cluster's canary topic. Every method raises SourceFailure. For one thread at a time."""

    def __init__(self, settings: CanarySettings, kafka: KafkaSettings, timeout: float) -> None:
        self._settings = settings
        self._kafka = kafka
        self._name = settings.topic
        self._timeout = timeout
        self._client = KafkaClient(kafka, timeout)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def look(self) -> TopicView:
        """The topic as it should be: made if it lacks, with a partition for each broker."""
        deadline = Deadline(self._timeout)
        brokers = self._brokers(deadline)
        identity, places = self._described(deadline) or ("", {})
        added = lacking(brokers, places, 1)
        if added:
            added = lacking(brokers, places, self._copies(min(brokers), deadline))
        if added and len(places) + len(added) > MOST_PARTITIONS:
            raise SourceFailure(
                FailureKind.BAD_ANSWER,
                f"Topic {self._name} has {len(places)} partitions and lacks {len(added)} for new brokers.",
                "Delete the topic; the canary makes it anew with one for each broker.",
            )
        if added:
            self._add(places, added, deadline)
            LOGGER.info("topic %s: %d partitions added, for each of brokers %s", self._name, len(added), added)
            identity, places = self._described(deadline) or ("", {})
        return TopicView(identity, places, brokers)

    def starts_and_ends(self, partitions: Iterable[int]) -> dict[int, tuple[int, int]]:
        """Partition → (first offset that is there, offset of the next record), for those whose leader answers."""
        deadline = Deadline(self._timeout)
        asked = [TopicPartition(self._name, index) for index in partitions]
        with self._client.asking() as admin:
            answers = []
            for spec in (OffsetSpec.earliest(), OffsetSpec.latest()):  # type: ignore[no-untyped-call]
                futures = admin.list_offsets(dict.fromkeys(asked, spec), request_timeout=deadline.request_timeout())
                self._client.settle(futures.values(), deadline)
                answers.append({part.partition: _offset(future) for part, future in futures.items()})
        starts, ends = answers
        return {
            index: (start, end)
            for index in starts.keys() & ends.keys()
            if (start := starts[index]) is not None and (end := ends[index]) is not None
        }

    def _brokers(self, deadline: Deadline) -> frozenset[int]:
        with self._client.asking() as admin:
            found = self._client.wait(admin.describe_cluster(request_timeout=deadline.request_timeout()), deadline)
        return frozenset(node.id for node in found.nodes)

    def _described(self, deadline: Deadline) -> tuple[str, dict[int, Place]] | None:
        """The topic's id and places; None when there is no such topic."""
        with self._client.asking() as admin:
            asked = admin.describe_topics(TopicCollection([self._name]), request_timeout=deadline.request_timeout())
            self._client.settle(asked.values(), deadline)
            try:
                found = asked[self._name].result()
            except KafkaException as error:
                if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
                    return None
                self._refuse(error, Need.DESCRIBE)
                raise
        places = {
            each.id: Place(
                replicas=tuple(node.id for node in each.replicas),
                leader=each.leader.id if each.leader is not None and each.leader.id >= 0 else None,
                in_sync=tuple(node.id for node in each.isr),
            )
            for each in found.partitions
            if each.replicas
        }
        return str(found.topic_id), places

    def _copies(self, broker: int, deadline: Deadline) -> int:
        """The cluster's own default; USUAL_COPIES where the canary may not see it."""
        with self._client.asking() as admin:
            resource = ConfigResource(ResourceType.BROKER, str(broker))
            asked: Mapping[Any, Future[Any]] = admin.describe_configs(
                [resource], request_timeout=deadline.request_timeout()
            )
            self._client.settle(asked.values(), deadline)
            try:
                entry = asked[resource].result().get("default.replication.factor")
            except KafkaException as error:
                if error.args[0].code() not in _REFUSED:
                    raise
                return USUAL_COPIES
        return int(entry.value) if entry is not None and entry.value else USUAL_COPIES

    def _add(self, places: Mapping[int, Place], added: list[list[int]], deadline: Deadline) -> None:
        with self._client.asking() as admin:
            if places:
                wanted = NewPartitions(self._name, len(places) + len(added), replica_assignment=added)
                asked = admin.create_partitions([wanted], request_timeout=deadline.request_timeout())
            else:
                topic = NewTopic(self._name, num_partitions=len(added), replica_assignment=added, config=CONFIGS)
                asked = admin.create_topics([topic], request_timeout=deadline.request_timeout())
            self._client.settle(asked.values(), deadline)
            try:
                asked[self._name].result()
            except KafkaException as error:
                if error.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS:
                    return  # Another canary of this cluster was quicker.
                self._refuse(error, Need.ALTER if places else Need.CREATE)
                raise

    def _refuse(self, error: KafkaException, need: Need) -> None:
        """Raise what names the lacking ACL, when it was one that lacked."""
        if error.args[0].code() in _REFUSED:
            raise lacking_acl(self._settings, self._kafka, need) from error


def _offset(future: Future[Any]) -> int | None:
    return None if future.exception() is not None else int(future.result().offset)
