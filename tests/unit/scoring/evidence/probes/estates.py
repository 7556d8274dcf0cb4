"""Clusters made by hand for the tests of probes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, overload

from scoring.catalog.estate import (
    Absent,
    Acl,
    ClusterName,
    Connector,
    ConnectorName,
    FailureKind,
    GroupId,
    Member,
    Present,
    SubjectName,
    TopicName,
)
from scoring.evidence.aspects import Judgement, by_aspect
from scoring.evidence.finding import Finding, Outcome
from scoring.evidence.given import AlertRule, ClusterEvidence, GroupUse, SubjectLevel, TopicUse
from scoring.evidence.probe import Probe

T = TypeVar("T")

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
READ_AT = NOW - timedelta(minutes=2)
REFUSED = Absent(FailureKind.FORBIDDEN, "Kafka shows no ACLs to this user.", "Grant DESCRIBE on the cluster.")
AWAY = Absent(FailureKind.UNREACHABLE, "It is not reachable.", "Check that it runs.")
EMPTY = ClusterEvidence(ClusterName("main"), "prod", NOW)


@overload
def there(value: tuple[T, ...], query: str = "asked", *missing: str) -> Present[tuple[T, ...]]: ...
@overload
def there(value: T, query: str = "asked", *missing: str) -> Present[T]: ...
def there(value: Any, query: str = "asked", *missing: str) -> Present[Any]:
    """A part that was read two minutes ago."""
    return Present(value, READ_AT, query, missing)


def topic(name: str, *, written: bool | None = True, internal: bool = False) -> TopicUse:
    """A topic; written within the window unless said otherwise."""
    return TopicUse(TopicName(name), internal, 10, written)


def group(name: str, *topics: str, members: int = 1, client: str = "app-1", read: bool | None = True) -> GroupUse:
    """A group that reads these topics."""
    people = tuple(Member(f"m{place}", client, "/10.0.0.1", ()) for place in range(members))
    reads = {TopicName(one): read for one in topics}
    return GroupUse(GroupId(name), "Stable" if members else "Empty", people, reads)


def rule(principal: str, operation: str, name: str, kind: str = "TOPIC", pattern: str = "LITERAL") -> Acl:
    """A rule that allows something."""
    return Acl(f"User:{principal}", "*", operation, "ALLOW", kind, name, pattern)


def subject(name: str, level: str | None = None) -> SubjectLevel:
    """A subject that inherits the default level unless said otherwise."""
    return SubjectLevel(SubjectName(name), level)


def sink(name: str, kind: str = "sink", **config: str) -> Connector:
    """A connector; underscores in the names of its settings stand for dots."""
    settings = {key.replace("_", "."): value for key, value in config.items()}
    return Connector(ConnectorName(name), kind, "RUNNING", "w", ("RUNNING",), (), settings, None)


def alert(name: str = "ConsumerLag", expression: str = "kafka_consumergroup_lag > 10", **changes: Any) -> AlertRule:
    """A rule that was evaluated without error ten seconds before it was asked about, every fifteen."""
    made = AlertRule(name, "kafka", expression, "ok", 15.0, READ_AT - timedelta(seconds=10), {"severity": "warning"})
    return replace(made, **changes)


def judged(probe: Probe, given: ClusterEvidence) -> Judgement:
    """What the probe makes of a cluster."""
    return probe.judge(by_aspect(probe.findings(given, NOW)))


def outcomes(probe: Probe, given: ClusterEvidence, aspect: str) -> Mapping[str, Outcome]:
    """The outcome of each object of an aspect."""
    return {one.about.name: one.outcome for one in found(probe, given, aspect)}


def found(probe: Probe, given: ClusterEvidence, aspect: str) -> list[Finding]:
    """The findings of an aspect."""
    return [one for one in probe.findings(given, NOW) if one.aspect == aspect]
