"""One collection of the real stack, compared with what the brokers say when they are asked directly."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from confluent_kafka import ConsumerGroupTopicPartitions, Producer, TopicPartition
from confluent_kafka.admin import (
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

from data.collect import CollectionReport, collect_once
from data.settings import (
    ClusterSettings,
    ConnectSettings,
    KafkaSettings,
    PrometheusSettings,
    RegistrySettings,
    SaslMechanism,
    SecurityProtocol,
    Settings,
)
from data.store import Store, open_store
from data.store.maintenance import check
from data.store.read import SourceCondition
from scoring.catalog.estate import ClusterName, SourceName
from stack.state import COLLECTOR, StackState

MAIN = ClusterName("main")
NOBODY = "http://127.0.0.1:1"


@pytest.fixture
def cluster(stack: StackState) -> ClusterSettings:
    """The stack as the read-only user sees it."""
    kafka = {
        "bootstrap_servers": stack.kafka.bootstrap,
        "security_protocol": SecurityProtocol.SASL_PLAINTEXT,
        "sasl_mechanism": SaslMechanism.SCRAM_SHA_512,
        "sasl_username": COLLECTOR,
        "sasl_password": stack.password(COLLECTOR),
    }
    return ClusterSettings(
        name=MAIN,
        kafka=KafkaSettings.model_validate(kafka),
        registry=RegistrySettings(url=stack.registry_url),
        connect=ConnectSettings(url=stack.connect_url),
        prometheus=PrometheusSettings(url=stack.prometheus_url),
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = open_store(f"sqlite:///{tmp_path}/store.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def admin(stack: StackState) -> AdminClient:
    """A super user."""
    return AdminClient({"bootstrap.servers": stack.kafka.admin_bootstrap})


@pytest.fixture
def topic(admin: AdminClient) -> Iterator[str]:
    """A topic of one partition that nobody else uses; gone after the test."""
    name = f"collect-{uuid.uuid4().hex}"
    admin.create_topics([NewTopic(name, 1, 3)], operation_timeout=10)[name].result(30)
    yield name
    if name in admin.list_topics(timeout=20).topics:
        admin.delete_topics([name])[name].result(30)


@pytest.fixture
def subject(stack: StackState) -> Iterator[str]:
    """A registered schema; gone after the test."""
    address = f"{stack.registry_url}/subjects/collect-{uuid.uuid4().hex}"
    requests.post(f"{address}/versions", json={"schema": '"string"'}, timeout=20).raise_for_status()
    yield address.rpartition("/")[2]
    for parameters in ({}, {"permanent": "true"}):
        requests.delete(address, params=parameters, timeout=20).raise_for_status()


def collect(store: Store, cluster: ClusterSettings) -> CollectionReport:
    """Collect one cluster once."""
    return collect_once(Settings(clusters=(cluster,)), store)


def test_a_collection_holds_what_the_brokers_say_themselves(
    store: Store, cluster: ClusterSettings, admin: AdminClient
) -> None:
    report = collect(store, cluster)
    assert [(run.source, run.state) for run in report.runs if run.state is not SourceCondition.OK] == []
    metadata = admin.list_topics(timeout=20)
    there = {name: len(found.partitions) for name, found in metadata.topics.items()}
    assert {row.name: row.partitions for row in store.read.topics()} == there
    counts = store.read.estate_counts()
    assert counts.brokers.value == len(metadata.brokers) == 3
    assert (counts.topics.value, counts.partitions.value) == (len(there), sum(there.values()))
    groups = admin.list_consumer_groups(request_timeout=20).result(20)
    assert {row.name for row in store.read.groups()} == {found.group_id for found in groups.valid}
    anything = (ResourceType.ANY, None, ResourcePatternType.ANY, None, None, AclOperation.ANY, AclPermissionType.ANY)
    every = AclBindingFilter(*anything)  # type: ignore[arg-type]
    assert counts.acls.value == len(admin.describe_acls(every, request_timeout=20).result(20))
    assert check(store) == []


def test_lag_is_records_written_less_records_committed(
    store: Store, cluster: ClusterSettings, admin: AdminClient, stack: StackState, topic: str
) -> None:
    producer = Producer({"bootstrap.servers": stack.kafka.admin_bootstrap})
    for number in range(10):
        producer.produce(topic, str(number), partition=0)
    assert producer.flush(30) == 0
    group = f"readers-of-{topic}"
    commit = ConsumerGroupTopicPartitions(group, [TopicPartition(topic, 0, 3)])
    answer = admin.alter_consumer_group_offsets([commit])[group].result(30)
    assert [part.error for part in answer.topic_partitions] == [None]
    try:
        collect(store, cluster)
    finally:
        admin.delete_consumer_groups([group])[group].result(30)
    (row,) = [row for row in store.read.groups() if row.name == group]
    assert (row.topics, row.lag, row.lag_max, row.lag_unknown) == (1, 7, 7, 0)


def test_a_registry_that_has_gone_changes_nothing_but_its_state(
    store: Store, cluster: ClusterSettings, subject: str
) -> None:
    collect(store, cluster)
    before = [(row.name, row.seen.last_seen) for row in store.read.subjects()]
    assert subject in {name for name, _ in before}
    gone = cluster.model_copy(update={"registry": RegistrySettings(url=NOBODY)})
    report = collect(store, gone)
    assert not report.nothing_collected
    assert [(row.name, row.seen.last_seen) for row in store.read.subjects()] == before
    states = {row.source: row for row in store.read.source_states()}
    assert states[SourceName.REGISTRY].state is SourceCondition.UNREACHABLE
    assert states[SourceName.KAFKA].state is SourceCondition.OK
    collect(store, cluster)
    states = {row.source: row for row in store.read.source_states()}
    assert states[SourceName.REGISTRY].state is SourceCondition.OK
    assert all(later.seen.last_seen > seen for later, (_, seen) in zip(store.read.subjects(), before, strict=True))


def test_a_deleted_topic_is_removed_and_its_past_stays(
    store: Store, cluster: ClusterSettings, admin: AdminClient, topic: str
) -> None:
    collect(store, cluster)
    alive = store.clock()
    admin.delete_topics([topic])[topic].result(30)
    collect(store, cluster)
    assert topic not in {row.name for row in store.read.topics()}
    assert topic in {row.name for row in store.read.topics(asof=alive)}
    assert check(store) == []
