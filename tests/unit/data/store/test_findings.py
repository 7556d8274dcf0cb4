"""Findings: intervals of what probes said, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from data.store import Store
from data.store.failures import LeaseLostError
from data.store.maintenance import check
from data.store.retention import prune
from data.store.store import COLLECTOR
from scoring.catalog.estate import ClusterName
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
from scoring.maturity.rubric import ProbeId
from tests.unit.data.store.estates import NOON, PROD, Clock, Hands

QUEUE = About(ObjectKind.TOPIC, "orders.dlq.order.v1")
DAY = timedelta(days=1)


def finding(outcome: Outcome = Outcome.FALSE, about: About = QUEUE, cluster: ClusterName = PROD) -> Finding:
    """What a probe says at noon."""
    return Finding(
        probe=ProbeId("l3_5_dead_letter_queues"),
        cluster=cluster,
        aspect="readers",
        about=about,
        outcome=outcome,
        sentence=f"{about.name}: {outcome}.",
        observed_at=NOON,
        ttl=METRICS_TTL,
        source=EvidenceSource.KAFKA,
        query="DescribeGroups",
        sample=(("lag", "3"), ("was ist", "größer")),
        remediation=Remediation(Effort.LOW, "Read it.") if outcome is Outcome.FALSE else None,
    )


def test_a_finding_comes_back_as_it_was_written(store: Store, clock: Clock) -> None:
    hands = Hands(store, clock)

    kept = hands.store.evidence.findings([finding(), finding(Outcome.TRUE, About(ObjectKind.GROUP, "g"))], clock())

    assert (kept.new, kept.ended, kept.unchanged) == (2, 0, 0)
    assert store.findings.latest() == [finding(Outcome.TRUE, About(ObjectKind.GROUP, "g")), finding()]
    assert check(store) == []


def test_saying_the_same_again_moves_on_and_adds_no_row(store: Store, clock: Clock) -> None:
    hands = Hands(store, clock)
    hands.store.evidence.findings([finding()], clock())
    later = clock.move(300)

    kept = hands.store.evidence.findings([replace(finding(), observed_at=later)], later)

    assert (kept.new, kept.ended, kept.unchanged) == (0, 0, 1)
    (only,) = store.findings.history(PROD, finding().probe, "readers", QUEUE)
    assert (only.first_seen, only.last_seen, only.ended_at) == (NOON, later, None)
    assert only.finding.observed_at == later


def test_another_word_starts_a_new_interval_and_the_past_stays_as_it_was(store: Store, clock: Clock) -> None:
    hands = Hands(store, clock)
    hands.store.evidence.findings([finding()], clock())
    before = clock.move(60)
    changed = clock.move(60)
    hands.store.evidence.findings([finding(Outcome.TRUE)], changed)
    gone = clock.move(60)
    hands.store.evidence.findings([], gone)

    assert store.findings.latest() == []
    assert [one.outcome for one in store.findings.latest(asof=before)] == [Outcome.FALSE]
    assert [one.outcome for one in store.findings.latest(asof=changed)] == [Outcome.TRUE]
    assert store.findings.latest(asof=NOON - DAY) == []
    said = store.findings.history(PROD, finding().probe, "readers", QUEUE)
    assert [(one.finding.outcome, one.ended_at) for one in said] == [(Outcome.FALSE, changed), (Outcome.TRUE, gone)]


def test_as_of_a_moment_nothing_was_seen_later(store: Store, clock: Clock) -> None:
    hands = Hands(store, clock)
    hands.store.evidence.findings([finding()], clock())
    hands.store.evidence.findings([replace(finding(), observed_at=clock.move(600))], clock())

    (then,) = store.findings.latest(asof=NOON + timedelta(seconds=60))

    assert then.observed_at == NOON + timedelta(seconds=60)


def test_a_round_leaves_one_audit_entry_of_the_collector(store: Store, clock: Clock) -> None:
    hands = Hands(store, clock)
    hands.store.evidence.findings([finding()], clock())

    (entry, *_) = store.read.audit(1)

    assert (entry.actor, entry.action, entry.object) == (COLLECTOR.name, "collect.evidence", "prod/findings")
    assert entry.detail == {"new": 1}


def test_whoever_lost_the_lease_writes_nothing(store: Store, clock: Clock) -> None:
    hands = Hands(store, clock)
    store.leases.release(hands.store.lease)

    with pytest.raises(LeaseLostError):
        hands.store.evidence.findings([finding()], clock())

    assert store.findings.latest() == []


def test_what_ended_is_forgotten_and_what_still_holds_is_not(store: Store, clock: Clock) -> None:
    class Days:
        intervals, measurements, slices, runs, audit = 30, None, None, None, None

    hands = Hands(store, clock)
    hands.store.evidence.findings([finding(), finding(Outcome.TRUE, About(ObjectKind.GROUP, "g"))], clock())
    hands.store.evidence.findings([finding()], clock.move(60))

    deleted = prune(store.writer, COLLECTOR, Days(), NOON + 40 * DAY)

    assert deleted["findings"] == 1
    assert store.findings.latest() == [finding()]


def test_the_check_finds_intervals_that_overlap_and_samples_that_nobody_can_read(store: Store, clock: Clock) -> None:
    hands = Hands(store, clock)
    hands.store.evidence.findings([finding()], clock())
    hands.store.evidence.findings([finding(Outcome.TRUE)], clock.move(60))
    with store.database.writing() as connection:
        connection.execute(text("UPDATE findings SET ended_at = ended_at + 1 WHERE outcome = 'false'"))
        connection.execute(text("UPDATE findings SET sample = 'x' WHERE outcome = 'true'"))

    unreadable, overlapping = sorted(check(store))

    assert "is no JSON" in unreadable
    assert "overlap at 2026-11-20 12:01:00" in overlapping


def test_clusters_keep_their_findings_apart(store: Store, clock: Clock) -> None:
    other = ClusterName("dr")
    Hands(store, clock).store.evidence.findings([finding()], clock())
    Hands(store, clock, other, "second").store.evidence.findings([finding(cluster=other)], clock())

    assert store.findings.latest(other) == [finding(cluster=other)]
    assert store.findings.latest() == [finding(cluster=other), finding()]
