"""A finding: what one probe saw of one object, as one of six outcomes.

The six outcomes and the remedy that is given with the bad one alone follow OpenSSF Scorecard's findings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scoring.catalog.estate import ClusterName
from scoring.maturity.rubric import ProbeId
from scoring.meetings.canonical import digest, plain

CONFIG_TTL = timedelta(hours=24)
"""How long what is configured is taken to be as it was seen."""

METRICS_TTL = timedelta(hours=1)
"""How long what was measured is taken to be as it was seen."""

MOST_SAMPLES = 12
LONGEST_SAMPLE = 300


class Outcome(StrEnum):
    """How a look ended. Only true and false are evidence; the others say why there is none."""

    TRUE = "true"
    FALSE = "false"
    NOT_AVAILABLE = "not_available"
    """Not connected, not permitted, or not watched for long enough."""
    NOT_APPLICABLE = "not_applicable"
    """There is nothing here that the question could be asked about."""
    NOT_SUPPORTED = "not_supported"
    """The broker, registry or exporter cannot tell."""
    ERROR = "error"
    """The probe itself failed."""

    @property
    def is_evidence(self) -> bool:
        """True for the two outcomes that say something about the platform."""
        return self in (Outcome.TRUE, Outcome.FALSE)


class EvidenceSource(StrEnum):
    """Where a finding comes from."""

    KAFKA = "kafka"
    REGISTRY = "registry"
    CONNECT = "connect"
    PROMETHEUS = "prometheus"
    ALERTMANAGER = "alertmanager"


class ObjectKind(StrEnum):
    """What kind of thing was looked at."""

    CLUSTER = "cluster"
    TOPIC = "topic"
    GROUP = "group"
    PRINCIPAL = "principal"
    DOMAIN = "domain"
    SUBJECT = "subject"
    REGISTRY = "registry"
    CONNECTOR = "connector"
    ALERT_RULE = "alert_rule"
    APPLICATION = "application"


class Effort(StrEnum):
    """How much work a remedy takes: hours, days, or weeks and several teams."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Remediation:
    """What to do about a bad outcome, and how much work it is."""

    effort: Effort
    text: str


@dataclass(frozen=True, slots=True)
class About:
    """The object that was looked at."""

    kind: ObjectKind
    name: str


Sample = tuple[tuple[str, str], ...]
"""A few named values that the outcome stands on; never a record's payload and never a secret."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one probe saw of one object.

    aspect: which part of the probe's question this is. sentence: for people. observed_at: when the oldest fact was
    seen that it stands on (UTC). ttl: how long after that it counts. query: what was asked, for whoever wants to ask
    again. remediation: only with the bad outcome.
    """

    probe: ProbeId
    cluster: ClusterName
    aspect: str
    about: About
    outcome: Outcome
    sentence: str
    observed_at: datetime
    ttl: timedelta
    source: EvidenceSource
    query: str
    sample: Sample = ()
    remediation: Remediation | None = None

    @property
    def fresh_until(self) -> datetime:
        """The moment after which it is no evidence any more."""
        return self.observed_at + self.ttl

    def is_fresh(self, now: datetime) -> bool:
        """True while it counts; its last moment included."""
        return now <= self.fresh_until

    @property
    def hash(self) -> str:
        """SHA-256 of all that it says, without when it was seen: two looks that saw the same have the same hash."""
        remedy = None if self.remediation is None else [self.remediation.effort, self.remediation.text]
        said = [self.probe, self.cluster, self.aspect, self.about.kind, self.about.name, self.outcome, self.sentence]
        return digest(plain([*said, self.ttl.total_seconds(), self.source, self.query, self.sample, remedy]))


def bounded(values: Iterable[tuple[str, object]]) -> Sample:
    """The first few values, each cut to a length that a table can hold."""
    return tuple((name, _cut(str(value))) for name, value in list(values)[:MOST_SAMPLES])


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SAMPLE else text[: LONGEST_SAMPLE - 1] + "…"


def named(names: Iterable[str], most: int = 3) -> str:
    """Some names in a sentence: 'a, b, c and 4 more'; empty for none."""
    listed = sorted(set(names))
    shown = ", ".join(listed[:most])
    return shown if len(listed) <= most else f"{shown} and {len(listed) - most} more"
