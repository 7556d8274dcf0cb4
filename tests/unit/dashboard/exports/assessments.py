"""The record of an assessment whose numbers were worked out by hand: level 2, 4 of the 6 of level 3 and one unknown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from scoring.evidence.aspects import Strength, VerdictState
from scoring.maturity.rubric import Dimension, IndicatorId
from scoring.meetings.actions import Action, ActionId, ActionStatus
from scoring.meetings.assessments import Assessed, assessment_snapshot
from scoring.meetings.decisions import Decision, DecisionEntry
from scoring.meetings.records import Record
from scoring.meetings.sessions import Session, SessionId, SessionKind
from scoring.meetings.subjects import Subject
from scoring.voting.voters import Respondent
from tests.unit.scoring.maturity.papers import ALL
from tests.unit.scoring.meetings.assessing import NOON, Held, decided, verdict
from tests.unit.scoring.meetings.assessing import held as held_on_paper

YES = ("L1.1", "L2.1", "L2.3", "L3.1", "L3.2", "L3.3", "L3.5", "L2.2", "L4.1")
"""L2.2 is a deficit that L3.1 supersedes: one contradiction. L4.1 is ahead of the level."""
UNKNOWN = "L3.4"
RATED: Mapping[Dimension, tuple[str, ...]] = {
    Dimension.TECHNOLOGY: ("4", "4", "3", "5", "4", "4"),
    Dimension.GOVERNANCE: ("2", "3", "3", "4", "2", "3"),
    Dimension.SKILLS: ("1", "5", "3", "3", "2", "3"),
    Dimension.OPERATIONS: ("2", "2", "2", "2", "2", "2"),
    Dimension.BUSINESS_VALUE: ("3", "3", "3", "3", "3", "3"),
}
"""Lower medians: 4, 3, 3, 2, 3. Level 3 needs 4, 4, 3, 4, 3."""
GROUPS = ("platform", "platform", "platform", "consumers", "consumers", "consumers")
HOSTILE = '=HYPERLINK("http://x","click") <b>bold</b> \x07 & Нужно'


def voted() -> dict[Subject, list[Held]]:
    """Six people in two groups; about L3.2 they disagree, about L3.6 two voted."""
    rounds = {Subject(one.value): [held_on_paper(one.value, votes, GROUPS)] for one, votes in RATED.items()}
    return rounds | {
        Subject("L3.2"): [held_on_paper("L3.2", ("yes", "yes", "no", "yes", "yes", "unknown"), GROUPS)],
        Subject("L3.6"): [held_on_paper("L3.6", ("no", "yes"))],
    }


def assessment(
    changes: Mapping[str, str] | None = None, number: int = 7, previous: str | None = None, rubric: Any = None
) -> Record:
    """The record. changes: other answers than those above."""
    from tests.unit.scoring.maturity.papers import RUBRIC

    answers = {one: "yes" if one in YES else "unknown" if one == UNKNOWN else "no" for one in ALL} | dict(changes or {})
    entries = [decided(name, answer) for name, answer in answers.items()]
    decisions: dict[Subject, DecisionEntry] = dict(entries)
    said = Decision("yes", HOSTILE, "tom", date(2026, 12, 1), "eva: not for the old topics", ("https://x.example/1",))
    decisions[Subject("L3.2")] = DecisionEntry(Subject("L3.2"), 2, said, "fay", NOON)
    verdicts = {
        IndicatorId("L3.2"): verdict("L3.2", VerdictState.REFUTED),
        IndicatorId("L3.5"): verdict("L3.5", VerdictState.SUPPORTED, Strength.PROVES),
        IndicatorId("L3.4"): verdict("L3.4", VerdictState.NOT_AVAILABLE),
    }
    people: list[Respondent] = []
    snapshot = assessment_snapshot(rubric or RUBRIC, NOON, Assessed(voted(), decisions, verdicts, (), people))
    session = Session(
        id=SessionId(number),
        kind=SessionKind.ASSESSMENT,
        title="Assessment of November",
        period_start=NOON - timedelta(days=90),
        opened_at=NOON - timedelta(hours=1),
        opened_by="fay",
        zone="Europe/Berlin",
        closed_at=NOON + timedelta(hours=1, days=number),
        closed_by="fay",
    )
    action = Action(
        ActionId(1), SessionId(number), Subject("L3.2"), "Refuse schemas that break consumers", "tom",
        date(2026, 12, 1), ActionStatus.OPEN, "", 1, NOON, "fay", NOON, "fay",
    )  # fmt: skip
    return Record(session, snapshot, tuple(decisions.values()), (action,), previous)
