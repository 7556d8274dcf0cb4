"""The Kafka source on real brokers: what it counts, what it is refused, and how long it waits."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable

import numpy as np
import pytest
from confluent_kafka import ConsumerGroupTopicPartitions, Producer, TopicPartition
from confluent_kafka.admin import AclOperation, AdminClient, ConfigResource, ResourcePatternType, ResourceType

from data.settings import ClusterSettings, KafkaSettings
from data.sources.failures import SourceFailure
from data.sources.kafka import KafkaSource
from scoring.catalog.estate import NO_OFFSET, Acl, ConfigEntry, FailureKind, Group, GroupId, Partition, Topic, TopicName
from stack.state import COLLECTOR, StackState
from tests.integration.sources.conftest import CLUSTER, NarrowUser, as_user
from tests.waiting import eventually


def commit(admin: AdminClient, group: str, offsets: list[TopicPartition]) -> None:
    """Write a group's offsets; the errors stand on each partition, nothing is raised."""

    def written() -> bool:
        request = [ConsumerGroupTopicPartitions(group, offsets)]
        (future,) = admin.alter_consumer_group_offsets(request).values()
        return all(part.error is None for part in future.result(30).topic_partitions)

    eventually(written, f"offsets of {group} committed")


def topic_of(source: KafkaSource, name: str) -> Topic:
    return next(topic for topic in source.topics().value if topic.name == name)


def sees_a_topic(source: KafkaSource) -> bool:
    try:
        return bool(source.topics().value)
    except SourceFailure:
        return False


def failure(call: Callable[[], object]) -> SourceFailure:
    with pytest.raises(SourceFailure) as raised:
        call()
    return raised.value


def test_three_brokers_are_seen_and_no_controller_is_claimed(cluster: ClusterSettings) -> None:
    brokers = KafkaSource(cluster).brokers().value
    assert [broker.id for broker in brokers] == [1, 2, 3]
    assert {broker.controller for broker in brokers} == {None}


def test_a_new_topic_is_seen_with_its_partitions_and_settings(
    cluster: ClusterSettings, admin: AdminClient, new_topic: Callable[[int], str]
) -> None:
    name = new_topic(5)
    source = KafkaSource(cluster)
    topic = topic_of(source, name)
    assert (len(topic.partitions), topic.replication_factor, topic.internal) == (5, 3, False)
    assert all(sorted(part.replicas) == [1, 2, 3] for part in topic.partitions)
    config = source.topic_configs([topic]).value[TopicName(name)]
    assert config["cleanup.policy"] == ConfigEntry("delete", "DEFAULT_CONFIG")
    ours = admin.describe_configs([ConfigResource(ResourceType.TOPIC, name)])
    (entries,) = (future.result(30) for future in ours.values())
    assert {key: entry.value for key, entry in config.items()} == {key: entry.value for key, entry in entries.items()}


def test_kafkas_own_topics_are_internal(
    cluster: ClusterSettings, admin: AdminClient, new_topic: Callable[[int], str]
) -> None:
    commit(admin, f"sources-{uuid.uuid4().hex}", [TopicPartition(new_topic(1), 0, 0)])
    assert topic_of(KafkaSource(cluster), "__consumer_offsets").internal


def test_ends_and_commits_are_counted_partition_by_partition(
    cluster: ClusterSettings, admin: AdminClient, stack: StackState, new_topic: Callable[[int], str]
) -> None:
    name, group = new_topic(4), f"sources-{uuid.uuid4().hex}"
    producer = Producer({"bootstrap.servers": stack.kafka.admin_bootstrap, "enable.idempotence": True})
    for partition, count in ((0, 3), (2, 10)):
        for _ in range(count):
            producer.produce(name, b"x", partition=partition)
    assert producer.flush(30) == 0
    commit(admin, group, [TopicPartition(name, 2, 4), TopicPartition(name, 3, 0)])
    source = KafkaSource(cluster)
    ends = source.end_offsets([topic_of(source, name)])
    assert ends.value[TopicName(name)].tolist() == [3, 0, 10, 0]
    (found,) = (found for found in source.groups().value if found.id == group)
    assert (found.state, found.type, found.members) == ("Empty", "Classic", ())
    commits = source.committed_offsets([found]).value[GroupId(group)]
    assert commits[TopicName(name)].tolist() == [NO_OFFSET, NO_OFFSET, 4, 0]
    assert commits[TopicName(name)].dtype == np.int64
    for deleted in admin.delete_consumer_groups([group]).values():
        deleted.result(30)


def test_a_partition_that_is_gone_is_missing_and_the_others_are_counted(
    cluster: ClusterSettings, new_topic: Callable[[int], str]
) -> None:
    source = KafkaSource(cluster)
    there = topic_of(source, new_topic(1))
    gone = Topic(
        TopicName("never-was-there"), (Partition(0, 1, (1,), (1,)), Partition(1, 1, (1,), (1,))), internal=False
    )
    ends = source.end_offsets([there, gone])
    assert ends.value[there.name].tolist() == [0]
    assert ends.value[gone.name].tolist() == [NO_OFFSET, NO_OFFSET]
    assert ends.missing == ("Topic never-was-there, partitions 0, 1: UNKNOWN_TOPIC_OR_PART.",)
    configs = source.topic_configs([there, gone])
    assert (set(configs.value), configs.missing) == (
        {there.name},
        ("Topic never-was-there: UNKNOWN_TOPIC_OR_PART.",),
    )


def test_acls_of_every_kind_are_read_the_clusters_too(cluster: ClusterSettings, narrow_user: NarrowUser) -> None:
    narrow_user.grant(CLUSTER, AclOperation.DESCRIBE, ResourcePatternType.LITERAL)
    narrow_user.grant((ResourceType.TOPIC, "orders."), AclOperation.READ, ResourcePatternType.PREFIXED)
    narrow_user.grant((ResourceType.TRANSACTIONAL_ID, "t"), AclOperation.WRITE, ResourcePatternType.LITERAL)
    user = f"User:{narrow_user.name}"
    source = KafkaSource(cluster)
    wanted = {
        Acl(user, "*", "DESCRIBE", "ALLOW", "CLUSTER", "kafka-cluster", "LITERAL"),
        Acl(user, "*", "READ", "ALLOW", "TOPIC", "orders.", "PREFIXED"),
        Acl(user, "*", "WRITE", "ALLOW", "TRANSACTIONAL_ID", "t", "LITERAL"),
    }
    eventually(
        lambda: {rule for rule in source.acls().value if rule.principal == user} == wanted, "the three rules are seen"
    )


def test_a_user_without_permissions_is_told_so_part_by_part(stack: StackState, narrow_user: NarrowUser) -> None:
    source = KafkaSource(as_user(stack, narrow_user.name, narrow_user.password))
    assert len(source.brokers().value) == 3
    for part in (source.topics, source.groups, source.acls):
        assert failure(part).kind is FailureKind.FORBIDDEN
    group = Group(GroupId("any"), "Empty", "Classic", None, ())
    assert failure(lambda: source.committed_offsets([group])).kind is FailureKind.FORBIDDEN


def test_a_user_of_some_topics_sees_those_and_hears_that_others_may_be_hidden(
    stack: StackState, narrow_user: NarrowUser, new_topic: Callable[[int], str]
) -> None:
    seen, hidden = new_topic(1), new_topic(1)
    narrow_user.grant((ResourceType.TOPIC, seen), AclOperation.DESCRIBE, ResourcePatternType.LITERAL)
    source = KafkaSource(as_user(stack, narrow_user.name, narrow_user.password))
    eventually(lambda: sees_a_topic(source), "the ACL is known to the brokers")
    found = source.topics()
    assert [topic.name for topic in found.value] == [seen]
    assert hidden not in str(found)
    assert found.missing == ("Topics that this user may not describe are hidden (needs DESCRIBE on every topic).",)
    assert failure(lambda: source.topic_configs(found.value)).kind is FailureKind.FORBIDDEN
    assert source.end_offsets(found.value).value[TopicName(seen)].tolist() == [0]


def test_the_collectors_user_sees_everything(cluster: ClusterSettings) -> None:
    source = KafkaSource(cluster)
    assert (source.topics().missing, source.groups().missing) == ((), ())


def test_a_wrong_password_is_forbidden_long_before_the_time_out(stack: StackState) -> None:
    source = KafkaSource(as_user(stack, COLLECTOR, "wrong"), timeout=30.0)
    started = time.monotonic()
    found = failure(source.topics)
    assert found.kind is FailureKind.FORBIDDEN
    assert "sasl_password" in found.next_step
    assert "wrong" not in found.sentence
    assert time.monotonic() - started < 15


def test_a_plain_client_at_a_sasl_listener_is_told_to_look_at_the_protocol(stack: StackState) -> None:
    plain = ClusterSettings(name="plain", kafka=KafkaSettings(bootstrap_servers=stack.kafka.bootstrap))
    found = failure(KafkaSource(plain, timeout=30.0).brokers)
    assert found.kind is FailureKind.UNREACHABLE
    assert "security_protocol" in found.next_step
