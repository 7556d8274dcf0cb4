"""A partition whose in-sync set is below its minimum, with nothing else on the cluster disturbed.

Stopping a broker would do it too, and would move the leaders of everybody's partitions, which fails other people's
produces with other errors. Instead a partition with one replica is told to have three: until the new ones have copied
its data they are not in sync, and a replication throttle on this topic alone makes that take long. min.insync.replicas
counts against the assigned replicas, so from the reassignment on acks=all produces fail with NOT_ENOUGH_REPLICAS.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager

from confluent_kafka import Producer
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
)
from kafka import TopicPartition

from stack.brokers import sites
from stack.cluster import members, second_client
from stack.faults.topics import TIMEOUT_SECONDS, fault_topic
from stack.processes import wait_until
from stack.state import StackError, StackState

THROTTLE = "leader.replication.throttled.rate"
THROTTLED_TOPIC = "leader.replication.throttled.replicas"
SEED_BYTES = 900_000
"""Size of the records to copy. A throttled fetch passes one of them (at most 1 MiB) every 11 s, the quota's window."""

SEEDS, PRODUCES_PER_SEED = 4, 1000


@contextmanager
def topic_below_minimum(state: StackState, admin: AdminClient, count: int) -> Iterator[str]:
    """A topic that refuses acks=all for lack of replicas, for as long as `count` produces take; undone afterwards."""
    nodes = sorted(members(admin))
    if len(nodes) < 2:
        raise StackError("An in-sync set below the minimum takes two running brokers. Run `fault heal` first.")
    leader = nodes[0]
    config = {"min.insync.replicas": "2", THROTTLED_TOPIC: f"0:{leader}"}
    with fault_topic(admin, "isr", config, replicas=[leader]) as topic, _throttled(admin, leader):
        _seed(state, topic, SEEDS + count // PRODUCES_PER_SEED)
        with _reassigning(state, topic, nodes):
            wait_until(lambda: _in_sync(admin, topic) == (1, len(nodes)), f"{topic} should wait for replicas", 30)
            yield topic


def lift_throttles(state: StackState, admin: AdminClient) -> None:
    """Remove the throttle from every broker, also one that a killed command left behind."""
    for node in range(1, len(sites(state)[0].brokers) + 1):
        _set_throttle(admin, node, None)


@contextmanager
def _throttled(admin: AdminClient, leader: int) -> Iterator[None]:
    _set_throttle(admin, leader, 1)
    try:
        yield
    finally:
        _set_throttle(admin, leader, None)


def _set_throttle(admin: AdminClient, node: int, bytes_per_second: int | None) -> None:
    """Bytes a second that the broker may send to replicas of throttled topics that are not in sync; None: no limit."""
    entry = ConfigEntry(
        THROTTLE,
        str(bytes_per_second or ""),
        incremental_operation=AlterConfigOpType.SET if bytes_per_second else AlterConfigOpType.DELETE,
    )
    broker = ConfigResource(ConfigResource.Type.BROKER, str(node), incremental_configs=[entry])
    (answer,) = admin.incremental_alter_configs([broker], request_timeout=TIMEOUT_SECONDS).values()
    answer.result()


@contextmanager
def _reassigning(state: StackState, topic: str, nodes: list[int]) -> Iterator[None]:
    """Let the topic's partition be on its way to these brokers; cancelled afterwards."""
    partition = TopicPartition(topic, 0)
    with closing(second_client(state.kafka)) as admin:
        refused = admin.alter_partition_reassignments({partition: nodes})[partition]
        if refused is not None:
            raise StackError(f"Kafka refused to give {topic} more replicas: {refused}.")
        try:
            yield
        finally:
            admin.alter_partition_reassignments({partition: None})


def _seed(state: StackState, topic: str, records: int) -> None:
    """Write what the new replicas will have to copy."""
    producer = Producer({"bootstrap.servers": state.kafka.admin_bootstrap, "acks": "1", "log_level": 0})
    for _ in range(records):
        producer.produce(topic, b"x" * SEED_BYTES)
        if producer.flush(TIMEOUT_SECONDS):
            raise StackError(f"{topic} did not take the records to copy. See `status`.")


def _in_sync(admin: AdminClient, topic: str) -> tuple[int, int]:
    """How many replicas are in sync, and how many there are."""
    partition = admin.list_topics(timeout=TIMEOUT_SECONDS).topics[topic].partitions[0]
    return len(partition.isrs), len(partition.replicas)
