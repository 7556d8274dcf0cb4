"""What people say about budgets: who may, what is refused, and what was known at a past moment."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.store import Store
from data.store.maintenance import check
from data.store.policy.read import (
    AnnotationKind,
    ExemptionRow,
    ExemptionState,
    PolicyError,
    SelfApprovalError,
    in_force,
    not_revoked,
    not_withdrawn,
)
from scoring.actors import Actor, ForbiddenError, Grant, Role
from scoring.meetings.subjects import Subject
from scoring.meetings.texts import TextError
from scoring.slo.definition import SloId
from scoring.slo.exemptions import EVERY_SLO
from scoring.slo.policy import ReleaseClass
from tests.unit.data.store.estates import NOON, PROD, Clock

EVA = Actor("eva", frozenset({Grant(Role.EDITOR)}))
ANNA = Actor("anna", frozenset({Grant(Role.APPROVER)}))
BOTH = Actor("bo", frozenset({Grant(Role.EDITOR), Grant(Role.APPROVER)}))
VERA = Actor("vera", frozenset({Grant(Role.VIEWER)}))
PRODUCE = SloId("produce-success")
SUBJECT = Subject("produce-success/prod")
LOST = SloId("data-durability")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


def asked(store: Store, actor: Actor = EVA) -> ExemptionRow:
    """An hour of yesterday that a planned network change took."""
    start = NOON - 24 * HOUR
    return store.exemptions.request(actor, [PRODUCE], start, start + HOUR, " Network change ", {"cluster": "prod"})


def test_an_exemption_counts_once_somebody_else_has_approved_it(store: Store, clock: Clock) -> None:
    row = asked(store)
    assert (row.state, row.exemption.reason, row.exemption.late) == (ExemptionState.REQUESTED, "Network change", True)
    assert in_force(store.exemptions.rows()) == ()
    clock.move(60)
    approved = store.exemptions.approve(ANNA, row.key)
    assert (approved.exemption.approved_by, approved.approved_at) == ("anna", NOON + MINUTE)
    (counting,) = in_force(store.exemptions.rows())
    assert counting.matches(PRODUCE, {"cluster": "prod"})
    assert not counting.matches(PRODUCE, {"cluster": "dr"})
    assert [entry.action for entry in store.read.audit()] == ["exemption.approve", "exemption.request"]


def test_nobody_approves_what_they_asked_for_themselves(store: Store) -> None:
    row = asked(store, BOTH)
    with pytest.raises(SelfApprovalError, match="somebody else has to approve it"):
        store.exemptions.approve(BOTH, row.key)
    own = asked(store, Actor.local_admin())
    with pytest.raises(SelfApprovalError):
        store.exemptions.approve(Actor.local_admin(), own.key)
    assert in_force(store.exemptions.rows()) == ()


def test_a_withdrawn_exemption_counts_no_more_and_did_then(store: Store, clock: Clock) -> None:
    row = asked(store)
    clock.move(60)
    store.exemptions.approve(ANNA, row.key)
    clock.move(60)
    store.exemptions.withdraw(EVA, row.key)
    for again in (store.exemptions.withdraw, store.exemptions.approve):
        with pytest.raises(PolicyError, match="is withdrawn already"):
            again(ANNA, row.key)
    states = [[one.state for one in store.exemptions.rows(NOON + delay)] for delay in (-MINUTE, 0 * MINUTE, MINUTE)]
    assert states == [[], [ExemptionState.REQUESTED], [ExemptionState.APPROVED]]
    (now,) = store.exemptions.rows()
    assert (now.state, now.withdrawn_by, now.exemption.approved_by) == (ExemptionState.WITHDRAWN, "eva", "anna")
    assert in_force([now]) == ()
    assert check(store) == []


def test_exemptions_that_a_window_no_longer_reaches_can_be_left_out(store: Store) -> None:
    asked(store)
    assert len(store.exemptions.rows(start=NOON - 23 * HOUR - MINUTE)) == 1
    assert store.exemptions.rows(start=NOON - 23 * HOUR) == ()


def test_what_nobody_may_grant_is_refused(store: Store) -> None:
    ask = store.exemptions.request
    with pytest.raises(PolicyError, match="begins more than 30 days before"):
        ask(EVA, [PRODUCE], NOON - timedelta(days=31), NOON, "why")
    with pytest.raises(PolicyError, match="whole minutes"):
        ask(EVA, [PRODUCE], NOON.replace(second=30), NOON + HOUR, "why")
    with pytest.raises(PolicyError, match="not after its start"):
        ask(EVA, [PRODUCE], NOON, NOON, "why")
    with pytest.raises(PolicyError, match="names no SLO"):
        ask(EVA, [], NOON, NOON + HOUR, "why")
    with pytest.raises(PolicyError, match="no regular expression"):
        ask(EVA, [PRODUCE], NOON, NOON + HOUR, "why", {"cluster": "~("})
    with pytest.raises(TextError, match="The reason is empty"):
        ask(EVA, [PRODUCE], NOON, NOON + HOUR, " ")
    with pytest.raises(PolicyError, match="There is no exemption 99"):
        store.exemptions.approve(ANNA, 99)
    assert store.exemptions.rows() == ()


def test_each_write_needs_its_role(store: Store) -> None:
    row = asked(store)
    refused = (
        lambda: asked(store, ANNA),
        lambda: store.exemptions.approve(EVA, row.key),
        lambda: store.exemptions.withdraw(VERA, row.key),
        lambda: store.overrides.grant(EVA, [PRODUCE], ReleaseClass.CRITICAL, "why", NOON + HOUR),
        lambda: store.overrides.revoke(EVA, 1),
        lambda: store.acknowledgements.acknowledge(EVA, LOST, PROD, NOON, 1, "why", "https://wiki/1"),
        lambda: store.acknowledgements.withdraw(EVA, 1),
        lambda: store.annotations.add(VERA, AnnotationKind.DEPLOY, "v2", NOON, NOON),
        lambda: store.annotations.end(VERA, 1, NOON),
        lambda: store.annotations.remove(VERA, 1),
    )
    for attempt in refused:
        with pytest.raises(ForbiddenError):
            attempt()
    assert [entry.outcome for entry in store.read.audit(len(refused))] == ["refused"] * len(refused)


def test_an_override_is_what_the_gate_takes_until_its_end_or_until_it_is_revoked(store: Store, clock: Clock) -> None:
    row = store.overrides.grant(ANNA, [PRODUCE], ReleaseClass.NON_CRITICAL, "The fix is in it.", NOON + HOUR)
    (override,) = not_revoked(store.overrides.rows())
    held = [override.holds(PRODUCE, ReleaseClass.NON_CRITICAL, NOON + delay) for delay in (-MINUTE, MINUTE, HOUR)]
    assert held == [False, True, False]
    assert not override.holds(PRODUCE, ReleaseClass.CRITICAL, NOON)
    assert override.overridden_by == "anna"
    everywhere = store.overrides.grant(ANNA, [EVERY_SLO], None, "Drill", NOON + HOUR)
    assert everywhere.override.holds(LOST, ReleaseClass.CRITICAL, NOON)
    clock.move(600)
    assert store.overrides.revoke(ANNA, row.key).revoked_by == "anna"
    assert not_revoked(store.overrides.rows()) == (everywhere.override,)
    assert len(not_revoked(store.overrides.rows(NOON))) == 2
    assert store.overrides.rows(NOON - MINUTE) == ()
    with pytest.raises(PolicyError, match="no such override in force"):
        store.overrides.revoke(ANNA, row.key)
    with pytest.raises(PolicyError, match="still to come"):
        store.overrides.grant(ANNA, [PRODUCE], ReleaseClass.CRITICAL, "why", clock.now)
    with pytest.raises(PolicyError, match="names no SLO"):
        store.overrides.grant(ANNA, [], ReleaseClass.CRITICAL, "why", NOON + HOUR)


def test_an_acknowledgement_is_what_the_engine_takes_until_it_is_withdrawn(store: Store, clock: Clock) -> None:
    row = store.acknowledgements.acknowledge(
        ANNA, LOST, PROD, NOON - HOUR, 3, "unclean election", "https://wiki/pm/7", "topic=a"
    )
    assert (row.found, not_withdrawn([row])) == (3, (row.acknowledgement,))
    said = row.acknowledgement
    assert (said.slo, said.cluster, said.group, said.through, said.acknowledged_by, said.recorded_at) == (
        LOST, PROD, "topic=a", NOON - HOUR, "anna", NOON,
    )  # fmt: skip
    clock.move(60)
    assert not_withdrawn([store.acknowledgements.withdraw(ANNA, row.key)]) == ()
    assert not_withdrawn(store.acknowledgements.rows(NOON)) == (said,)
    assert store.acknowledgements.rows(NOON - MINUTE) == ()
    assert store.acknowledgements.rows()[0].withdrawn_by == "anna"
    with pytest.raises(PolicyError, match="no such acknowledgement"):
        store.acknowledgements.withdraw(ANNA, row.key)
    assert [entry.object for entry in store.read.audit()][-1] == "data-durability/prod/topic=a"


@pytest.mark.parametrize(
    ("found", "delay", "cause", "postmortem"),
    [
        (0, -HOUR, "why", "https://wiki/1"), (1, HOUR, "why", "https://wiki/1"), (1, -HOUR, " ", "https://wiki/1"),
        (1, -HOUR, "why", ""), (1, -HOUR, "why", "javascript:alert(1)"), (1, -HOUR, "why", "https://"),
        (1, -HOUR, "why", "http://[x"),
    ],
)  # fmt: skip
def test_an_acknowledgement_needs_something_to_answer_for_a_cause_and_a_link(
    store: Store, found: int, delay: timedelta, cause: str, postmortem: str
) -> None:
    with pytest.raises((PolicyError, TextError)):
        store.acknowledgements.acknowledge(ANNA, LOST, PROD, NOON + delay, found, cause, postmortem)
    assert store.acknowledgements.rows() == ()


def test_annotations_are_found_by_the_time_that_they_touch(store: Store, clock: Clock) -> None:
    add = store.annotations.add
    deploy = add(EVA, AnnotationKind.DEPLOY, "broker 3.9", NOON, NOON, SUBJECT, "https://ci/7")
    drill = add(EVA, AnnotationKind.DRILL, "leader kill", NOON - 2 * HOUR, NOON - HOUR)
    going_on = add(EVA, AnnotationKind.INCIDENT, "slow disk", NOON - 3 * HOUR, None, Subject("data-durability/prod"))
    everything = store.annotations.rows(NOON - HOUR, NOON)
    assert everything == (going_on, drill, deploy)
    assert store.annotations.rows(NOON - HOUR, NOON, SUBJECT) == (drill, deploy)
    assert store.annotations.rows(NOON - HOUR + MINUTE, NOON - MINUTE) == (going_on,)
    ended = store.annotations.end(EVA, going_on.key, NOON - 2 * HOUR)
    assert ended.ends_at == NOON - 2 * HOUR
    assert store.annotations.rows(NOON - HOUR, NOON) == (drill, deploy)
    clock.move(60)
    store.annotations.remove(EVA, deploy.key)
    assert store.annotations.rows(NOON - HOUR, NOON) == (drill,)
    assert store.annotations.rows(NOON - HOUR, NOON, asof=NOON) == (drill, deploy)
    assert store.annotations.rows(NOON - HOUR, NOON, asof=NOON - MINUTE) == ()
    for again in (
        lambda: store.annotations.end(EVA, going_on.key, NOON),
        lambda: store.annotations.remove(EVA, deploy.key),
    ):
        with pytest.raises(PolicyError, match="look at the chart again"):
            again()
    with pytest.raises(PolicyError, match="put the two times in order"):
        add(EVA, AnnotationKind.DRILL, "x", NOON, NOON - MINUTE)
    with pytest.raises(TextError, match="The text is empty"):
        add(EVA, AnnotationKind.DRILL, "", NOON, NOON)
