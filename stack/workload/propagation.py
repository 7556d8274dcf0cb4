"""Waiting until every broker has heard: the controller answers before brokers have taken in what it decided."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from stack.cluster import admin_client
from stack.processes import wait_until
from stack.state import KafkaAccess

TIMEOUT = 30.0

_ANY: Any = None
"""The filter's word for "whatever it is", which its own types leave out."""


def every_broker(kafka: KafkaAccess) -> list[AdminClient]:
    """A client for each broker, which asks that one."""
    return [admin_client(kafka, server) for server in kafka.admin_bootstrap.split(",")]


def await_topic(brokers: Sequence[AdminClient], topic: str, patience: float) -> None:
    """Return when every broker knows the topic and its partitions' leaders; StackError after `patience` seconds."""
    for broker in brokers:
        wait_until(partial(_leads, broker, topic), f"every broker should know {topic}", patience)


def await_acls(brokers: Sequence[AdminClient], bindings: Collection[AclBinding], patience: float) -> None:
    """Return when every broker enforces these ACLs; StackError after `patience` seconds."""
    for broker in brokers:
        wait_until(partial(_enforces, broker, frozenset(bindings)), "every broker should know all ACLs", patience)


def all_acls(admin: AdminClient) -> set[AclBinding]:
    """Every ACL that the broker asked knows."""
    anything = AclBindingFilter(
        ResourceType.ANY, _ANY, ResourcePatternType.ANY, _ANY, _ANY, AclOperation.ANY, AclPermissionType.ANY
    )
    return set(admin.describe_acls(anything, request_timeout=TIMEOUT).result())


def _enforces(broker: AdminClient, bindings: frozenset[AclBinding]) -> bool:
    return bindings <= all_acls(broker)


def _leads(broker: AdminClient, topic: str) -> bool:
    try:
        found = broker.list_topics(topic, timeout=TIMEOUT).topics[topic]
    except KafkaException:
        return False
    return found.error is None and all(partition.leader >= 0 for partition in found.partitions.values())
