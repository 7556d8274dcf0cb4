"""Findings, probes and estates made by hand for the tests of evidence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from scoring.catalog.estate import ClusterName
from scoring.evidence.aspects import Aspects, Judgement, Strength, VerdictState
from scoring.evidence.finding import (
    METRICS_TTL,
    About,
    Effort,
    EvidenceSource,
    Finding,
    ObjectKind,
    Outcome,
    Remediation,
)
from scoring.evidence.probe import Need, Notes, Probe
from scoring.maturity.rubric import IndicatorId, ProbeId

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MAIN, RECOVERY = ClusterName("main"), ClusterName("dr")
TOPIC = About(ObjectKind.TOPIC, "orders")


def finding(
    outcome: Outcome, *, probe: str = "p", cluster: str = "main", name: str = "orders", age: timedelta = HOUR * 0
) -> Finding:
    """A finding of one topic that is as old as said and counts for an hour."""
    return Finding(
        probe=ProbeId(probe),
        cluster=ClusterName(cluster),
        aspect="topics",
        about=About(ObjectKind.TOPIC, name),
        outcome=outcome,
        sentence=f"{name} is {outcome}.",
        observed_at=NOW - age,
        ttl=METRICS_TTL,
        source=EvidenceSource.KAFKA,
        query="Metadata",
    )


def judged_by_first(aspects: Aspects) -> Judgement:
    """Supported by one true topic, refuted by one false one, otherwise unsettled."""
    topics = aspects["topics"]
    if topics.true:
        return Judgement(VerdictState.SUPPORTED, "It is so.", Strength.PROVES)
    if topics.false:
        return Judgement(VerdictState.REFUTED, "It is not so.")
    return aspects.unsettled()


def probe(
    name: str = "p", indicators: Sequence[str] = ("L1.1",), outcomes: Sequence[Outcome] = (Outcome.TRUE,)
) -> Probe:
    """A probe that sees topics with these outcomes."""

    def look(notes: Notes) -> list[Finding]:
        return [
            notes.of("topics", About(ObjectKind.TOPIC, f"t{place}"), outcome, f"{outcome}.", (Need.TOPICS,))
            for place, outcome in enumerate(outcomes)
        ]

    return Probe(
        id=ProbeId(name),
        indicators=tuple(IndicatorId(one) for one in indicators),
        question="Is it so?",
        needs=frozenset({Need.TOPICS}),
        ttl=METRICS_TTL,
        look=look,
        judge=judged_by_first,
        remedies={"topics": Remediation(Effort.LOW, "Make it so.")},
    )
