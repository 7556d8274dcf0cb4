"""librdkafka's answers as the estate's types. No I/O."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
from confluent_kafka import KafkaError
from confluent_kafka.admin import ConfigSource, ResourceType

from scoring.catalog.estate import (
    NO_OFFSET,
    Acl,
    ConfigEntry,
    Group,
    GroupId,
    Member,
    Offsets,
    Partition,
    Topic,
    TopicConfig,
    TopicName,
)

INTERNAL_TOPICS = frozenset({"__consumer_offsets", "__transaction_state", "__share_group_state"})
"""Kafka's own topics (Topic.java, INTERNAL_TOPICS); librdkafka does not pass the broker's flag on."""

_STATES = {
    "PREPARING_REBALANCING": "PreparingRebalance",
    "COMPLETING_REBALANCING": "CompletingRebalance",
    "STABLE": "Stable",
    "DEAD": "Dead",
    "EMPTY": "Empty",
    "ASSIGNING": "Assigning",
    "RECONCILING": "Reconciling",
}
"""librdkafka's group states in the words of Kafka's own tools."""

_SHOWN_PARTITIONS = 10


def topic(metadata: Any) -> Topic:
    """A topic from librdkafka's TopicMetadata."""
    return Topic(
        name=TopicName(metadata.topic),
        partitions=tuple(
            Partition(
                index=index,
                leader=found.leader if found.leader >= 0 else None,
                replicas=tuple(found.replicas),
                isr=tuple(found.isrs),
            )
            for index, found in sorted(metadata.partitions.items())
        ),
        internal=metadata.topic in INTERNAL_TOPICS,
    )


class ConfigReader:
    """Topic configs with equal entries shared: most of 5 000 topics' 33 settings are the same few defaults."""

    def __init__(self) -> None:
        self._entries: dict[tuple[str | None, int], ConfigEntry] = {}
        self._sources = {source.value: source.name for source in ConfigSource}

    def read(self, entries: Mapping[str, Any]) -> TopicConfig:
        """One topic's config from librdkafka's entries."""
        return {name: self._entry(entry) for name, entry in entries.items()}

    def _entry(self, entry: Any) -> ConfigEntry:
        value = None if entry.is_sensitive else entry.value
        known = self._entries.get((value, entry.source))
        if known is None:
            known = ConfigEntry(value=value, source=self._sources.get(entry.source, "UNKNOWN_CONFIG"))
            self._entries[value, entry.source] = known
        return known


def group(description: Any) -> Group:
    """A group from librdkafka's ConsumerGroupDescription."""
    return Group(
        id=GroupId(description.group_id),
        state=_STATES.get(description.state.name, "Unknown"),
        type=description.type.name.capitalize(),
        coordinator=description.coordinator.id if description.coordinator is not None else None,
        members=tuple(
            Member(
                id=member.member_id,
                client_id=member.client_id,
                host=member.host,
                assigned=tuple(
                    sorted((TopicName(part.topic), part.partition) for part in member.assignment.topic_partitions)
                ),
            )
            for member in description.members
        ),
    )


def committed(places: Mapping[Any, Any]) -> Mapping[TopicName, Offsets]:
    """Committed offsets per topic, from kafka-python's answer; a partition without a commit has NO_OFFSET."""
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for place, answer in places.items():
        found[place.topic][place.partition] = answer.offset if answer.offset >= 0 else NO_OFFSET
    result: dict[TopicName, Offsets] = {}
    for name, offsets in found.items():
        array = np.full(max(offsets) + 1, NO_OFFSET, dtype=np.int64)
        array[list(offsets)] = list(offsets.values())
        result[TopicName(name)] = array
    return result


def acl(binding: Any) -> Acl:
    """An access rule; librdkafka calls the cluster resource BROKER, because both have the wire code 4."""
    kind = "CLUSTER" if binding.restype is ResourceType.BROKER else binding.restype.name
    return Acl(
        principal=binding.principal,
        host=binding.host,
        operation=binding.operation.name,
        permission=binding.permission_type.name,
        resource_type=kind,
        resource_name=binding.name,
        pattern_type=binding.resource_pattern_type.name,
    )


def partitions_refused(errors: Mapping[tuple[str, int], KafkaError]) -> tuple[str, ...]:
    """One sentence a topic and error, naming the partitions that gave no offset."""
    together: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for (name, index), error in errors.items():
        together[name, error.name()].append(index)
    return tuple(
        f"Topic {name}, {_listed(sorted(indices))}: {reason}." for (name, reason), indices in sorted(together.items())
    )


def _listed(indices: list[int]) -> str:
    shown = ", ".join(str(index) for index in indices[:_SHOWN_PARTITIONS])
    more = f" and {len(indices) - _SHOWN_PARTITIONS} more" if len(indices) > _SHOWN_PARTITIONS else ""
    return f"partition {shown}{more}" if len(indices) == 1 else f"partitions {shown}{more}"
