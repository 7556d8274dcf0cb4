"""What is read from the brokers together, because it belongs to one moment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from data.clock import Clock
from data.collecting.attempts import attempt, following
from data.sources.kafka import KafkaSource
from data.store import CollectorStore
from data.store.observations import RunOutcome
from scoring.catalog.estate import Absent, ClusterEstate, ClusterName, FailureKind, Part

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
            silence = dict.fromkeys(("brokers", "topics", "end_offsets", "groups", "committed"), brokers)
            return ClusterEstate(self.cluster, started, **silence)
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


def topic_configs(source: KafkaSource) -> Part[Any]:
    """The effective settings of every topic there is."""
    return following(attempt("the topics", source.topics), "the topic settings", source.topic_configs)
