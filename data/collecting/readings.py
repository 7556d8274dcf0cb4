"""What is read from each source, as the parts of a cluster's estate; what fails is absent with its reason."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from data.settings import ClusterSettings, CollectSettings
from data.slices import refresh_slices
from data.sources.connect import ConnectSource
from data.sources.failures import SourceFailure
from data.sources.kafka import KafkaSource
from data.sources.prometheus import PrometheusSource
from data.sources.schema_registry import SchemaRegistrySource
from data.store import CollectorStore
from data.store.failures import StoreError
from data.store.observations import RunOutcome
from data.store.slices import SliText
from data.store.states import OK, Answer, answer_of, overall
from scoring.catalog.estate import Absent, ClusterEstate, ClusterName, FailureKind, Part, Present, SourceName, Topic
from scoring.slo.definition import SloDefinition

log = logging.getLogger(__name__)

T = TypeVar("T")
Clock = Callable[[], datetime]

SILENT = (FailureKind.UNREACHABLE, FailureKind.TIMEOUT)
"""Failures after which the same source is not asked for its other parts: each would only wait once more."""


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


def attempt(what: str, read: Callable[[], Present[T]]) -> Part[T]:
    """A part of the estate, absent when it could not be read.

    Nothing that a source's answer does to us may stop the other parts, so that even an error of our own in reading
    it becomes an absence; its traceback goes to the log. Raises StoreError alone, for what reads and writes in one.
    """
    try:
        return read()
    except SourceFailure as failure:
        return failure.absent()
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - see above
        return _surprise(what, error)


def _surprise(what: str, error: Exception) -> Absent:
    log.exception("reading %s failed in a way that nobody foresaw", what)
    sentence = f"Reading {what} failed unexpectedly ({type(error).__name__})."
    return Absent(FailureKind.BAD_ANSWER, sentence, "Look into the collector's log and report it.")


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


def following(first: Part[Any], what: str, read: Callable[[Any], Present[T]]) -> Part[T]:
    """A part that is read for what another part lists; absent with the other, and no more complete than it."""
    if isinstance(first, Absent):
        return first
    found = attempt(what, lambda: read(first.value))
    if isinstance(found, Absent) or not first.missing:
        return found
    return Present(found.value, found.observed_at, found.query, (*first.missing, *found.missing))


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


@dataclass(slots=True)
class Subjects:
    """The schema subjects."""

    cluster: ClusterName
    source: SchemaRegistrySource
    every: float
    clock: Clock
    scope: str = "estate"

    def run(self, store: CollectorStore) -> list[RunOutcome]:
        """Read the subjects."""
        started = self.clock()
        estate = ClusterEstate(self.cluster, started, subjects=attempt("the subjects", self.source.subjects))
        return store.observations.append(estate, started)


@dataclass(slots=True)
class Connectors:
    """The connectors."""

    cluster: ClusterName
    source: ConnectSource
    every: float
    clock: Clock
    scope: str = "estate"

    def run(self, store: CollectorStore) -> list[RunOutcome]:
        """Read the connectors."""
        started = self.clock()
        estate = ClusterEstate(self.cluster, started, connectors=attempt("the connectors", self.source.connectors))
        return store.observations.append(estate, started)


UNKNOWN_AGAIN_SECONDS = 3600.0
"""How often minutes that Prometheus knew nothing about are asked for again, in case it was refilled."""


@dataclass(slots=True)
class SliceRefreshes:
    """The slices of every SLO, up to the last closed minute."""

    cluster: ClusterName
    source: PrometheusSource
    every: float
    clock: Clock
    definitions: tuple[SloDefinition, ...]
    scope: str = "slices"
    asked_again_at: datetime | None = None

    def run(self, store: CollectorStore) -> list[RunOutcome]:
        """Refresh each SLO's slices; one that fails does not keep the others from theirs."""
        started = self.clock()
        last = self.asked_again_at
        again = last is None or (started - last).total_seconds() >= UNKNOWN_AGAIN_SECONDS
        answers = [self._refresh(store, definition, started, again) for definition in self.definitions]
        answer = overall(answers)
        if again and answer.succeeded:
            self.asked_again_at = started
        return [store.observations.attempted(SourceName.PROMETHEUS, self.scope, {self.scope: answer}, started)]

    def _refresh(self, store: CollectorStore, definition: SloDefinition, now: datetime, again: bool) -> Answer:
        slices = store.slices.of(SliText(definition.sli.hash, definition.id, repr(definition.sli.dialects)))

        def refresh() -> Present[None]:
            refresh_slices(self.source, slices, definition, self.cluster, now, retry_unknown=again)
            return Present(None, now, definition.id)

        found = attempt(f"the slices of {definition.id}", refresh)
        return answer_of(found) if isinstance(found, Absent) else OK


@dataclass(frozen=True, slots=True)
class SourceReadings:
    """Everything that is read from one source of one cluster, by one thread, and how to let go of it."""

    cluster: ClusterName
    source: SourceName
    readings: tuple[Reading, ...]
    close: Callable[[], None]


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
                TopicConfigs(name, kafka, collect.configs, clock),
                Acls(name, kafka, collect.acls, clock),
            ),
            kafka.close,
        )
    ]
    if cluster.registry is not None:
        registry = SchemaRegistrySource(cluster.registry)
        subjects = Subjects(name, registry, collect.estate, clock)
        found.append(SourceReadings(name, SourceName.REGISTRY, (subjects,), registry.close))
    if cluster.connect is not None:
        connect = ConnectSource(cluster.connect)
        connectors = Connectors(name, connect, collect.estate, clock)
        found.append(SourceReadings(name, SourceName.CONNECT, (connectors,), connect.close))
    if cluster.prometheus is not None:
        prometheus = PrometheusSource(cluster.prometheus)
        slices = SliceRefreshes(name, prometheus, collect.slices, clock, definitions)
        found.append(SourceReadings(name, SourceName.PROMETHEUS, (slices,), prometheus.close))
    return found
