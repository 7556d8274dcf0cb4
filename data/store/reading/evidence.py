"""What the store knows of one cluster's estate, as probes are given it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, func, select

from data.store.content import members_of
from data.store.read import FactKind, PartState
from data.store.reading import facts, measured
from data.store.reading.moment import HOUR, Moment
from data.store.tables import GROUP_HOURS, SERIES, TOPIC_HOURS
from scoring.catalog.estate import Acl, Connector, ConnectorName, GroupId, SubjectName, TopicName
from scoring.evidence.given import GroupUse, SubjectLevel, TopicUse


@dataclass(frozen=True, slots=True)
class Movement:
    """What happened to a series of offsets within a window. first_hour: the first in which it was read."""

    first_hour: datetime
    moved: bool

    def within(self, since: datetime) -> bool | None:
        """Whether it moved since then; None when it was not read from the beginning and has not moved either."""
        if self.moved:
            return True
        return None if self.first_hour > since + HOUR else False


def topic_uses(connection: Connection, moment: Moment, parts: list[PartState], since: datetime) -> Iterator[TopicUse]:
    """The topics, and whether their end offsets moved since then; without a record ever there is nothing to move."""
    (cluster_id,) = moment.clusters
    ends = measured.end_sums(connection, moment)
    moves = {topic: move for (_, topic), move in _movements(connection, cluster_id, TOPIC_HOURS, since).items()}
    for fact in facts.facts_at(connection, moment, FactKind.TOPIC, parts):
        end = ends.get((cluster_id, fact.key))
        records = end.total if end is not None else None
        move = moves.get(fact.key)
        written = False if records == 0 else move.within(since) if move is not None else None
        yield TopicUse(TopicName(fact.key), bool(fact.content["internal"]), records, written)


def group_uses(connection: Connection, moment: Moment, parts: list[PartState], since: datetime) -> Iterator[GroupUse]:
    """The groups with their members; a topic is read where a member is assigned to it, or commits moved since then."""
    (cluster_id,) = moment.clusters
    moves: dict[str, dict[TopicName, bool | None]] = {}
    for (group, topic), move in _movements(connection, cluster_id, GROUP_HOURS, since).items():
        moves.setdefault(group, {})[TopicName(topic)] = move.within(since)
    for fact in facts.facts_at(connection, moment, FactKind.GROUP, parts):
        members = members_of(fact.content)
        assigned = {topic: True for member in members for topic, _ in member.assigned}
        yield GroupUse(GroupId(fact.key), fact.content["state"], members, {**moves.get(fact.key, {}), **assigned})


def _movements(
    connection: Connection, cluster_id: int, hours: Table, since: datetime
) -> Mapping[tuple[str, str], Movement]:
    """By (group, topic), what the hours from then on say; an hour that has begun by then counts."""
    first, last = (
        (hours.c.end_first, hours.c.end_last)
        if hours is TOPIC_HOURS
        else (hours.c.committed_first, hours.c.committed_last)
    )
    found = (
        select(
            SERIES.c.group_name,
            SERIES.c.topic,
            func.min(hours.c.hour).label("first_hour"),
            func.min(first).label("lowest"),
            func.max(last).label("highest"),
        )
        .join(hours, hours.c.series_id == SERIES.c.id)
        .where(SERIES.c.cluster_id == cluster_id, hours.c.hour >= since - HOUR)
        .group_by(SERIES.c.group_name, SERIES.c.topic)
    )
    return {
        (row.group_name, row.topic): Movement(row.first_hour, row.highest > row.lowest)
        for row in connection.execute(found)
    }


def acls(connection: Connection, moment: Moment, parts: list[PartState]) -> Iterator[Acl]:
    """The access rules."""
    for fact in facts.facts_at(connection, moment, FactKind.ACL, parts):
        yield Acl(**fact.content)


def subject_levels(connection: Connection, moment: Moment, parts: list[PartState]) -> Iterator[SubjectLevel]:
    """The subjects with the level of their own."""
    for fact in facts.facts_at(connection, moment, FactKind.SUBJECT, parts):
        yield SubjectLevel(SubjectName(fact.key), fact.content["compatibility"])


def connectors(connection: Connection, moment: Moment, parts: list[PartState]) -> Iterator[Connector]:
    """The connectors; their configs were stored without secrets."""
    for fact in facts.facts_at(connection, moment, FactKind.CONNECTOR, parts):
        content: Mapping[str, Any] = fact.content
        yield Connector(
            name=ConnectorName(fact.key),
            kind=content["kind"],
            state=content["state"],
            worker=content["worker"],
            tasks=tuple(content["tasks"]),
            topics=tuple(content["topics"]),
            config=content["config"],
            trace=content["trace"],
        )
