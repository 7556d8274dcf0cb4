"""What the store answers: the rows that pages, the CLI and the benchmarks read, and the questions they may ask.

Every question takes a cluster (None: every cluster that was configured) and an as-of moment (None: now). As of a past
moment the answer is what had been observed by then, no matter what was seen since. Every row says when it was first and
last seen, so that "deleted" (it has an end) and "not looked at" (last seen long ago, no end) never look alike.

All times are UTC. None is "unknown": it is never 0 and never an empty string.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from data.health.readings import HealthRow
from scoring.catalog.estate import (
    ClusterName,
    ConfigEntry,
    ConnectorName,
    GroupId,
    Member,
    Offsets,
    Partition,
    SchemaReference,
    SourceName,
    SubjectName,
    TopicName,
)
from scoring.slo.slices import SliceDay


class SourceCondition(StrEnum):
    """How a source, or one part of it, answered last."""

    OK = "ok"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    FORBIDDEN = "forbidden"
    BAD_ANSWER = "bad_answer"
    PARTIAL = "partial"
    NEVER = "never"


class FactKind(StrEnum):
    """The kinds of state facts that are kept as intervals."""

    BROKER = "broker"
    TOPIC = "topic"
    TOPIC_CONFIG = "topic_config"
    GROUP = "group"
    ACL = "acl"
    SUBJECT = "subject"
    CONNECTOR = "connector"


class EndedBy(StrEnum):
    """Why an interval ended: the object looked different, or a complete look no longer found it."""

    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class ClusterRow:
    """A cluster as the settings last named it; configured is False once they no longer do."""

    name: ClusterName
    environment: str
    region: str
    configured: bool


@dataclass(frozen=True, slots=True)
class SourceState:
    """One outside system of one cluster: its condition, since when, and what depends on it.

    since: when this condition began. error, next_step: sentences for people, empty when ok.
    feeds: what on screen comes from this source, in words.
    """

    cluster: ClusterName
    source: SourceName
    state: SourceCondition
    since: datetime | None
    last_attempt: datetime | None
    last_success: datetime | None
    error: str
    next_step: str
    feeds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartState:
    """One part of a source, such as the ACLs of Kafka, with its own cadence and its own age."""

    cluster: ClusterName
    source: SourceName
    part: str
    state: SourceCondition
    since: datetime | None
    last_attempt: datetime | None
    last_success: datetime | None
    error: str
    next_step: str


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are, over the clusters where that is known.

    value: None when no cluster has ever answered. unknown_in: clusters whose part was never read, not counted.
    observed_at: the oldest of the last successful looks that the value stands on.
    """

    value: int | None
    observed_at: datetime | None
    unknown_in: tuple[ClusterName, ...] = ()


@dataclass(frozen=True, slots=True)
class EstateCounts:
    """The estate in seven numbers, as of one moment."""

    as_of: datetime
    brokers: Count
    topics: Count
    partitions: Count
    groups: Count
    subjects: Count
    connectors: Count
    acls: Count


@dataclass(frozen=True, slots=True)
class Seen:
    """When an object was seen in its present form, and when its kind was last looked at completely.

    first_seen, last_seen: of the present form. known_since: of the object in any form, without a break.
    looked_at: the last successful look at this kind; later than last_seen when the source refused this one object.
    """

    first_seen: datetime
    last_seen: datetime
    known_since: datetime
    looked_at: datetime | None


@dataclass(frozen=True, slots=True)
class BrokerRow:
    """A broker and where it listens; controller is None when the cluster does not tell."""

    cluster: ClusterName
    id: int
    host: str
    port: int
    rack: str | None
    controller: bool | None
    seen: Seen


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic as a table shows it.

    The settings are None when its configuration was never read; retention_ms is -1 for unlimited, as Kafka writes it.
    end_offset_sum: the sum of the end offsets over the partitions, at offsets_at; it counts records ever appended,
    not records kept.
    """

    cluster: ClusterName
    name: TopicName
    partitions: int
    replication_factor: int
    internal: bool
    under_replicated: int
    leaderless: int
    cleanup_policy: str | None
    retention_ms: int | None
    min_insync_replicas: int | None
    end_offset_sum: int | None
    offsets_at: datetime | None
    seen: Seen


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A consumer group as a table shows it.

    lag: messages behind over all its topics; None when no partition's lag is known. lag_max: of its worst partition.
    lag_unknown: partitions without a known lag, left out of `lag`. As of a past moment lag is that of the last hour
    that was complete by then, and lag_at says so.
    """

    cluster: ClusterName
    name: GroupId
    state: str
    type: str
    members: int
    topics: int | None
    lag: int | None
    lag_max: int | None
    lag_unknown: int | None
    lag_at: datetime | None
    seen: Seen


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """A schema subject; compatibility is None when it inherits the registry's global level."""

    cluster: ClusterName
    name: SubjectName
    schema_type: str
    compatibility: str | None
    versions: int
    latest_version: int
    schema_id: int
    seen: Seen


@dataclass(frozen=True, slots=True)
class ConnectorRow:
    """A connector and how its tasks do."""

    cluster: ClusterName
    name: ConnectorName
    kind: str
    state: str
    tasks: int
    tasks_running: int
    topics: tuple[TopicName, ...]
    seen: Seen


@dataclass(frozen=True, slots=True)
class AclRow:
    """One access rule."""

    cluster: ClusterName
    principal: str
    host: str
    operation: str
    permission: str
    resource_type: str
    resource_name: str
    pattern_type: str
    seen: Seen


@dataclass(frozen=True, slots=True)
class GroupTopicLag:
    """How far one group is behind on one topic, per partition; arrays hold NO_OFFSET where nothing is known."""

    group: GroupId
    topic: TopicName
    committed: Offsets
    end: Offsets | None
    lag: int | None
    lag_max: int | None
    observed_at: datetime


@dataclass(frozen=True, slots=True)
class TopicDetail:
    """Everything known about one topic; offsets are the latest, whatever the as-of moment."""

    row: TopicRow
    partitions: tuple[Partition, ...]
    config: Mapping[str, ConfigEntry] | None
    config_seen: Seen | None
    end_offsets: Offsets | None
    groups: tuple[GroupTopicLag, ...]


@dataclass(frozen=True, slots=True)
class GroupDetail:
    """Everything known about one group; lags are the latest, whatever the as-of moment."""

    row: GroupRow
    coordinator: int | None
    members: tuple[Member, ...]
    topics: tuple[GroupTopicLag, ...]


@dataclass(frozen=True, slots=True)
class SubjectDetail:
    """Everything known about one subject; text and references are those of its newest version."""

    row: SubjectRow
    versions: tuple[int, ...]
    text: str
    references: tuple[SchemaReference, ...] = ()


@dataclass(frozen=True, slots=True)
class ConnectorDetail:
    """Everything known about one connector; secrets in its config were redacted before they were stored."""

    row: ConnectorRow
    worker: str
    task_states: tuple[str, ...]
    config: Mapping[str, str]
    trace: str | None


@dataclass(frozen=True, slots=True)
class Interval:
    """One form of one object: it was seen like this from first_seen to last_seen.

    ended_at is when another form or its absence was seen; between last_seen and ended_at nobody looked. Open
    intervals have no end. content is the canonical JSON, parsed.
    """

    first_seen: datetime
    last_seen: datetime
    ended_at: datetime | None
    ended_by: EndedBy | None
    first_run: int
    last_run: int
    content: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RemovedRow:
    """An object that a complete look no longer found, and that has not come back since.

    known_since, last_seen: of its last life. removed_at: when its absence was seen; it went between last_seen and then.
    """

    cluster: ClusterName
    key: str
    known_since: datetime
    last_seen: datetime
    removed_at: datetime


@dataclass(frozen=True, slots=True)
class TopicHour:
    """One hour of one topic: the first and the last sum of its end offsets seen in it."""

    hour: datetime
    end_first: int
    end_last: int
    samples: int


@dataclass(frozen=True, slots=True)
class GroupHour:
    """One hour of one group on one topic; lag is in messages, committed is the sum over its partitions."""

    topic: TopicName
    hour: datetime
    lag_min: int | None
    lag_max: int | None
    lag_last: int | None
    committed_first: int
    committed_last: int
    samples: int


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One write: who, what, on what, and how it ended."""

    id: int
    at: datetime
    actor: str
    action: str
    object: str
    detail: Mapping[str, Any]
    outcome: str


@dataclass(frozen=True, slots=True)
class Meta:
    """What this database is: sample data is announced on every page.

    recorded_at: when the sample was recorded. shifted_by_seconds: how far its clock was moved so that it ends now.
    """

    sample: bool = False
    recorded_at: datetime | None = None
    shifted_by_seconds: int = 0
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flow:
    """How many subscriptions committed within a week, and how many did not.

    A subscription is a topic that a consumer group, of an application or of a sink connector, has commits of. One that
    was not known at both ends of the week is not counted: of what was watched for a day only what moves would count.
    """

    moved: int = 0
    still: int = 0


class ReadModel(Protocol):
    """The questions that pages and the CLI ask; `open_store(url).read` answers them.

    Lists come back ordered by cluster and name. An unknown cluster is an empty list, an unknown object None.
    """

    def clusters(self) -> list[ClusterRow]:
        """Every cluster that was ever configured."""
        ...

    def source_states(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> list[SourceState]:
        """One row for each configured source of each cluster; state `never` before its first attempt."""
        ...

    def part_states(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> list[PartState]:
        """One row for each part of each source that was ever tried: topics, topic_configs, groups, acls, …"""
        ...

    def estate_counts(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> EstateCounts:
        """The estate in seven numbers."""
        ...

    def brokers(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> list[BrokerRow]:
        """The brokers that existed at the moment."""
        ...

    def topics(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> list[TopicRow]:
        """The topics that existed at the moment."""
        ...

    def groups(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> list[GroupRow]:
        """The consumer groups that existed at the moment."""
        ...

    def subjects(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> list[SubjectRow]:
        """The schema subjects that existed at the moment."""
        ...

    def connectors(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> list[ConnectorRow]:
        """The connectors that existed at the moment."""
        ...

    def acls(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> list[AclRow]:
        """The access rules that existed at the moment."""
        ...

    def topic(self, cluster: ClusterName, name: TopicName, asof: datetime | None = None) -> TopicDetail | None:
        """Everything known about one topic; None when it did not exist at the moment."""
        ...

    def group(self, cluster: ClusterName, name: GroupId, asof: datetime | None = None) -> GroupDetail | None:
        """Everything known about one group; None when it did not exist at the moment."""
        ...

    def subject(self, cluster: ClusterName, name: SubjectName, asof: datetime | None = None) -> SubjectDetail | None:
        """Everything known about one subject; None when it did not exist at the moment."""
        ...

    def connector(
        self, cluster: ClusterName, name: ConnectorName, asof: datetime | None = None
    ) -> ConnectorDetail | None:
        """Everything known about one connector; None when it did not exist at the moment."""
        ...

    def history(self, kind: FactKind, cluster: ClusterName, key: str) -> list[Interval]:
        """Every form that one object was seen in, oldest first; empty when it was never seen."""
        ...

    def removed(
        self, kind: FactKind, cluster: ClusterName | None = None, asof: datetime | None = None
    ) -> list[RemovedRow]:
        """The objects that had gone by the moment, the latest to go first; `history` tells what they were."""
        ...

    def topic_hours(self, cluster: ClusterName, topic: TopicName, start: datetime, end: datetime) -> list[TopicHour]:
        """The hours in [start, end) in which the topic's end offsets were read, oldest first."""
        ...

    def group_hours(self, cluster: ClusterName, group: GroupId, start: datetime, end: datetime) -> list[GroupHour]:
        """The hours in [start, end) in which the group's commits were read, by hour and topic."""
        ...

    def slice_days(self, sli: str, cluster: ClusterName | None, start: date, end: date) -> list[SliceDay]:
        """The day arrays of one SLI (its hash) from day start to day end, both included, by cluster, group, day."""
        ...

    def flow(self, moment: datetime) -> Flow:
        """What the subscriptions of all clusters did in the seven days before a moment's last whole hour."""
        ...

    def health(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> list[HealthRow]:
        """The latest answer to each question about the brokers' health; as of an earlier moment there is none."""
        ...

    def audit(self, limit: int = 100, before: int | None = None) -> list[AuditRow]:
        """The newest audit entries, newest first; `before` (an id) pages on."""
        ...

    def meta(self) -> Meta:
        """What this database is."""
        ...
