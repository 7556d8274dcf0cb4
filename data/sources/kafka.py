"""What a Kafka cluster says of itself, through librdkafka's admin client; committed offsets through kafka-python's.

Every batched call answers item by item. Each item's error is read: one that the broker refused becomes a sentence in
`missing`, and when all were refused the whole part fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any, TypeVar

import numpy as np
from confluent_kafka import KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import (
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    ConfigResource,
    OffsetSpec,
    ResourcePatternType,
    ResourceType,
)

from data.settings import ClusterSettings
from data.sources import kafka_answers as answers
from data.sources.failures import SourceFailure
from data.sources.kafka_batches import Batching, ask_each
from data.sources.kafka_client import Deadline, KafkaClient
from data.sources.kafka_commits import CommitReader
from data.sources.kafka_permissions import Permissions
from scoring.catalog.estate import (
    NO_OFFSET,
    Acl,
    Broker,
    Committed,
    EndOffsets,
    FailureKind,
    Group,
    Offsets,
    Present,
    Topic,
    TopicConfig,
    TopicName,
)

T = TypeVar("T")

OFFSETS_A_CALL = 500
"""Partitions in one ListOffsets call: librdkafka's work grows with the square of this (50 000 in one call: 9 s).

For 50 000 partitions 500 cost a tenth less than 1 000; fewer still gain little and ask the brokers more often.
"""
CONFIGS_A_CALL = 500
GROUPS_A_CALL = 200


def _now() -> datetime:
    return datetime.now(UTC)


class KafkaSource:
    """One cluster's brokers, topics, groups, offsets and ACLs. For one thread at a time.

    Every method raises SourceFailure when the part could not be read, and waits no longer than `timeout` seconds
    (default: the setting kafka.timeout).
    """

    def __init__(
        self, cluster: ClusterSettings, timeout: float | None = None, clock: Callable[[], datetime] = _now
    ) -> None:
        self._timeout = timeout if timeout is not None else cluster.kafka.timeout
        self._clock = clock
        self._client = KafkaClient(cluster.kafka, self._timeout)
        self._commits = CommitReader(cluster.kafka, self._timeout)
        self.permissions = Permissions(self._client)

    def close(self) -> None:
        """Let go of the connections; the next question opens new ones."""
        self._client.close()
        self._commits.close()

    def brokers(self) -> Present[tuple[Broker, ...]]:
        """The brokers that are registered and alive.

        `controller` is None: a KRaft cluster names any live broker there, another one at each answer.
        """
        deadline = Deadline(self._timeout)
        with self._client.asking() as admin:
            found = self._client.wait(admin.describe_cluster(request_timeout=deadline.request_timeout()), deadline)
        brokers = [Broker(node.id, node.host, node.port, node.rack, None) for node in found.nodes]
        return self._present(tuple(sorted(brokers, key=lambda broker: broker.id)), "DescribeCluster")

    def topics(self) -> Present[tuple[Topic, ...]]:
        """Every topic that we may describe, by name; `missing` says so when there may be others."""
        deadline = Deadline(self._timeout)
        with self._client.asking():
            metadata = self._client.metadata(deadline)
            sees_all = self.permissions.sees_all_topics(deadline)
        readable = [found for found in metadata.topics.values() if found.partitions]
        if not readable and not sees_all:
            raise _hidden("topics", "every topic")
        refused = [
            f"Topic {found.topic}: {found.error.name()}."
            for found in metadata.topics.values()
            if found.error is not None and not found.partitions
        ]
        if not sees_all:
            refused.append("Topics that this user may not describe are hidden (needs DESCRIBE on every topic).")
        topics = sorted((answers.topic(found) for found in readable), key=lambda topic: topic.name)
        return self._present(tuple(topics), "Metadata", sorted(refused))

    def topic_configs(self, topics: Iterable[Topic]) -> Present[Mapping[TopicName, TopicConfig]]:
        """The effective settings of each topic."""
        deadline = Deadline(self._timeout)
        reader = answers.ConfigReader()
        configs: dict[TopicName, TopicConfig] = {}

        def keep(resource: ConfigResource, entries: Any) -> None:
            configs[TopicName(resource.name)] = reader.read(entries)

        with self._client.asking() as admin:

            def ask(some: Sequence[ConfigResource]) -> Mapping[ConfigResource, Future[Any]]:
                futures: Mapping[ConfigResource, Future[Any]] = admin.describe_configs(
                    list(some), request_timeout=deadline.request_timeout()
                )
                return futures

            resources = (ConfigResource(ResourceType.TOPIC, topic.name) for topic in topics)
            refused = ask_each(self._client, resources, Batching(ask, CONFIGS_A_CALL, 2), keep, deadline)
        named = {resource.name: error for resource, error in refused.items()}
        return self._present(configs, "DescribeConfigs(TOPIC)", _refused("Topic", named))

    def end_offsets(self, topics: Iterable[Topic]) -> Present[EndOffsets]:
        """The offset that the next record of each partition will get; NO_OFFSET where the broker refused."""
        deadline = Deadline(self._timeout)
        asked = list(topics)
        ends: dict[TopicName, Offsets] = {
            topic.name: np.full(len(topic.partitions), NO_OFFSET, dtype=np.int64) for topic in asked
        }
        latest = OffsetSpec.latest()  # type: ignore[no-untyped-call]

        def keep(part: TopicPartition, answer: Any) -> None:
            ends[TopicName(part.topic)][part.partition] = answer.offset

        with self._client.asking() as admin:

            def ask(some: Sequence[TopicPartition]) -> Mapping[TopicPartition, Future[Any]]:
                futures: Mapping[TopicPartition, Future[Any]] = admin.list_offsets(
                    dict.fromkeys(some, latest), request_timeout=deadline.request_timeout()
                )
                return futures

            parts = (TopicPartition(topic.name, part.index) for topic in asked for part in topic.partitions)
            refused = ask_each(self._client, parts, Batching(ask, OFFSETS_A_CALL, 4), keep, deadline)
        named = {(part.topic, part.partition): error for part, error in refused.items()}
        return self._present(ends, "ListOffsets(latest)", answers.partitions_refused(named))

    def groups(self) -> Present[tuple[Group, ...]]:
        """Every consumer group that we may describe, by id, with its members."""
        deadline = Deadline(self._timeout)
        groups: dict[str, Group] = {}

        def keep(name: str, description: Any) -> None:
            groups[name] = answers.group(description)

        with self._client.asking() as admin:
            listed = self._client.wait(admin.list_consumer_groups(request_timeout=deadline.request_timeout()), deadline)
            if listed.errors and not listed.valid:
                raise self._client.failure(_plain(listed.errors[0]))

            def ask(some: Sequence[str]) -> Mapping[str, Future[Any]]:
                futures: Mapping[str, Future[Any]] = admin.describe_consumer_groups(
                    list(some), request_timeout=deadline.request_timeout()
                )
                return futures

            names = [found.group_id for found in listed.valid]
            refused = ask_each(self._client, names, Batching(ask, GROUPS_A_CALL, 8), keep, deadline)
            sees_all = self.permissions.sees_all_groups(deadline)
            if not listed.valid and not sees_all:
                raise _hidden("groups", "every group")
        missing = [f"A broker did not list its groups: {_plain(error).name()}." for error in listed.errors]
        if not sees_all:
            missing.append("Groups that this user may not describe are hidden (needs DESCRIBE on every group).")
        found = tuple(groups[name] for name in sorted(groups))
        return self._present(found, "ListGroups, DescribeGroups", [*missing, *_refused("Group", refused)])

    def committed_offsets(self, groups: Iterable[Group]) -> Present[Committed]:
        """What each group has committed, per topic and partition; NO_OFFSET where it has not."""
        found, refused = self._commits.read([group.id for group in groups], Deadline(self._timeout))
        commits = {group: answers.committed(places) for group, places in found.items()}
        return self._present(
            commits, "OffsetFetch", [f"Group {name}: {error}." for name, error in sorted(refused.items())]
        )

    def acls(self) -> Present[tuple[Acl, ...]]:
        """Every access rule.

        librdkafka answers an empty list to a user who may not see them, so the permission is looked at first.
        """
        deadline = Deadline(self._timeout)
        with self._client.asking() as admin:
            if not self.permissions.describes_cluster(deadline):
                raise _hidden("ACLs", "the cluster")
            asked = admin.describe_acls(_every_rule(), request_timeout=deadline.request_timeout())
            bindings = self._client.wait(asked, deadline)
        rules = {answers.acl(binding) for binding in bindings}
        return self._present(tuple(sorted(rules, key=_rule_order)), "DescribeAcls")

    def _present(self, value: T, query: str, missing: Iterable[str] = ()) -> Present[T]:
        return Present(value=value, observed_at=self._clock(), query=query, missing=tuple(missing))


def _plain(error: KafkaError | KafkaException) -> KafkaError:
    """A broker's error in a list of groups: documented as an exception that holds it, and given as it is."""
    found: KafkaError = error.args[0] if isinstance(error, KafkaException) else error
    return found


def _refused(kind: str, errors: Mapping[str, KafkaError]) -> list[str]:
    return [f"{kind} {name}: {error.name()}." for name, error in sorted(errors.items())]


def _hidden(what: str, resource: str) -> SourceFailure:
    return SourceFailure(
        FailureKind.FORBIDDEN,
        f"Kafka shows no {what} to this user.",
        f"Grant DESCRIBE on {resource}; `streamgauge doctor` prints the command.",
    )


def _every_rule() -> AclBindingFilter:
    anything: Any = None  # the annotations ask for text, the documentation for None
    return AclBindingFilter(
        ResourceType.ANY,
        anything,
        ResourcePatternType.ANY,
        anything,
        anything,
        AclOperation.ANY,
        AclPermissionType.ANY,
    )


def _rule_order(rule: Acl) -> tuple[str, ...]:
    return (
        rule.resource_type,
        rule.resource_name,
        rule.pattern_type,
        rule.principal,
        rule.operation,
        rule.permission,
        rule.host,
    )
