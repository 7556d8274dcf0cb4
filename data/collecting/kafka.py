"""What is read from the brokers, on three cadences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from data.collecting.attempts import attempt, following
from data.sources.kafka import KafkaSource
from data.store import CollectorStore
from data.store.observations import RunOutcome
from data.store.writing import Clock
from scoring.catalog.estate import Absent, ClusterEstate, ClusterName, FailureKind, Part, Topic

SILENT = (FailureKind.UNREACHABLE, FailureKind.TIMEOUT)
"""Failures after which the same source is not asked for its other parts: each would only wait once more."""


@dataclass(slots=True)
class KafkaEstate:
    """Brokers, topics, groups, offsets and commits."""

    cluster: ClusterName
    source: KafkaSource
    every: float
    clock: Clock
    scope: str = "estate"

    def run(self, store: CollectorStore) -> list[RunOutcome]:
        """Read the parts that belong to one moment, in the order in which they need each other."""
        started = self.clock()
        return store.observations.append(self._read(started), started)

    def _read(self, started: datetime) -> ClusterEstate:
        brokers = attempt("the brokers", self.source.brokers)
        if isinstance(brokers, Absent) and brokers.kind in SILENT:
            return ClusterEstate(self.cluster, started, brokers, brokers, None, brokers, brokers, brokers)
        topics = attempt("the topics", self.source.topics)
        groups = attempt("the groups", self.source.groups)
        return ClusterEstate(
            cluster=self.cluster,
            observed_at=started,
            brokers=brokers,
            topics=topics,
            end_offsets=following(topics, "the end offsets", self.source.end_offsets),
            groups=groups,
            committed=following(groups, "the commits", self.source.committed_offsets),
        )


@dataclass(slots=True)
class TopicConfigs:
    """The effective settings of every topic; they change rarely and cost as much as all the rest."""

    cluster: ClusterName
    source: KafkaSource
    every: float
    clock: Clock
    scope: str = "configs"

    def run(self, store: CollectorStore) -> list[RunOutcome]:
        """List the topics and read their settings."""
        started = self.clock()
        topics: Part[tuple[Topic, ...]] = attempt("the topics", self.source.topics)
        configs = following(topics, "the topic settings", self.source.topic_configs)
        return store.observations.append(ClusterEstate(self.cluster, started, topic_configs=configs), started)


@dataclass(slots=True)
class Acls:
    """The access rules."""

    cluster: ClusterName
    source: KafkaSource
    every: float
    clock: Clock
    scope: str = "acls"

    def run(self, store: CollectorStore) -> list[RunOutcome]:
        """Read the rules."""
        started = self.clock()
        estate = ClusterEstate(self.cluster, started, acls=attempt("the ACLs", self.source.acls))
        return store.observations.append(estate, started)
