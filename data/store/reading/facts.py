"""The facts that hold at a moment, with their content parsed once for all objects that share it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from data.store.observations import RUN_OF
from data.store.read import Count, EndedBy, EstateCounts, FactKind, Interval, PartState, RemovedRow, Seen, SourceState
from data.store.reading.moment import Moment
from data.store.reading.sources import looks
from data.store.tables import CLUSTERS, CONTENTS, FACTS
from scoring.catalog.estate import ClusterName

PART_OF: Mapping[FactKind, str] = {
    FactKind.BROKER: "brokers",
    FactKind.TOPIC: "topics",
    FactKind.TOPIC_CONFIG: "topic_configs",
    FactKind.GROUP: "groups",
    FactKind.ACL: "acls",
    FactKind.SUBJECT: "subjects",
    FactKind.CONNECTOR: "connectors",
}
"""The part of the estate that each kind is read with."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One object as it was at the moment; content is shared, do not change it."""

    cluster: ClusterName
    key: str
    content: Mapping[str, Any]
    size: int
    seen: Seen


def facts_at(
    connection: Connection, moment: Moment, kind: FactKind, parts: list[PartState], key: str | None = None
) -> Iterator[Fact]:
    """The facts of one kind (and key) that hold at the moment, by cluster and key; `parts` says when it was looked."""
    which = [FACTS.c.kind == kind, moment.within(FACTS), moment.holds(FACTS, "first_seen")]
    if key is not None:
        which.append(FACTS.c.key == key)
    contents = _contents(connection, which)
    looked = looks(parts)
    columns = ("cluster_id", "key", "content_id", "size", "known_since", "first_seen", "last_seen")
    found = select(*(FACTS.c[column] for column in columns)).where(*which).order_by(FACTS.c.key)
    rows = connection.execute(found).all()
    for cluster_id, cluster in sorted(moment.clusters.items(), key=lambda item: item[1]):
        looked_at = looked.get((cluster, PART_OF[kind]))
        for owner, name, content_id, size, known_since, first_seen, last_seen in rows:
            if owner == cluster_id:
                last = last_seen if moment.asof is None else min(last_seen, max(looked_at or first_seen, first_seen))
                yield Fact(cluster, name, contents[content_id], size, Seen(first_seen, last, known_since, looked_at))


def _contents(connection: Connection, which: list[ColumnElement[bool]]) -> dict[int, Mapping[str, Any]]:
    wanted = select(FACTS.c.content_id).where(*which)
    found = connection.execute(select(CONTENTS.c.id, CONTENTS.c.body).where(CONTENTS.c.id.in_(wanted)))
    return {content_id: json.loads(body) for content_id, body in found}


def history(connection: Connection, kind: FactKind, cluster: ClusterName, key: str) -> list[Interval]:
    """Every form of one object, oldest first."""
    found = (
        select(FACTS, CONTENTS.c.body)
        .join(CONTENTS, CONTENTS.c.id == FACTS.c.content_id)
        .join(CLUSTERS, CLUSTERS.c.id == FACTS.c.cluster_id)
        .where(CLUSTERS.c.name == cluster, FACTS.c.kind == kind, FACTS.c.key == key)
        .order_by(FACTS.c.first_seen)
    )
    return [
        Interval(
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            ended_at=row.ended_at,
            ended_by=EndedBy(row.ended_by) if row.ended_by is not None else None,
            first_run=row.first_run,
            last_run=row.last_run,
            content=json.loads(row.body),
        )
        for row in connection.execute(found)
    ]


def removed(connection: Connection, moment: Moment, kind: FactKind) -> list[RemovedRow]:
    """The objects of one kind that were found missing by the moment and are not there at it."""
    ended = [FACTS.c.ended_by == EndedBy.REMOVED] + ([] if moment.asof is None else [FACTS.c.ended_at <= moment.asof])
    whose = [FACTS.c.kind == kind, moment.within(FACTS)]
    columns = (FACTS.c.cluster_id, FACTS.c.key, FACTS.c.known_since, FACTS.c.last_seen, FACTS.c.ended_at)
    found = connection.execute(select(*columns).where(*whose, *ended).order_by(FACTS.c.ended_at)).all()
    last = {(row.cluster_id, row.key): row for row in found}
    present = select(FACTS.c.cluster_id, FACTS.c.key).where(*whose, moment.holds(FACTS, "first_seen"))
    for owner, key in connection.execute(present):
        last.pop((owner, key), None)
    rows = (
        RemovedRow(moment.clusters[row.cluster_id], row.key, row.known_since, row.last_seen, row.ended_at)
        for row in last.values()
    )
    return sorted(rows, key=lambda row: row.removed_at, reverse=True)


def counts(
    connection: Connection, moment: Moment, sources: list[SourceState], parts: list[PartState], now: datetime
) -> EstateCounts:
    """The estate in seven numbers; `now` is what as_of says for a question about now."""
    found = (
        select(FACTS.c.cluster_id, FACTS.c.kind, func.count(), func.sum(FACTS.c.size))
        .where(moment.within(FACTS), moment.holds(FACTS, "first_seen"))
        .group_by(FACTS.c.cluster_id, FACTS.c.kind)
    )
    numbers = {
        (moment.clusters[cluster_id], kind): (int(objects), int(size))
        for cluster_id, kind, objects, size in connection.execute(found)
    }
    looked = looks(parts)

    def count(kind: FactKind, *, sizes: bool = False) -> Count:
        part = PART_OF[kind]
        asked = [state.cluster for state in sources if state.source is RUN_OF[part][0]]
        times = {cluster: time for cluster in asked if (time := looked.get((cluster, part))) is not None}
        unknown = tuple(cluster for cluster in asked if cluster not in times)
        if not times:
            return Count(None, None, unknown)
        total = sum(numbers.get((cluster, kind), (0, 0))[sizes] for cluster in times)
        return Count(total, min(times.values()), unknown)

    return EstateCounts(
        as_of=moment.asof or now,
        brokers=count(FactKind.BROKER),
        topics=count(FactKind.TOPIC),
        partitions=count(FactKind.TOPIC, sizes=True),
        groups=count(FactKind.GROUP),
        subjects=count(FactKind.SUBJECT),
        connectors=count(FactKind.CONNECTOR),
        acls=count(FactKind.ACL),
    )
