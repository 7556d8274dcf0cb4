"""The shapes in which estate and sources leave the product: CLI, exports and tables are made from these and no others.

Each has a JSON Schema in `dashboard/schemas/`. Moments are ISO 8601 in UTC; null is "unknown".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.wording import instant
from data.store.read import (
    AclRow,
    ConnectorRow,
    EstateCounts,
    GroupRow,
    ReadModel,
    Seen,
    SourceState,
    SubjectRow,
    TopicRow,
)
from scoring.catalog.estate import ClusterName

Shape = dict[str, Any]

COUNTED = ("topics", "partitions", "groups", "subjects", "connectors", "acls")


def topic_shape(row: TopicRow) -> Shape:
    """One topic; end_offset_sum counts records ever appended, not records kept."""
    return {
        "cluster": row.cluster,
        "name": row.name,
        "partitions": row.partitions,
        "replication_factor": row.replication_factor,
        "internal": row.internal,
        "under_replicated": row.under_replicated,
        "leaderless": row.leaderless,
        "cleanup_policy": row.cleanup_policy,
        "retention_ms": row.retention_ms,
        "min_insync_replicas": row.min_insync_replicas,
        "end_offset_sum": row.end_offset_sum,
        "offsets_at": instant(row.offsets_at),
        **_seen(row.seen),
    }


def group_shape(row: GroupRow) -> Shape:
    """One consumer group; lag is in messages over all its topics."""
    return {
        "cluster": row.cluster,
        "name": row.name,
        "state": row.state,
        "type": row.type,
        "members": row.members,
        "topics": row.topics,
        "lag": row.lag,
        "lag_max": row.lag_max,
        "lag_unknown": row.lag_unknown,
        "lag_at": instant(row.lag_at),
        **_seen(row.seen),
    }


def subject_shape(row: SubjectRow) -> Shape:
    """One schema subject; compatibility is null when it inherits the registry's level."""
    return {
        "cluster": row.cluster,
        "name": row.name,
        "schema_type": row.schema_type,
        "compatibility": row.compatibility,
        "versions": row.versions,
        "latest_version": row.latest_version,
        "schema_id": row.schema_id,
        **_seen(row.seen),
    }


def connector_shape(row: ConnectorRow) -> Shape:
    """One connector and its tasks."""
    return {
        "cluster": row.cluster,
        "name": row.name,
        "kind": row.kind,
        "state": row.state,
        "tasks": row.tasks,
        "tasks_running": row.tasks_running,
        "topics": list(row.topics),
        **_seen(row.seen),
    }


def acl_shape(row: AclRow) -> Shape:
    """One access rule."""
    return {
        "cluster": row.cluster,
        "principal": row.principal,
        "host": row.host,
        "operation": row.operation,
        "permission": row.permission,
        "resource_type": row.resource_type,
        "resource_name": row.resource_name,
        "pattern_type": row.pattern_type,
        **_seen(row.seen),
    }


def estate_shape(counts: EstateCounts, sources: Sequence[SourceState]) -> Shape:
    """The estate in numbers, with the state of the sources that they come from."""
    return {
        "as_of": instant(counts.as_of),
        "counts": {name: getattr(counts, name).value for name in COUNTED},
        "sources": [source_shape(source) for source in sources],
    }


def source_shape(source: SourceState) -> Shape:
    """One source of one cluster; error is null when there is none."""
    return {
        "cluster": source.cluster,
        "source": source.source.value,
        "state": source.state.value,
        "last_success": instant(source.last_success),
        "error": source.error or None,
    }


@dataclass(frozen=True, slots=True)
class Listing:
    """One kind of object that can be listed: how it is read and shaped."""

    name: str
    shapes: Callable[[ReadModel, ClusterName | None, datetime | None], list[Shape]]


LISTINGS: Mapping[str, Listing] = {
    listing.name: listing
    for listing in (
        Listing("topics", lambda read, cluster, asof: [topic_shape(row) for row in read.topics(cluster, asof)]),
        Listing("groups", lambda read, cluster, asof: [group_shape(row) for row in read.groups(cluster, asof)]),
        Listing("subjects", lambda read, cluster, asof: [subject_shape(row) for row in read.subjects(cluster, asof)]),
        Listing(
            "connectors", lambda read, cluster, asof: [connector_shape(row) for row in read.connectors(cluster, asof)]
        ),
        Listing("acls", lambda read, cluster, asof: [acl_shape(row) for row in read.acls(cluster, asof)]),
    )
}


def _seen(seen: Seen) -> Shape:
    return {
        "known_since": instant(seen.known_since),
        "unchanged_since": instant(seen.first_seen),
        "last_seen": instant(seen.last_seen),
    }
