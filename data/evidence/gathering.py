"""Puts together what the probes of one cluster are given, from what the collector has stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from data.evidence.forms import decoded
from data.settings import ClusterSettings
from data.store.engine import Database
from data.store.evidence_readings import KeptReading, kept_readings
from data.store.read import PartState, SourceCondition
from data.store.reading import evidence as stored
from data.store.reading.moment import Moment, frame
from data.store.reading.sources import part_states
from scoring.catalog.estate import Absent, ClusterName, FailureKind, Part, Present
from scoring.evidence.finding import CONFIG_TTL, METRICS_TTL, EvidenceSource
from scoring.evidence.given import ACTIVITY_WINDOW, ClusterEvidence
from scoring.evidence.naming import Naming
from scoring.evidence.probe import Need

NOT_YET = Absent(FailureKind.UNREACHABLE, "It has not been looked at yet.", "Look again when the collector has run.")

_SERVICES = {
    EvidenceSource.REGISTRY: ("schema registry", "registry"),
    EvidenceSource.CONNECT: ("Kafka Connect", "connect"),
    EvidenceSource.PROMETHEUS: ("Prometheus", "prometheus"),
    EvidenceSource.ALERTMANAGER: ("Alertmanager", "alertmanager"),
}
"""Name for people, and section of the settings."""

_STORED: Mapping[Need, tuple[str, str]] = {
    Need.TOPICS: ("topics", f"Metadata; ListOffsets(latest) over {ACTIVITY_WINDOW.days} d"),
    Need.GROUPS: ("groups", f"ListGroups, DescribeGroups; OffsetFetch over {ACTIVITY_WINDOW.days} d"),
    Need.ACLS: ("acls", "DescribeAcls"),
    Need.SUBJECTS: ("subjects", "GET /subjects, GET /config/{subject}"),
    Need.CONNECTORS: ("connectors", "GET /connectors?expand=info&expand=status"),
}
"""Needs that come from the estate: the part that they are collected as, and what is asked for it."""


@dataclass(frozen=True, slots=True)
class EvidenceScope:
    """One cluster as its settings describe it. connected: the sources that they name."""

    cluster: ClusterName
    environment: str
    naming: Naming
    connected: frozenset[EvidenceSource]

    @classmethod
    def of(cls, settings: ClusterSettings, naming: Naming) -> EvidenceScope:
        """The scope of a configured cluster."""
        connected = {source for source, (_, section) in _SERVICES.items() if getattr(settings, section) is not None}
        logins = (settings.kafka, settings.canary.kafka if settings.canary is not None else None)
        ours = frozenset(login.sasl_username for login in logins if login is not None and login.sasl_username)
        return cls(
            ClusterName(settings.name),
            settings.environment,
            replace(naming, ours=ours),
            frozenset({EvidenceSource.KAFKA, *connected}),
        )

    def not_connected(self, need: Need) -> Absent | None:
        """Why a need cannot be met as long as the settings stay as they are; None when its source is named."""
        if need.source in self.connected:
            return None
        name, section = _SERVICES[need.source]
        step = f"Add the section {section} to cluster {self.cluster} in the settings."
        return Absent(FailureKind.NOT_CONFIGURED, f"No {name} is named for cluster {self.cluster}.", step)


def gather(database: Database, scope: EvidenceScope, now: datetime) -> ClusterEvidence:
    """Everything that is known of a cluster, of one moment of the store; parts that are too old are absent."""
    with database.reading() as connection:
        moment = frame(connection, scope.cluster, None)
        if not moment.clusters:
            return ClusterEvidence(scope.cluster, scope.environment, now, scope.naming)
        looked = _Looked(connection, moment, now)
        (cluster_id,) = moment.clusters
        kept = kept_readings(connection, cluster_id)
        parts: dict[str, Part[Any]] = {}
        for need in Need:
            missing = scope.not_connected(need)
            if missing is not None:
                parts[need.value] = missing
            else:
                parts[need.value] = looked.part(need) if need in _STORED else _asked(kept.get(need), now)
    return ClusterEvidence(scope.cluster, scope.environment, now, scope.naming, **parts)


class _Looked:
    """The parts of the estate as the store last saw them."""

    def __init__(self, connection: Connection, moment: Moment, now: datetime) -> None:
        self._connection, self._moment, self._now = connection, moment, now
        self._parts = part_states(connection, moment)
        since = now - ACTIVITY_WINDOW
        self._read: Mapping[Need, Callable[[], Iterator[Any]]] = {
            Need.TOPICS: lambda: stored.topic_uses(connection, moment, self._parts, since),
            Need.GROUPS: lambda: stored.group_uses(connection, moment, self._parts, since),
            Need.ACLS: lambda: stored.acls(connection, moment, self._parts),
            Need.SUBJECTS: lambda: stored.subject_levels(connection, moment, self._parts),
            Need.CONNECTORS: lambda: stored.connectors(connection, moment, self._parts),
        }

    def part(self, need: Need) -> Part[tuple[Any, ...]]:
        """One part with its age; what the last look did not see of it is in `missing`."""
        name, query = _STORED[need]
        state = next((one for one in self._parts if one.part == name), None)
        if state is None:
            return NOT_YET
        if state.last_success is None or self._now - state.last_success > CONFIG_TTL:
            return _too_old(state.last_success, state)
        missing = (state.error,) if state.state is SourceCondition.PARTIAL else ()
        return Present(tuple(self._read[need]()), state.last_success, query, missing)


def _asked(kept: KeptReading | None, now: datetime) -> Part[Any]:
    """The last answer to a question that only probes ask."""
    if kept is None:
        return NOT_YET
    ttl: timedelta = CONFIG_TTL if kept.need is Need.GLOBAL_LEVEL else METRICS_TTL
    if kept.found is None or kept.observed_at is None or now - kept.observed_at > ttl:
        return _too_old(kept.observed_at, kept)
    missing = (kept.error,) if kept.state is SourceCondition.PARTIAL else ()
    return Present(decoded(kept.need, kept.found), kept.observed_at, kept.query, missing)


def _too_old(last: datetime | None, tried: PartState | KeptReading) -> Absent:
    """Why there is nothing that counts: how the last attempt ended, and when it last went well."""
    known = {kind.value: kind for kind in FailureKind}
    when = f" It was last read at {last:%Y-%m-%d %H:%M} UTC." if last is not None else ""
    return Absent(known.get(tried.state, FailureKind.UNREACHABLE), f"{tried.error}{when}".strip(), tried.next_step)
