"""Assessments made by hand for the tests: rounds, votes, verdicts and decisions of the design's rubric."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from scoring.evidence.aspects import Strength, VerdictState
from scoring.evidence.evaluation import Verdict
from scoring.maturity.rubric import IndicatorId, ProbeId
from scoring.meetings.decisions import Decision, DecisionEntry
from scoring.meetings.sessions import SessionId
from scoring.meetings.subjects import Subject
from scoring.voting.counting import Vote
from scoring.voting.questions import question_about
from scoring.voting.rounds import Round, RoundId
from scoring.voting.voters import RespondentId
from tests.unit.scoring.maturity.papers import RUBRIC

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

Held = tuple[Round, tuple[Vote, ...]]


def held(subject: str, choices: Sequence[str], groups: Sequence[str] = (), number: int = 1) -> Held:
    """A revealed round: the first person voted the first choice, and so on; groups likewise, "a" when not given."""
    of = Round(
        RoundId(number), SessionId(1), number, question_about(RUBRIC, Subject(subject)), NOON, "fay", NOON, "fay"
    )
    named = groups or ["a"] * len(choices)
    votes = (Vote(RespondentId(who), choice, named[who], "") for who, choice in enumerate(choices))
    return of, tuple(votes)


def decided(subject: str, choice: str, note: str = "", approved_by: str = "") -> tuple[Subject, DecisionEntry]:
    """A standing decision by its subject."""
    decision = Decision(choice, note, approved_by=approved_by)
    return Subject(subject), DecisionEntry(Subject(subject), 1, decision, "fay", NOON)


def verdict(
    indicator: str,
    state: VerdictState,
    strength: Strength | None = None,
    *,
    fresh: bool = True,
) -> Verdict:
    """A verdict on facts that were seen ten minutes before noon."""
    return Verdict(
        IndicatorId(indicator),
        state,
        "As it was seen.",
        strength=strength,
        observed_at=NOON - timedelta(minutes=10),
        fresh_until=NOON + timedelta(minutes=50),
        fresh=fresh,
        probes=(ProbeId("p"),),
        queries=("Metadata",),
    )
