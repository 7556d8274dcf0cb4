"""A store in which assessments were closed, for the pages that show their results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from data.definitions.rubric import read_rubric
from data.store import Store, open_store
from scoring.actors import Actor
from scoring.evidence.aspects import Strength, VerdictState
from scoring.maturity.rubric import IndicatorId
from scoring.meetings.actions import ActionDraft
from scoring.meetings.assessments import Assessed, assessment_snapshot
from scoring.meetings.decisions import Decision, DecisionEntry
from scoring.meetings.sessions import SessionId, SessionKind
from scoring.meetings.subjects import Subject
from tests.unit.dashboard.exports.assessments import UNKNOWN, YES, voted
from tests.unit.scoring.maturity.papers import ALL
from tests.unit.scoring.meetings.assessing import verdict

RUBRIC = read_rubric().rubric
ADMIN = Actor.local_admin()
FIRST: Mapping[str, str] = {"L3.2": "no", "L3.5": "no"}
"""How the first of two assessments differs from the second: level 2 with 2 of 6."""


def assessed(
    url: str, now: datetime, differing: Sequence[Mapping[str, str]] = (FIRST, {}), days: int = 90
) -> list[SessionId]:
    """Close one assessment after another, the last one an hour before `now`; answers as in `exports/assessments.py`."""
    clock = [now]
    store = open_store(url, clock=lambda: clock[0])
    try:
        found = []
        for number, changes in enumerate(differing):
            clock[0] = now - timedelta(days=days * (len(differing) - 1 - number), hours=2)
            found.append(_closed(store, clock, f"Assessment {number + 1}", changes))
        return found
    finally:
        store.close()


def _closed(store: Store, clock: list[datetime], title: str, changes: Mapping[str, str]) -> SessionId:
    answers = {one: "yes" if one in YES else "unknown" if one == UNKNOWN else "no" for one in ALL} | dict(changes)
    session = store.meetings.open(ADMIN, SessionKind.ASSESSMENT, title, assessment_snapshot(RUBRIC, clock[0]))
    entries: dict[Subject, DecisionEntry] = {}
    for name, answer in answers.items():
        decision = Decision(answer, "as the room sees it" if answer == "yes" else "")
        entries[Subject(name)] = store.meetings.decide(ADMIN, session.id, Subject(name), decision, 0)
    store.meetings.add_action(ADMIN, session.id, ActionDraft("Ask the consumers about lag", "tom"))
    clock[0] += timedelta(hours=1)
    verdicts = {
        IndicatorId(name): replace(
            verdict(name, state, strength),
            observed_at=clock[0] - timedelta(minutes=10),
            fresh_until=clock[0] + timedelta(hours=20),
        )
        for name, state, strength in (
            ("L3.2", VerdictState.REFUTED, None),
            ("L3.5", VerdictState.SUPPORTED, Strength.PROVES),
            ("L3.4", VerdictState.NOT_AVAILABLE, None),
            ("L4.1", VerdictState.PARTLY, None),
        )
    }
    last = assessment_snapshot(RUBRIC, clock[0], Assessed(voted(), entries, verdicts))
    store.meetings.close(ADMIN, session.id, last)
    return session.id
