"""What is to be read of a cluster, source by source."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from data.clock import Clock
from data.collecting.attempts import attempt
from data.collecting.health import HealthLook
from data.collecting.kafka import KafkaEstate, topic_configs
from data.collecting.parts import OnePart
from data.collecting.slices import SliceRefreshes
from data.evidence.round import EvidenceRound
from data.settings import ClusterSettings, CollectSettings, EvidenceSettings
from data.sources.connect import ConnectSource
from data.sources.kafka import KafkaSource
from data.sources.prometheus import PrometheusSource
from data.sources.schema_registry import SchemaRegistrySource
from data.store import CollectorStore
from data.store.observations import RunOutcome
from scoring.catalog.estate import ClusterName, SourceName
from scoring.slo.definition import SloDefinition


class Reading(Protocol):
    """One thing that is read from one source on one cadence."""

    @property
    def scope(self) -> str:
        """The cadence's name."""
        ...

    @property
    def every(self) -> float:
        """Seconds from one start to the next."""
        ...

    def run(self, store: CollectorStore) -> list[RunOutcome]:
        """Read and write. Raises StoreError when it could not be written; a source's failure is written, not raised."""
        ...


@dataclass(frozen=True, slots=True)
class SourceReadings:
    """Everything that is read from one source of one cluster, by one thread, and how to let go of it."""

    cluster: ClusterName
    source: SourceName
    readings: tuple[Reading, ...]
    close: Callable[[], None]


def evidence_of(
    cluster: ClusterSettings, collect: CollectSettings, evidence: EvidenceSettings, clock: Clock
) -> SourceReadings:
    """The round of probes over a cluster, by a thread of its own: it reads the store, and asks what only probes need.

    It is named after Kafka, which every cluster has.
    """
    found = EvidenceRound.of(cluster, evidence.naming(), collect.evidence, clock)
    return SourceReadings(ClusterName(cluster.name), SourceName.KAFKA, (found,), found.close)


def readings_of(
    cluster: ClusterSettings, collect: CollectSettings, definitions: tuple[SloDefinition, ...], clock: Clock
) -> list[SourceReadings]:
    """What is to be read of a cluster, by source; a source that is not configured is left out."""
    name = ClusterName(cluster.name)
    kafka = KafkaSource(cluster)
    found = [
        SourceReadings(
            name,
            SourceName.KAFKA,
            (
                KafkaEstate(name, kafka, collect.estate, clock),
                OnePart(name, "topic_configs", "configs", collect.configs, partial(topic_configs, kafka), clock),
                OnePart(name, "acls", "acls", collect.acls, partial(attempt, "the ACLs", kafka.acls), clock),
            ),
            kafka.close,
        )
    ]
    if cluster.registry is not None:
        registry = SchemaRegistrySource(cluster.registry)
        read_subjects = partial(attempt, "the subjects", registry.subjects)
        subjects = OnePart(name, "subjects", "estate", collect.estate, read_subjects, clock)
        found.append(SourceReadings(name, SourceName.REGISTRY, (subjects,), registry.close))
    if cluster.connect is not None:
        connect = ConnectSource(cluster.connect)
        read_connectors = partial(attempt, "the connectors", connect.connectors)
        connectors = OnePart(name, "connectors", "estate", collect.estate, read_connectors, clock)
        found.append(SourceReadings(name, SourceName.CONNECT, (connectors,), connect.close))
    if cluster.prometheus is not None:
        prometheus = PrometheusSource(cluster.prometheus)
        slices = SliceRefreshes(name, prometheus, collect.slices, clock, definitions)
        health = HealthLook(name, prometheus, collect.slices, clock)
        found.append(SourceReadings(name, SourceName.PROMETHEUS, (slices, health), prometheus.close))
    return found
