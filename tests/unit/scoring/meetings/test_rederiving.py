"""A record from elsewhere has to follow from its own decisions, whatever hash stands beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scoring.meetings.assessments import Assessed, assessment_snapshot
from scoring.meetings.records import Record, RecordError
from scoring.meetings.rederiving import require_rederived
from scoring.meetings.sessions import Session, SessionId, SessionKind
from scoring.meetings.snapshots import DefinitionPin
from scoring.meetings.subjects import Subject
from tests.unit.scoring.maturity.papers import RUBRIC
from tests.unit.scoring.meetings.assessing import NOON, decided, held


def closed(kind: SessionKind = SessionKind.ASSESSMENT) -> Record:
    """An assessment in which a few things were decided and the dimension of skills was rated 2, 3, 3."""
    decisions = dict([decided("L2.1", "yes"), decided("L2.2", "partial"), decided("L3.2", "no")])
    ratings = held("Skills", ["2", "3", "3"])
    assessed = Assessed(voted={Subject("Skills"): (ratings,)}, decisions=decisions)
    snapshot = assessment_snapshot(RUBRIC, NOON, assessed)
    session = Session(SessionId(7), kind, "Spring", NOON, NOON, "fay", closed_at=NOON, closed_by="fay")
    return Record(session, snapshot, tuple(decisions.values()), (), None)


def saying(record: Record, **decided_result: Any) -> Record:
    """The record with other numbers in its result; whoever writes this has its hash at once."""
    result = dict(record.snapshot.result)
    result["decided"] = {**result["decided"], **decided_result}
    return replace(record, snapshot=replace(record.snapshot, result=result))


def test_what_was_closed_follows_from_its_decisions() -> None:
    assert require_rederived(closed()) == RUBRIC


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("level", 4),
        ("index", 4.5),
        ("index_high", 1.0),
        ("headline", "Level 4"),
        ("contradictions", [["L1.1", "L2.1"]]),
        ("missing", []),
    ],
)
def test_a_number_that_was_changed_together_with_the_hash_is_found(name: str, value: Any) -> None:
    forged = saying(closed(), **{name: value})
    with pytest.raises(RecordError, match=f"says that {name} is .* its decisions come to"):
        require_rederived(forged)


def test_an_answer_that_nobody_decided_is_found() -> None:
    record = closed()
    subjects = dict(record.snapshot.subjects)
    subjects[Subject("L3.2")] = {**subjects[Subject("L3.2")], "answer": "yes"}
    forged = replace(record, snapshot=replace(record.snapshot, subjects=subjects))
    with pytest.raises(RecordError, match=r"'yes' of L3\.2, and what was decided there is no"):
        require_rederived(forged)


def test_a_decision_that_was_taken_out_is_found() -> None:
    record = closed()
    with pytest.raises(RecordError, match="what was decided there is unknown"):
        require_rederived(replace(record, decisions=record.decisions[1:]))


def test_another_rubric_than_the_pinned_one_is_found() -> None:
    record = closed()
    pins = (DefinitionPin("Rubric", RUBRIC.id, "0" * 64, RUBRIC.version),)
    with pytest.raises(RecordError, match="pins another rubric"):
        require_rederived(replace(record, snapshot=replace(record.snapshot, definitions=pins)))


def test_what_is_no_assessment_is_refused() -> None:
    with pytest.raises(RecordError, match=r"another kind of meeting \(slo_review\)"):
        require_rederived(closed(SessionKind.SLO_REVIEW))
    with pytest.raises(RecordError, match="no whole assessment"):
        require_rederived(replace(closed(), snapshot=replace(closed().snapshot, result={})))
