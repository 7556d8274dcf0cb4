"""What the company needs before anybody writes: topics, ACLs, schemas and the offsets of groups that were left behind.

Everything is compared with what is there first, so a second run changes nothing. What exists is left as it is, also
where it differs: `down --purge` and a new stack is the way to a changed company.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from confluent_kafka import TopicPartition
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    NewTopic,
    ResourcePatternType,
    ResourceType,
)

from stack.cluster import admin_client
from stack.state import StackState
from stack.workload.access import Grant, grants
from stack.workload.batches import TIMEOUT, commit_for_groups, settle
from stack.workload.committed import committed_offsets
from stack.workload.company import Behaviour, Company, Operation, Pattern, ResourceKind, TopicName
from stack.workload.propagation import all_acls, await_acls, await_topic, every_broker
from stack.workload.registry import Registry
from stack.workload.shapes import shape

PATTERNS = {Pattern.LITERAL: ResourcePatternType.LITERAL, Pattern.PREFIXED: ResourcePatternType.PREFIXED}
RESOURCES = {ResourceKind.TOPIC: ResourceType.TOPIC, ResourceKind.GROUP: ResourceType.GROUP}
OPERATIONS = {
    Operation.READ: AclOperation.READ,
    Operation.WRITE: AclOperation.WRITE,
    Operation.DESCRIBE: AclOperation.DESCRIBE,
}

PATIENCE = 120.0
"""Seconds until every broker should have heard of everything."""

SchemaIds = Mapping[TopicName, int]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a run had to add; all zero the second time. offsets: groups that got committed offsets."""

    topics: int
    acls: int
    schemas: int
    offsets: int


def provision(company: Company, state: StackState) -> Changes:
    """Bring about what is missing. Raises BatchError or RegistryError with what could not be brought about."""
    admin = admin_client(state.kafka)
    topics, acls = _create_topics(company, admin), _create_acls(company, admin)
    if topics or acls:
        # The first records would otherwise be refused by a broker that has not heard yet, and count as failed produces.
        brokers = every_broker(state.kafka)
        for topic in company.topics:
            await_topic(brokers, topic.name, PATIENCE)
        await_acls(brokers, [_binding(grant) for grant in grants(company)], PATIENCE)
    return Changes(
        topics=topics,
        acls=acls,
        schemas=_register_schemas(company, Registry(state.registry_url)),
        offsets=_leave_groups_behind(company, admin, state.kafka.admin_bootstrap),
    )


def schema_ids(company: Company, state: StackState) -> SchemaIds:
    """The id of every contract's newest schema: the registry answers it to whoever registers what is there already."""
    registry = Registry(state.registry_url)
    return {
        topic.name: registry.register(f"{topic.name}-value", topic.format, shape(topic.shape[-1]))
        for topic in company.topics
        if topic.under_contract
    }


def _create_topics(company: Company, admin: AdminClient) -> int:
    existing = admin.list_topics(timeout=TIMEOUT).topics
    missing = [
        NewTopic(topic.name, topic.partitions, topic.replication, config=topic.configs)
        for topic in company.topics
        if topic.name not in existing
    ]
    if missing:
        settle(admin.create_topics(missing, operation_timeout=TIMEOUT, request_timeout=TIMEOUT), "Creating topics")
    return len(missing)


def _create_acls(company: Company, admin: AdminClient) -> int:
    existing = all_acls(admin)
    missing = [binding for binding in map(_binding, sorted(grants(company))) if binding not in existing]
    if missing:
        settle(admin.create_acls(missing, request_timeout=TIMEOUT), "Creating ACLs")
    return len(missing)


def _binding(grant: Grant) -> AclBinding:
    return AclBinding(
        RESOURCES[grant.resource],
        grant.name,
        PATTERNS[grant.pattern],
        f"User:{grant.user}",
        "*",
        OPERATIONS[grant.operation],
        AclPermissionType.ALLOW,
    )


def _register_schemas(company: Company, registry: Registry) -> int:
    added = 0
    for topic in company.topics:
        if not topic.under_contract:
            continue
        subject = f"{topic.name}-value"
        for file in topic.shape[len(registry.versions(subject)) :]:
            registry.register(subject, topic.format, shape(file))
            added += 1
    return added


def _leave_groups_behind(company: Company, admin: AdminClient, bootstrap: str) -> int:
    """Commit the first offset for groups that are to have no members, so that their lag is all there is."""
    orphans = [reader for reader in company.consumers if reader.behaviour is Behaviour.ORPHANED]
    known = committed_offsets(bootstrap, [reader.group for reader in orphans])
    wanted: dict[str, list[TopicPartition]] = {
        reader.group: [
            TopicPartition(name, partition, 0)
            for name in reader.topics
            for partition in range(company.topic(name).partitions)
        ]
        for reader in orphans
        if not known.get(reader.group)
    }
    commit_for_groups(admin, wanted)
    return len(wanted)
