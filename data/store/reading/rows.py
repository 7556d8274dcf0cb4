"""Facts and measurements put together to the rows of tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.store.read import AclRow, BrokerRow, ConnectorRow, GroupRow, SubjectRow, TopicRow
from data.store.reading.facts import Fact
from data.store.reading.measured import EndSum, LagSum
from scoring.catalog.estate import ConnectorName, GroupId, SubjectName, TopicName


def broker_row(fact: Fact) -> BrokerRow:
    """A broker."""
    content = fact.content
    return BrokerRow(
        cluster=fact.cluster,
        id=int(fact.key),
        host=content["host"],
        port=content["port"],
        rack=content["rack"],
        controller=content["controller"],
        seen=fact.seen,
    )


def topic_row(fact: Fact, config: Mapping[str, Any] | None, ends: EndSum | None) -> TopicRow:
    """A topic; config is its stored configuration, None when that was never read."""
    partitions: list[list[Any]] = fact.content["partitions"]
    settings = config or {}
    return TopicRow(
        cluster=fact.cluster,
        name=TopicName(fact.key),
        partitions=fact.size,
        replication_factor=len(partitions[0][1]) if partitions else 0,
        internal=fact.content["internal"],
        under_replicated=sum(len(isr) < len(replicas) for _, replicas, isr in partitions),
        leaderless=sum(leader is None for leader, _, _ in partitions),
        cleanup_policy=_value(settings, "cleanup.policy"),
        retention_ms=_number(settings, "retention.ms"),
        min_insync_replicas=_number(settings, "min.insync.replicas"),
        end_offset_sum=ends.total if ends is not None else None,
        offsets_at=ends.at if ends is not None else None,
        seen=fact.seen,
    )


def _value(settings: Mapping[str, Any], name: str) -> str | None:
    entry = settings.get(name)
    return None if entry is None else entry[0]


def _number(settings: Mapping[str, Any], name: str) -> int | None:
    value = _value(settings, name)
    return int(value) if value is not None and value.lstrip("-").isdigit() else None


def group_row(fact: Fact, lag: LagSum | None, *, commits_read: bool) -> GroupRow:
    """A group; without commits its topics are 0 when the commits were read, and unknown when they were not."""
    return GroupRow(
        cluster=fact.cluster,
        name=GroupId(fact.key),
        state=fact.content["state"],
        type=fact.content["type"],
        members=fact.size,
        topics=lag.topics if lag is not None else (0 if commits_read else None),
        lag=lag.lag if lag is not None else None,
        lag_max=lag.lag_max if lag is not None else None,
        lag_unknown=lag.lag_unknown if lag is not None else None,
        lag_at=lag.at if lag is not None else None,
        seen=fact.seen,
    )


def subject_row(fact: Fact) -> SubjectRow:
    """A subject."""
    version, schema_id, _ = fact.content["latest"]
    return SubjectRow(
        cluster=fact.cluster,
        name=SubjectName(fact.key),
        schema_type=fact.content["schema_type"],
        compatibility=fact.content["compatibility"],
        versions=fact.size,
        latest_version=version,
        schema_id=schema_id,
        seen=fact.seen,
    )


def connector_row(fact: Fact) -> ConnectorRow:
    """A connector."""
    content = fact.content
    return ConnectorRow(
        cluster=fact.cluster,
        name=ConnectorName(fact.key),
        kind=content["kind"],
        state=content["state"],
        tasks=fact.size,
        tasks_running=sum(state == "RUNNING" for state in content["tasks"]),
        topics=tuple(TopicName(topic) for topic in content["topics"]),
        seen=fact.seen,
    )


def acl_row(fact: Fact) -> AclRow:
    """An access rule."""
    content = fact.content
    return AclRow(
        cluster=fact.cluster,
        principal=content["principal"],
        host=content["host"],
        operation=content["operation"],
        permission=content["permission"],
        resource_type=content["resource_type"],
        resource_name=content["resource_name"],
        pattern_type=content["pattern_type"],
        seen=fact.seen,
    )
