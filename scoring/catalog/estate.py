"""The estate: what a streaming platform consists of at one moment, cluster by cluster.

A part that could not be read is Absent with a reason. It is never an empty tuple: "no topics" and "nobody answered"
are different facts, and only the first may lead to "this topic was deleted".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, NewType, TypeVar

import numpy as np
from numpy.typing import NDArray

ClusterName = NewType("ClusterName", str)
TopicName = NewType("TopicName", str)
GroupId = NewType("GroupId", str)
SubjectName = NewType("SubjectName", str)
ConnectorName = NewType("ConnectorName", str)

Offsets = NDArray[np.int64]
"""One offset a partition, at the partition's index; NO_OFFSET where there is none."""

NO_OFFSET = -1

T = TypeVar("T")


class SourceName(StrEnum):
    """The outside systems that an estate is read from, and Alertmanager, which tells where its alerts go."""

    KAFKA = "kafka"
    REGISTRY = "registry"
    CONNECT = "connect"
    PROMETHEUS = "prometheus"
    ALERTMANAGER = "alertmanager"


class FailureKind(StrEnum):
    """Why a source gave nothing."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    FORBIDDEN = "forbidden"
    BAD_ANSWER = "bad_answer"
    PARTIAL = "partial"
    NOT_CONFIGURED = "not_configured"


@dataclass(frozen=True, slots=True)
class Present(Generic[T]):
    """A part of the estate as a source showed it.

    observed_at: when the source answered (UTC). query: what was asked, for whoever wants to ask again.
    missing: one sentence per item that the source refused while it answered the rest; empty when all is there.
    """

    value: T
    observed_at: datetime
    query: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Absent:
    """A part of the estate that was asked for and could not be read, and why."""

    kind: FailureKind
    sentence: str
    next_step: str = ""


Part = Present[T] | Absent


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker as the cluster's metadata names it.

    controller: None when the cluster does not tell; KRaft's metadata names any live broker, another one each time.
    """

    id: int
    host: str
    port: int
    rack: str | None
    controller: bool | None


@dataclass(frozen=True, slots=True)
class Partition:
    """A partition's placement; leader is None when it has none."""

    index: int
    leader: int | None
    replicas: tuple[int, ...]
    isr: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic and its partitions, in order of their index."""

    name: TopicName
    partitions: tuple[Partition, ...]
    internal: bool

    @property
    def replication_factor(self) -> int:
        """Replicas of the first partition; 0 when the topic has no partition."""
        return len(self.partitions[0].replicas) if self.partitions else 0

    @property
    def under_replicated(self) -> int:
        """Partitions with fewer replicas in sync than assigned."""
        return sum(len(partition.isr) < len(partition.replicas) for partition in self.partitions)


@dataclass(frozen=True, slots=True)
class ConfigEntry:
    """One effective topic setting; value is None when the broker calls it sensitive."""

    value: str | None
    source: str


TopicConfig = Mapping[str, ConfigEntry]


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a consumer group and the partitions assigned to it."""

    id: str
    client_id: str
    host: str
    assigned: tuple[tuple[TopicName, int], ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A consumer group as its coordinator describes it."""

    id: GroupId
    state: str
    type: str
    coordinator: int | None
    members: tuple[Member, ...]


Committed = Mapping[GroupId, Mapping[TopicName, Offsets]]
EndOffsets = Mapping[TopicName, Offsets]


@dataclass(frozen=True, slots=True)
class SchemaReference:
    """Another subject's version that a schema uses, and the name it uses it by."""

    name: str
    subject: SubjectName
    version: int


@dataclass(frozen=True, slots=True)
class SchemaVersion:
    """One registered version of a subject."""

    version: int
    schema_id: int
    text: str
    references: tuple[SchemaReference, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """A subject of the schema registry: its level (None when it inherits the global one) and its newest version."""

    name: SubjectName
    schema_type: str
    compatibility: str | None
    versions: tuple[int, ...]
    latest: SchemaVersion


@dataclass(frozen=True, slots=True)
class Connector:
    """A connector, its tasks' states and its config with every secret redacted."""

    name: ConnectorName
    kind: str
    state: str
    worker: str
    tasks: tuple[str, ...]
    topics: tuple[TopicName, ...]
    config: Mapping[str, str]
    trace: str | None


@dataclass(frozen=True, slots=True)
class Acl:
    """One access rule as the authorizer stores it."""

    principal: str
    host: str
    operation: str
    permission: str
    resource_type: str
    resource_name: str
    pattern_type: str


@dataclass(frozen=True, slots=True)
class ClusterEstate:
    """One cluster at one moment; a part that was not due in this run is None, one that failed is Absent."""

    cluster: ClusterName
    observed_at: datetime
    brokers: Part[tuple[Broker, ...]] | None = None
    topics: Part[tuple[Topic, ...]] | None = None
    topic_configs: Part[Mapping[TopicName, TopicConfig]] | None = None
    end_offsets: Part[EndOffsets] | None = None
    groups: Part[tuple[Group, ...]] | None = None
    committed: Part[Committed] | None = None
    acls: Part[tuple[Acl, ...]] | None = None
    subjects: Part[tuple[Subject, ...]] | None = None
    connectors: Part[tuple[Connector, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Estate:
    """Every configured cluster at one moment."""

    observed_at: datetime
    clusters: tuple[ClusterEstate, ...]


def lag(committed: Offsets, end: Offsets) -> Offsets:
    """Messages behind, per partition: end − committed, never negative, NO_OFFSET where either is unknown.

    A commit can overtake an end offset that was read a moment earlier; that is a lag of 0, not a negative one.
    The arrays are compared up to the shorter one: partitions added between the two readings are unknown.
    """
    length = min(len(committed), len(end))
    behind = np.full(max(len(committed), len(end)), NO_OFFSET, dtype=np.int64)
    known = (committed[:length] != NO_OFFSET) & (end[:length] != NO_OFFSET)
    behind[:length][known] = np.maximum(end[:length][known] - committed[:length][known], 0)
    return behind
