"""A believable estate, written through the store's own services, for pages that are looked at without a platform."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.definitions import produce_success
from data.store import open_store
from data.store.clusters import ClusterFacts
from data.store.read import Meta
from data.store.slices import SliText
from data.store.states import OK
from data.store.store import COLLECTOR
from scoring.catalog.estate import (
    NO_OFFSET,
    Absent,
    Acl,
    Broker,
    ClusterEstate,
    ClusterName,
    ConfigEntry,
    Connector,
    ConnectorName,
    FailureKind,
    Group,
    GroupId,
    Member,
    Offsets,
    Partition,
    Present,
    SchemaVersion,
    SourceName,
    Subject,
    SubjectName,
    Topic,
    TopicConfig,
    TopicName,
)
from scoring.evidence.alert_routing import Route, Routing
from scoring.evidence.probe import Need
from scoring.slo.definition import SloDefinition
from scoring.slo.slices import GROUP, MINUTES_PER_DAY, MinuteState, SliceDay

DOMAINS = ("orders", "payments", "shipping", "customers", "inventory", "pricing", "fraud", "marketing")
EVENTS = ("created", "updated", "cancelled", "settled", "enriched", "requested", "snapshot")
GONE = TopicName("orders.events.legacy.v1")
"""A topic that the first looks find and the last ones do not."""
GROWN = TopicName("payments.events.settled.v1")
"""A topic that gets more partitions between the looks."""


def topic_names(number: int) -> list[TopicName]:
    """That many names, most of them by the naming convention."""
    return [
        TopicName(f"{DOMAINS[index % 8]}.events.{EVENTS[(index // 8) % 7]}.v{1 + index // 56}")
        for index in range(number)
    ]


def topic(name: TopicName, partitions: int = 6, out_of_sync: int = 0) -> Topic:
    """A topic with three replicas, some partitions of which are not all in sync."""
    return Topic(
        name,
        tuple(
            Partition(index, 1 + index % 3, (1, 2, 3), (1, 2) if index < out_of_sync else (1, 2, 3))
            for index in range(partitions)
        ),
        internal=name.startswith("__"),
    )


def config(name: TopicName) -> TopicConfig:
    """Effective settings, some of them set for the topic."""
    own = "DYNAMIC_TOPIC_CONFIG"
    return {
        "cleanup.policy": ConfigEntry("compact" if "snapshot" in name else "delete", own),
        "retention.ms": ConfigEntry("-1" if "snapshot" in name else "604800000", own),
        "min.insync.replicas": ConfigEntry("2", own),
        "max.message.bytes": ConfigEntry("1048588", "DEFAULT_CONFIG"),
        "compression.type": ConfigEntry("producer", "DEFAULT_CONFIG"),
        "segment.bytes": ConfigEntry("1073741824", "DEFAULT_CONFIG"),
    }


def group(name: str, topics: list[Topic], members: int) -> Group:
    """A group whose members share the partitions of its topics."""
    state = "STABLE" if members else "EMPTY"
    parts = [(one.name, part.index) for one in topics for part in one.partitions]
    return Group(
        GroupId(name),
        state,
        "CLASSIC",
        1,
        tuple(
            Member(f"{name}-{index}-7d1c", name, f"/10.0.3.{index + 10}", tuple(parts[index::members]))
            for index in range(members)
        ),
    )


def subject(name: TopicName, versions: int) -> Subject:
    """An Avro subject."""
    text = '{"type":"record","name":"Event","fields":[{"name":"id","type":"string"},{"name":"amount","type":"long"}]}'
    numbers = tuple(range(1, versions + 1))
    return Subject(
        SubjectName(f"{name}-value"), "AVRO", "BACKWARD", numbers, SchemaVersion(versions, 100 + versions, text)
    )


def connector(name: str, state: str, topics: tuple[TopicName, ...]) -> Connector:
    """A connector; a failed one has a trace."""
    trace = "org.apache.kafka.connect.errors.ConnectException: connection refused" if state == "FAILED" else None
    settings = {"connector.class": "FileStreamSource", "file": "/data/in.txt", "database.password": "••••"}
    return Connector(ConnectorName(name), "source", state, "10.0.3.7:8083", (state, "RUNNING"), topics, settings, trace)


def acl(principal: str, operation: str, name: str, permission: str = "ALLOW") -> Acl:
    """An access rule on a topic."""
    return Acl(f"User:{principal}", "*", operation, permission, "TOPIC", name, "LITERAL")


def cluster_estate(cluster: ClusterName, at: datetime, *, topics: int, groups: int, late: bool) -> ClusterEstate:
    """One cluster as one look finds it; `late` looks find it changed."""
    found = [
        topic(name, 12 if name == GROWN and late else 6, out_of_sync=2 if late and index == 9 else 0)
        for index, name in enumerate(topic_names(topics))
    ]
    if not late:
        found.append(topic(GONE, 3))
    found.append(topic(TopicName("__consumer_offsets"), 50))
    ends: dict[TopicName, Offsets] = {
        one.name: np.arange(len(one.partitions), dtype=np.int64) * 7 + 1_204_000 + index
        for index, one in enumerate(found)
    }
    teams = [
        group(f"{DOMAINS[index % 8]}-service-{index}", found[index % len(found) :][:2], index % 4)
        for index in range(groups)
    ]
    committed = {
        team.id: {
            one.name: np.where(np.arange(len(one.partitions)) == 99, NO_OFFSET, ends[one.name] - (index % 5) * 311)
            for one in found[index % len(found) :][:2]
        }
        for index, team in enumerate(teams)
    }

    return ClusterEstate(
        cluster=cluster,
        observed_at=at,
        brokers=Present(
            tuple(Broker(number, f"broker-{number}", 9092, None, None) for number in (1, 2, 3)), at, "DescribeCluster"
        ),
        topics=Present(tuple(found), at, "Metadata"),
        topic_configs=Present({one.name: config(one.name) for one in found}, at, "DescribeConfigs"),
        end_offsets=Present(ends, at, "ListOffsets"),
        groups=Present(tuple(teams), at, "DescribeGroups"),
        committed=Present(committed, at, "OffsetFetch"),
        acls=Present(
            tuple(
                acl(domain, operation, f"{domain}.events.created.v1")
                for domain in DOMAINS
                for operation in ("READ", "WRITE")
            ),
            at,
            "DescribeAcls",
        ),
        subjects=Present(
            tuple(subject(one.name, 1 + index % 4) for index, one in enumerate(found[:40])), at, "GET /subjects"
        ),
        connectors=Present(
            (
                connector("orders-source", "RUNNING", (found[0].name,)),
                connector("fraud-sink", "FAILED" if late else "RUNNING", (found[6].name,)),
            ),
            at,
            "GET /connectors",
        ),
    )


REFUSED = Absent(
    FailureKind.FORBIDDEN,
    "The registry refused the user streamgauge (HTTP 403).",
    "Give that user read access to subjects, or set registry.username.",
)


def written(folder: Path, **about: Any) -> dict[str, str]:
    """Fill a database in `folder` with an estate that ends now; returns the variables that name it."""
    url = f"sqlite:///{folder / 'written.sqlite'}"
    fill(url, datetime.now(UTC), produce_success(), **about)
    return {"STREAMGAUGE_DATABASE_URL": url}


def fill(
    url: str,
    now: datetime,
    definition: SloDefinition,
    *,
    clusters: Sequence[str] = ("prod-eu",),
    topics: int = 48,
    groups: int = 24,
    sample: bool = True,
    bad_minutes: int = 90,
    down_minutes: int = 0,
) -> None:
    """Write three looks at each cluster, the last one ten seconds before `now`, and 30 days of produce success.

    In the last look the registry refuses, one topic is gone and one has grown. bad_minutes: minutes three days ago in
    which a share of the produces failed. down_minutes: minutes before `now` in which no broker answered.
    """
    clock = [now]
    store = open_store(url, clock=lambda: clock[0])
    names = [ClusterName(name) for name in clusters]
    try:
        clock[0] = now - timedelta(days=2)
        facts = [ClusterFacts(name, "prod", "eu-central-1", tuple(SourceName)) for name in names]
        store.registry.register(COLLECTOR, facts)
        store.registry.describe(COLLECTOR, Meta(sample=sample, recorded_at=now - timedelta(days=9) if sample else None))
        for name in names:
            lease = store.leases.acquire(name, "believable")
            assert lease is not None
            collecting = store.collecting(lease)
            for ago, late in ((timedelta(days=2), False), (timedelta(hours=5), False), (timedelta(seconds=10), True)):
                clock[0] = now - ago
                estate = cluster_estate(name, clock[0], topics=topics, groups=groups, late=late)
                collecting.observations.append(replace(estate, subjects=REFUSED) if late else estate, clock[0])
                collecting.observations.attempted(SourceName.PROMETHEUS, "slices", {"slices": OK}, clock[0])
                routes = Present(Routing(Route("mail"), {"mail": ("email",)}), clock[0], "GET /api/v2/status")
                collecting.evidence.readings({Need.ROUTING: routes}, clock[0])
            days = slice_days(definition, name, now, bad_minutes=bad_minutes, down_minutes=down_minutes)
            text = SliText(definition.sli.hash, definition.id, "believable")
            collecting.slices.merge(text, days)
            store.leases.release(lease)
    finally:
        store.close()


def slice_days(
    definition: SloDefinition, cluster: ClusterName, now: datetime, *, bad_minutes: int, down_minutes: int
) -> list[SliceDay]:
    """31 days of produces by the hour of the day, with an incident, a night nobody observed, and client faults."""
    first = (now - timedelta(days=31)).date()
    start = datetime.combine(first, time(), UTC)
    minutes = 32 * MINUTES_PER_DAY
    passed = int((now - timedelta(minutes=1) - start).total_seconds() // 60)
    index = np.arange(minutes)
    good = np.floor(6_000 + 2_500 * np.sin(2 * np.pi * (index % MINUTES_PER_DAY - 480) / MINUTES_PER_DAY))
    states = np.full(minutes, MinuteState.COVERED, dtype=np.uint8)
    states[passed - 12 * MINUTES_PER_DAY : passed - 12 * MINUTES_PER_DAY + 900] = MinuteState.UNKNOWN
    states[passed - down_minutes : passed] = MinuteState.DOWN
    states[passed:] = MinuteState.PENDING
    failed = np.zeros(minutes)
    begin = passed - 3 * MINUTES_PER_DAY
    failed[begin : begin + bad_minutes] = 120
    failed[begin - 6 * MINUTES_PER_DAY : begin - 6 * MINUTES_PER_DAY + 20] = 60
    refused = np.where(index % 360 == 0, 7.0, 0.0)
    counted = states == MinuteState.COVERED
    series = {
        GROUP: np.zeros(minutes),
        "NONE": good * counted,
        "NOT_ENOUGH_REPLICAS": failed * counted,
        "TOPIC_AUTHORIZATION_FAILED": refused * counted,
    }
    return [
        SliceDay(
            definition.sli.hash,
            cluster,
            "",
            component,
            first + timedelta(days=day),
            values[day * MINUTES_PER_DAY : (day + 1) * MINUTES_PER_DAY],
            states[day * MINUTES_PER_DAY : (day + 1) * MINUTES_PER_DAY],
        )
        for component, values in series.items()
        for day in range(32)
    ]
