"""A probe: one true-or-false question about a cluster, a pure function of what it is given and of now.

Three layers, as in OpenSSF Scorecard: what was collected (`given`), the looks at it (probes), and what they add up to
(`evaluation`). A probe is one file in `scoring/evidence/probes` with a `PROBE`; it holds the look and its judgement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeVar

from scoring.catalog.estate import Absent, Part, Present
from scoring.evidence.aspects import Aspects, Judgement
from scoring.evidence.finding import (
    About,
    EvidenceSource,
    Finding,
    ObjectKind,
    Outcome,
    Remediation,
    bounded,
)
from scoring.evidence.given import ClusterEvidence
from scoring.maturity.rubric import IndicatorId, ProbeId

T = TypeVar("T")

ITSELF = "probe"
"""The aspect of a finding that is about the probe: that it failed, or has not looked."""


class Need(StrEnum):
    """A part of ClusterEvidence that a probe looks at; the values are its fields."""

    TOPICS = "topics"
    GROUPS = "groups"
    ACLS = "acls"
    SUBJECTS = "subjects"
    GLOBAL_LEVEL = "global_level"
    CONNECTORS = "connectors"
    LAG_SERIES = "lag_series"
    ALERT_RULES = "alert_rules"
    FLINK_JOBS = "flink_jobs"
    ROUTING = "routing"

    @property
    def source(self) -> EvidenceSource:
        """Where the part comes from."""
        return _SOURCES[self]


_SOURCES: Mapping[Need, EvidenceSource] = {
    Need.TOPICS: EvidenceSource.KAFKA,
    Need.GROUPS: EvidenceSource.KAFKA,
    Need.ACLS: EvidenceSource.KAFKA,
    Need.SUBJECTS: EvidenceSource.REGISTRY,
    Need.GLOBAL_LEVEL: EvidenceSource.REGISTRY,
    Need.CONNECTORS: EvidenceSource.CONNECT,
    Need.LAG_SERIES: EvidenceSource.PROMETHEUS,
    Need.ALERT_RULES: EvidenceSource.PROMETHEUS,
    Need.FLINK_JOBS: EvidenceSource.PROMETHEUS,
    Need.ROUTING: EvidenceSource.ALERTMANAGER,
}


@dataclass(frozen=True, slots=True)
class Notes:
    """What a look writes its findings with; whoever looks says only what differs from one finding to the next."""

    probe: Probe
    given: ClusterEvidence
    now: datetime

    def of(
        self,
        aspect: str,
        about: About,
        outcome: Outcome,
        sentence: str,
        needs: tuple[Need, ...],
        sample: Iterable[tuple[str, object]] = (),
    ) -> Finding:
        """A finding on the parts that `needs` names, the one that decides first; it is as old as the oldest of them."""
        parts: list[Present[Any]] = [part for need in needs if isinstance(part := self.part(need), Present)]
        return Finding(
            probe=self.probe.id,
            cluster=self.given.cluster,
            aspect=aspect,
            about=about,
            outcome=outcome,
            sentence=sentence,
            observed_at=min((part.observed_at for part in parts), default=self.now),
            ttl=self.probe.ttl,
            source=needs[0].source,
            query="; ".join(dict.fromkeys(part.query for part in parts)),
            sample=bounded(sample),
            remediation=self.probe.remedies.get(aspect) if outcome is self.probe.bad else None,
        )

    def lacking(self, aspect: str, need: Need, what: str) -> Finding | None:
        """The finding that a part is not there to be looked at, with its reason; None when it is there.

        what: the part in words, such as "The ACLs".
        """
        part = self.part(need)
        if not isinstance(part, Absent):
            return None
        sentence = f"{what} could not be looked at. {part.sentence} {part.next_step}".strip()
        return self.of(aspect, self.cluster, Outcome.NOT_AVAILABLE, sentence, (need,))

    def part(self, need: Need) -> Part[Any]:
        """The part that a need names."""
        found: Part[Any] = getattr(self.given, need.value)
        return found

    def partial(self, *needs: Need) -> str:
        """Why one of the parts is not whole, in a sentence; empty when all are. From a part that is not whole nothing
        follows from what is missing."""
        for need in needs:
            part = self.part(need)
            if isinstance(part, Present) and part.missing:
                return part.missing[0]
        return ""

    @property
    def cluster(self) -> About:
        """The cluster itself as the object that was looked at."""
        return About(ObjectKind.CLUSTER, self.given.cluster)


Look = Callable[[Notes], Iterable[Finding]]
Judge = Callable[[Aspects], Judgement]


def seen(part: Part[T]) -> T:
    """What a part holds. Raises ProbeContractError when it is absent: a look asks `lacking` first."""
    if isinstance(part, Absent):
        raise ProbeContractError(f"a look went on without a part that is absent: {part.sentence}")
    return part.value


class ProbeContractError(ValueError):
    """A probe or its findings are not what they must be; whoever wrote the probe must mend it."""


@dataclass(frozen=True, slots=True)
class Probe:
    """One question, and how it is answered.

    indicators: what it is evidence for. needs: what it looks at. ttl: how long a finding counts. look: gives at least
    one finding for every cluster, NOT_AVAILABLE when it can see nothing. judge: what the findings of one cluster add
    up to; how far a yes goes (proves or suggests) is in its judgement. remedies: by aspect. bad: the outcome that a
    remedy goes with; TRUE for what nobody wants.
    """

    id: ProbeId
    indicators: tuple[IndicatorId, ...]
    question: str
    needs: frozenset[Need]
    ttl: timedelta
    look: Look
    judge: Judge
    remedies: Mapping[str, Remediation] = field(default_factory=dict)
    bad: Outcome = Outcome.FALSE

    def findings(self, given: ClusterEvidence, now: datetime) -> tuple[Finding, ...]:
        """What it sees of one cluster, one finding an object and aspect.

        Raises ProbeContractError when it saw nothing at all or one thing twice.
        """
        found = tuple(self.look(Notes(self, given, now)))
        if not found:
            raise ProbeContractError(f"{self.id} says nothing about {given.cluster}; not_available is an answer too")
        if len({(one.aspect, one.about) for one in found}) != len(found):
            raise ProbeContractError(f"{self.id} says two things about one object of {given.cluster}")
        return found

    def failed(self, given: ClusterEvidence, now: datetime, reason: str) -> Finding:
        """The finding of a look that broke off. reason: a sentence."""
        return self._about_itself(given, now, Outcome.ERROR, f"The probe itself failed: {reason}")

    def not_run(self, given: ClusterEvidence, now: datetime) -> Finding:
        """The finding of a look that was not made."""
        return self._about_itself(given, now, Outcome.NOT_AVAILABLE, "This probe had not looked yet.")

    def _about_itself(self, given: ClusterEvidence, now: datetime, outcome: Outcome, sentence: str) -> Finding:
        notes = Notes(self, given, now)
        need = min(self.needs, key=list(Need).index)
        return notes.of(ITSELF, notes.cluster, outcome, sentence, (need,))
