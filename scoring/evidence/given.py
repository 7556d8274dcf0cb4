"""What probes are given of one cluster: parts of the estate and answers of its monitoring, each with query and age.

A part that could not be read, or was read too long ago to count, is Absent with its reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scoring.catalog.estate import (
    Absent,
    Acl,
    ClusterName,
    Connector,
    FailureKind,
    GroupId,
    Member,
    Part,
    SubjectName,
    TopicName,
)
from scoring.evidence.alert_routing import Routing
from scoring.evidence.naming import Naming

ACTIVITY_WINDOW = timedelta(days=7)
"""How far back something must have been used to count as in use."""

NOT_CONNECTED = Absent(FailureKind.NOT_CONFIGURED, "It is not connected.", "Name it in the settings.")


@dataclass(frozen=True, slots=True)
class TopicUse:
    """A topic and whether records were written to it within the window; None when it was not watched for long enough.

    records: ever appended, over all partitions; None when unknown.
    """

    name: TopicName
    internal: bool
    records: int | None
    written: bool | None


@dataclass(frozen=True, slots=True)
class GroupUse:
    """A consumer group, its members, and per topic whether it read within the window.

    reads: True when a member is assigned to the topic or commits moved; None when it was not watched for long enough.
    """

    id: GroupId
    state: str
    members: tuple[Member, ...] = ()
    reads: Mapping[TopicName, bool | None] = field(default_factory=dict)

    @property
    def active(self) -> bool | None:
        """True when it has members or read within the window; None when that is not known."""
        if self.members or True in self.reads.values():
            return True
        return None if None in self.reads.values() else False


@dataclass(frozen=True, slots=True)
class SubjectLevel:
    """A subject and the compatibility level of its own; None when it inherits the global one."""

    name: SubjectName
    level: str | None


@dataclass(frozen=True, slots=True)
class AlertRule:
    """An alerting rule as Prometheus runs it.

    health: ok, err or unknown. interval: seconds between two evaluations. evaluated_at: None before the first one.
    """

    name: str
    group: str
    expression: str
    health: str
    interval: float
    evaluated_at: datetime | None
    labels: Mapping[str, str] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True, slots=True)
class LagSeries:
    """Which groups have a lag metric. dialect: whose names the metric has; empty when no known exporter shows one."""

    dialect: str
    groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class RunningJobs:
    """Jobs of a stream processor that its metrics show as running; None when no such metric is exported."""

    dialect: str
    running: int | None


@dataclass(frozen=True, slots=True)
class ClusterEvidence:
    """Everything that the probes of one cluster may look at. at: when it was put together (UTC)."""

    cluster: ClusterName
    environment: str
    at: datetime
    naming: Naming = field(default_factory=Naming)
    topics: Part[tuple[TopicUse, ...]] = NOT_CONNECTED
    groups: Part[tuple[GroupUse, ...]] = NOT_CONNECTED
    acls: Part[tuple[Acl, ...]] = NOT_CONNECTED
    subjects: Part[tuple[SubjectLevel, ...]] = NOT_CONNECTED
    global_level: Part[str] = NOT_CONNECTED
    connectors: Part[tuple[Connector, ...]] = NOT_CONNECTED
    lag_series: Part[LagSeries] = NOT_CONNECTED
    alert_rules: Part[tuple[AlertRule, ...]] = NOT_CONNECTED
    flink_jobs: Part[RunningJobs] = NOT_CONNECTED
    routing: Part[Routing] = NOT_CONNECTED
