"""The stored form of each kind of fact: canonical JSON, and back.

Canonical means: sorted keys, no spaces, so that the same object has the same hash on every run and every machine.
A partition is written as [leader, replicas, isr]: 50 000 of them are read for one page.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from scoring.catalog.estate import (
    Acl,
    Broker,
    ConfigEntry,
    Connector,
    Group,
    Member,
    Partition,
    SchemaReference,
    Subject,
    SubjectName,
    Topic,
    TopicConfig,
    TopicName,
)


@dataclass(frozen=True, slots=True)
class Content:
    """One form of one object. size: what lists add up (partitions, members, versions, tasks; 1 for the rest)."""

    body: str
    size: int

    @property
    def hash(self) -> bytes:
        """SHA-256 of the canonical JSON."""
        return hashlib.sha256(self.body.encode()).digest()


def canonical(value: Any) -> str:
    """JSON with sorted keys and no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def broker_facts(brokers: Iterable[Broker]) -> dict[str, Content]:
    """Brokers by id."""
    return {
        str(broker.id): Content(
            canonical({"host": broker.host, "port": broker.port, "rack": broker.rack, "controller": broker.controller}),
            1,
        )
        for broker in brokers
    }


def topic_facts(topics: Iterable[Topic]) -> dict[str, Content]:
    """Topics by name. Replicas in sync are sorted: Kafka lists them in the order in which they caught up."""
    return {
        topic.name: Content(
            canonical(
                {
                    "internal": topic.internal,
                    "partitions": [[p.leader, p.replicas, sorted(p.isr)] for p in topic.partitions],
                }
            ),
            len(topic.partitions),
        )
        for topic in topics
    }


def config_facts(configs: Mapping[TopicName, TopicConfig]) -> dict[str, Content]:
    """Topic configurations by topic; each entry as [value, source]."""
    return {
        topic: Content(canonical({name: [entry.value, entry.source] for name, entry in config.items()}), 1)
        for topic, config in configs.items()
    }


def group_facts(groups: Iterable[Group]) -> dict[str, Content]:
    """Groups by id; members and their partitions sorted, since coordinators list them in any order."""
    return {
        group.id: Content(
            canonical(
                {
                    "state": group.state,
                    "type": group.type,
                    "coordinator": group.coordinator,
                    "members": sorted(
                        [member.id, member.client_id, member.host, sorted(member.assigned)] for member in group.members
                    ),
                }
            ),
            len(group.members),
        )
        for group in groups
    }


def acl_facts(acls: Iterable[Acl]) -> dict[str, Content]:
    """Access rules; a rule is its own key, so it never changes: it is there or it is not."""
    rules = (
        {
            "principal": acl.principal,
            "host": acl.host,
            "operation": acl.operation,
            "permission": acl.permission,
            "resource_type": acl.resource_type,
            "resource_name": acl.resource_name,
            "pattern_type": acl.pattern_type,
        }
        for acl in acls
    )
    return {canonical(list(rule.values())): Content(canonical(rule), 1) for rule in rules}


def subject_facts(subjects: Iterable[Subject]) -> dict[str, Content]:
    """Subjects by name, with the text of the newest version."""
    return {
        subject.name: Content(
            canonical(
                {
                    "schema_type": subject.schema_type,
                    "compatibility": subject.compatibility,
                    "versions": subject.versions,
                    "latest": [subject.latest.version, subject.latest.schema_id, subject.latest.text],
                    "references": [[used.name, used.subject, used.version] for used in subject.latest.references],
                }
            ),
            len(subject.versions),
        )
        for subject in subjects
    }


def connector_facts(connectors: Iterable[Connector]) -> dict[str, Content]:
    """Connectors by name; their configs come without secrets."""
    return {
        connector.name: Content(
            canonical(
                {
                    "kind": connector.kind,
                    "state": connector.state,
                    "worker": connector.worker,
                    "tasks": connector.tasks,
                    "topics": connector.topics,
                    "config": dict(connector.config),
                    "trace": connector.trace,
                }
            ),
            len(connector.tasks),
        )
        for connector in connectors
    }


def partitions_of(content: Mapping[str, Any]) -> tuple[Partition, ...]:
    """The partitions of a stored topic."""
    return tuple(
        Partition(index, leader, tuple(replicas), tuple(isr))
        for index, (leader, replicas, isr) in enumerate(content["partitions"])
    )


def config_of(content: Mapping[str, Any]) -> dict[str, ConfigEntry]:
    """The settings of a stored topic configuration."""
    return {name: ConfigEntry(value, source) for name, (value, source) in content.items()}


def references_of(content: Mapping[str, Any]) -> tuple[SchemaReference, ...]:
    """What the newest version of a stored subject refers to."""
    return tuple(
        SchemaReference(name, SubjectName(subject), version) for name, subject, version in content["references"]
    )


def members_of(content: Mapping[str, Any]) -> tuple[Member, ...]:
    """The members of a stored group."""
    return tuple(
        Member(member_id, client_id, host, tuple((TopicName(topic), partition) for topic, partition in assigned))
        for member_id, client_id, host, assigned in content["members"]
    )
