"""Assessments in both databases: what is no answer is refused, and a record never says more than what was decided."""

from __future__ import annotations

import pytest

from data.store import Store
from scoring.actors import Actor, Grant, Role
from scoring.meetings.assessments import Assessed, assessment_snapshot, rubric_of
from scoring.meetings.decisions import ConflictError, Decision, DecisionError
from scoring.meetings.records import verified
from scoring.meetings.sessions import Session, SessionKind
from scoring.meetings.subjects import Subject
from tests.unit.data.store.estates import NOON
from tests.unit.scoring.maturity.papers import RUBRIC

FAY = Actor("fay", frozenset({Grant(Role.FACILITATOR)}))
GUS = Actor("gus", frozenset({Grant(Role.FACILITATOR)}))
L32, L33, SKILLS = Subject("L3.2"), Subject("L3.3"), Subject("Skills")


def opened(store: Store) -> Session:
    """An assessment by the design's rubric."""
    return store.meetings.open(FAY, SessionKind.ASSESSMENT, "Assessment", assessment_snapshot(RUBRIC, NOON))


def test_what_is_no_answer_to_a_question_is_refused_and_nothing_is_written(store: Store) -> None:
    session = opened(store)
    for subject, decision in ((L32, Decision("4")), (SKILLS, Decision("yes")), (L32, Decision("n/a", "managed"))):
        with pytest.raises(DecisionError):
            store.meetings.decide(FAY, session.id, subject, decision, 0)
    assert store.meetings.read.meeting(session.id).decisions == {}
    approved = Decision("n/a", "managed", approved_by="ann")
    assert store.meetings.decide(FAY, session.id, L32, approved, 0).decision == approved


def test_a_result_that_misses_a_decision_is_not_frozen(store: Store) -> None:
    session = opened(store)
    store.meetings.decide(FAY, session.id, L32, Decision("yes"), 0)
    meeting = store.meetings.read.meeting(session.id)
    last = assessment_snapshot(RUBRIC, NOON, Assessed(decisions=meeting.decisions))
    store.meetings.decide(GUS, session.id, L33, Decision("no"), 0)
    with pytest.raises(ConflictError, match="gus decided"):
        store.meetings.close(FAY, session.id, last, decided={L32: 1})
    store.meetings.take_back(GUS, session.id, L32, 1)
    with pytest.raises(ConflictError, match="taken back"):
        store.meetings.close(FAY, session.id, last, decided={L32: 1, L33: 1})
    meeting = store.meetings.read.meeting(session.id)
    last = assessment_snapshot(RUBRIC, NOON, Assessed(decisions=meeting.decisions))
    record = store.meetings.close(FAY, session.id, last, decided={L32: 2, L33: 1})
    assert (record.snapshot.subjects[L32]["answer"], record.snapshot.subjects[L33]["answer"]) == ("unknown", "no")


def test_a_record_is_read_a_year_later_without_the_files_of_its_rubric(store: Store) -> None:
    session = opened(store)
    store.meetings.decide(FAY, session.id, L32, Decision("yes", "since March"), 0)
    meeting = store.meetings.read.meeting(session.id)
    last = assessment_snapshot(RUBRIC, NOON, Assessed(decisions=meeting.decisions))
    record = store.meetings.close(FAY, session.id, last, decided={L32: 1})
    again = verified(record.body(), record.sha256)
    assert rubric_of(again.snapshot) == RUBRIC
    assert again.snapshot.definitions[0].hash == RUBRIC.hash
    assert again.decisions[0].decision == Decision("yes", "since March")
