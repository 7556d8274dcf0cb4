"""The read model on a database; every question is one consistent snapshot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime

from sqlalchemy import Connection, select

from data.clock import Clock
from data.health.readings import HealthRow
from data.store import clusters as registry
from data.store.closed_days import ClosedDays
from data.store.content import config_of, members_of, partitions_of, references_of
from data.store.engine import Database
from data.store.health import health_rows
from data.store.read import (
    AclRow,
    AuditRow,
    BrokerRow,
    ClusterRow,
    ConnectorDetail,
    ConnectorRow,
    EstateCounts,
    FactKind,
    Flow,
    GroupDetail,
    GroupHour,
    GroupRow,
    Interval,
    Meta,
    PartState,
    RemovedRow,
    SourceState,
    SubjectDetail,
    SubjectRow,
    TopicDetail,
    TopicHour,
    TopicRow,
)
from data.store.reading import facts, measured, rows, sources
from data.store.reading.facts import Fact
from data.store.reading.moment import Moment, frame
from data.store.tables import ACTORS, AUDIT
from scoring.catalog.estate import ClusterName, ConnectorName, GroupId, SubjectName, TopicName
from scoring.slo.slices import SliceDay


class Reader:
    """Answers the questions of `data.store.read.ReadModel`; their meaning is written there."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._closed_days = ClosedDays()

    @contextmanager
    def _asking(self, cluster: ClusterName | None, asof: datetime | None) -> Iterator[tuple[Connection, Moment]]:
        with self._database.reading() as connection:
            yield connection, frame(connection, cluster, asof)

    def _facts(
        self, kind: FactKind, cluster: ClusterName | None, asof: datetime | None, key: str | None = None
    ) -> list[Fact]:
        with self._asking(cluster, asof) as (connection, moment):
            return list(facts.facts_at(connection, moment, kind, sources.part_states(connection, moment), key))

    def clusters(self) -> list[ClusterRow]:
        """Every cluster that was ever configured."""
        with self._database.reading() as connection:
            return sources.clusters(connection)

    def source_states(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> list[SourceState]:
        """One row for each configured source of each cluster."""
        with self._asking(cluster, asof) as (connection, moment):
            return sources.source_states(connection, moment)

    def part_states(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> list[PartState]:
        """One row for each part of each source that was ever tried."""
        with self._asking(cluster, asof) as (connection, moment):
            return sources.part_states(connection, moment)

    def estate_counts(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> EstateCounts:
        """The estate in seven numbers."""
        with self._asking(cluster, asof) as (connection, moment):
            states = sources.source_states(connection, moment)
            return facts.counts(connection, moment, states, sources.part_states(connection, moment), self._clock())

    def brokers(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> list[BrokerRow]:
        """The brokers, by cluster and id."""
        found = [rows.broker_row(fact) for fact in self._facts(FactKind.BROKER, cluster, asof)]
        return sorted(found, key=lambda row: (row.cluster, row.id))

    def topics(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> list[TopicRow]:
        """The topics."""
        with self._asking(cluster, asof) as (connection, moment):
            return _topics(connection, moment, None)

    def groups(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> list[GroupRow]:
        """The consumer groups."""
        with self._asking(cluster, asof) as (connection, moment):
            return [row for row, _ in _groups(connection, moment, None)]

    def subjects(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> list[SubjectRow]:
        """The schema subjects."""
        return [rows.subject_row(fact) for fact in self._facts(FactKind.SUBJECT, cluster, asof)]

    def connectors(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> list[ConnectorRow]:
        """The connectors."""
        return [rows.connector_row(fact) for fact in self._facts(FactKind.CONNECTOR, cluster, asof)]

    def acls(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> list[AclRow]:
        """The access rules."""
        return [rows.acl_row(fact) for fact in self._facts(FactKind.ACL, cluster, asof)]

    def topic(self, cluster: ClusterName, name: TopicName, asof: datetime | None = None) -> TopicDetail | None:
        """Everything known about one topic."""
        with self._asking(cluster, asof) as (connection, moment):
            parts = sources.part_states(connection, moment)
            found = next(facts.facts_at(connection, moment, FactKind.TOPIC, parts, name), None)
            if found is None:
                return None
            config = next(facts.facts_at(connection, moment, FactKind.TOPIC_CONFIG, parts, name), None)
            return TopicDetail(
                row=_topics(connection, moment, name)[0],
                partitions=partitions_of(found.content),
                config=config_of(config.content) if config is not None else None,
                config_seen=config.seen if config is not None else None,
                end_offsets=measured.end_offsets(connection, moment, [name]).get(name),
                groups=tuple(measured.group_lags(connection, moment, topic=name)),
            )

    def group(self, cluster: ClusterName, name: GroupId, asof: datetime | None = None) -> GroupDetail | None:
        """Everything known about one group."""
        with self._asking(cluster, asof) as (connection, moment):
            for row, fact in _groups(connection, moment, name):
                lags = tuple(measured.group_lags(connection, moment, group=name))
                return GroupDetail(row, fact.content["coordinator"], members_of(fact.content), lags)
        return None

    def subject(self, cluster: ClusterName, name: SubjectName, asof: datetime | None = None) -> SubjectDetail | None:
        """Everything known about one subject."""
        for fact in self._facts(FactKind.SUBJECT, cluster, asof, name):
            versions, text = tuple(fact.content["versions"]), fact.content["latest"][2]
            return SubjectDetail(rows.subject_row(fact), versions, text, references_of(fact.content))
        return None

    def connector(
        self, cluster: ClusterName, name: ConnectorName, asof: datetime | None = None
    ) -> ConnectorDetail | None:
        """Everything known about one connector."""
        for fact in self._facts(FactKind.CONNECTOR, cluster, asof, name):
            content = fact.content
            return ConnectorDetail(
                row=rows.connector_row(fact),
                worker=content["worker"],
                task_states=tuple(content["tasks"]),
                config=dict(content["config"]),
                trace=content["trace"],
            )
        return None

    def history(self, kind: FactKind, cluster: ClusterName, key: str) -> list[Interval]:
        """Every form that one object was seen in, oldest first."""
        with self._database.reading() as connection:
            return facts.history(connection, kind, cluster, key)

    def removed(
        self, kind: FactKind, cluster: ClusterName | None = None, asof: datetime | None = None
    ) -> list[RemovedRow]:
        """The objects that had gone by the moment, the latest to go first."""
        with self._asking(cluster, asof) as (connection, moment):
            return facts.removed(connection, moment, kind)

    def topic_hours(self, cluster: ClusterName, topic: TopicName, start: datetime, end: datetime) -> list[TopicHour]:
        """The hours of one topic."""
        with self._database.reading() as connection:
            return measured.topic_hours(connection, cluster, topic, start, end)

    def group_hours(self, cluster: ClusterName, group: GroupId, start: datetime, end: datetime) -> list[GroupHour]:
        """The hours of one group."""
        with self._database.reading() as connection:
            return measured.group_hours(connection, cluster, group, start, end)

    def slice_days(self, sli: str, cluster: ClusterName | None, start: date, end: date) -> list[SliceDay]:
        """The day arrays of one SLI."""
        with self._database.reading() as connection:
            return self._closed_days.read(connection, sli, cluster, start, end)

    def flow(self, moment: datetime) -> Flow:
        """What the subscriptions did in the seven days before a moment."""
        with self._asking(None, moment) as (connection, at):
            return measured.flow(connection, at)

    def health(self, cluster: ClusterName | None = None, asof: datetime | None = None) -> list[HealthRow]:
        """The latest answer to each question about the brokers' health."""
        with self._asking(cluster, asof) as (connection, moment):
            return health_rows(connection, moment)

    def audit(self, limit: int = 100, before: int | None = None) -> list[AuditRow]:
        """The newest audit entries, newest first."""
        found = select(AUDIT, ACTORS.c.name).join(ACTORS, ACTORS.c.id == AUDIT.c.actor_id)
        if before is not None:
            found = found.where(AUDIT.c.id < before)
        with self._database.reading() as connection:
            entries = connection.execute(found.order_by(AUDIT.c.id.desc()).limit(limit)).all()
        return [
            AuditRow(row.id, row.at, row.name, row.action, row.object, json.loads(row.detail), row.outcome)
            for row in entries
        ]

    def meta(self) -> Meta:
        """What this database is."""
        with self._database.reading() as connection:
            return registry.read_meta(connection)


def _topics(connection: Connection, moment: Moment, name: TopicName | None) -> list[TopicRow]:
    parts = sources.part_states(connection, moment)
    owners = {cluster: key for key, cluster in moment.clusters.items()}
    configs = {
        (fact.cluster, fact.key): fact.content
        for fact in facts.facts_at(connection, moment, FactKind.TOPIC_CONFIG, parts, name)
    }
    ends = measured.end_sums(connection, moment)
    return [
        rows.topic_row(fact, configs.get((fact.cluster, fact.key)), ends.get((owners[fact.cluster], fact.key)))
        for fact in facts.facts_at(connection, moment, FactKind.TOPIC, parts, name)
    ]


def _groups(connection: Connection, moment: Moment, name: GroupId | None) -> Iterator[tuple[GroupRow, Fact]]:
    parts = sources.part_states(connection, moment)
    owners = {cluster: key for key, cluster in moment.clusters.items()}
    lags = measured.lag_sums(connection, moment)
    commits = sources.looks(parts)
    for fact in facts.facts_at(connection, moment, FactKind.GROUP, parts, name):
        commits_read = commits.get((fact.cluster, "committed")) is not None
        yield rows.group_row(fact, lags.get((owners[fact.cluster], fact.key)), commits_read=commits_read), fact
