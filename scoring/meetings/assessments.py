"""What an assessment looks at and comes to: the snapshot of its questions, votes, decisions and evidence.

The scored answer is the facilitator's standing decision, never a vote; votes only propose. Beside it stands what the
evidence says, and neither overwrites the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from scoring.evidence import contradiction
from scoring.evidence.aspects import VerdictState
from scoring.evidence.evaluation import Verdict
from scoring.evidence.finding import Finding
from scoring.maturity import rubric_json
from scoring.maturity.rubric import RATINGS, Answer, DimensionText, Indicator, IndicatorId, Rubric
from scoring.meetings.assessment_evidence import evidence_json, verdict_json
from scoring.meetings.assessment_results import decided_answers, result_of
from scoring.meetings.assessment_rounds import Voted, ballots, proposed, told
from scoring.meetings.canonical import plain
from scoring.meetings.decisions import Decision, DecisionEntry, DecisionError
from scoring.meetings.snapshots import DefinitionPin, Snapshot
from scoring.meetings.subjects import Subject, subject_of
from scoring.voting.voters import Respondent


class Beside(StrEnum):
    """How a decided answer and the evidence stand to each other."""

    NO_PROBE = "no_probe"
    NOT_APPLICABLE = "not_applicable"
    UNKNOWN = "unknown"
    """Nothing is decided, or unknown is."""
    CLAIMED = "claimed"
    """Decided, and no evidence that proves or refutes it."""
    PROVEN = "proven"
    """The evidence says the same, and was looked at lately."""
    DIFFERS = "differs"
    CONTRADICTED = "contradicted"


@dataclass(frozen=True, slots=True)
class Assessed:
    """All that an assessment is made of, besides its rubric.

    voted: every vote of every revealed round. decisions: those that stand. verdicts: over all clusters; an indicator
    without one has no probe. findings: what the verdicts stand on. respondents: all who joined.
    """

    voted: Voted = field(default_factory=dict)
    decisions: Mapping[Subject, DecisionEntry] = field(default_factory=dict)
    verdicts: Mapping[IndicatorId, Verdict] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    respondents: Iterable[Respondent] = ()


def assessment_snapshot(rubric: Rubric, as_of: datetime, assessed: Assessed | None = None) -> Snapshot:
    """The snapshot of an assessment at `as_of`; without `assessed`, as it is opened.

    subjects: every question in the session's order. Evidence is told by its age at `as_of`. The same input gives the
    same snapshot.
    """
    found = assessed or Assessed()
    answers = decided_answers(rubric, found.decisions)
    subjects = {
        **{subject_of(one.id): _indicator(one, answers[one.id], found, as_of) for one in rubric.indicators},
        **{subject_of(one.dimension.value): _dimension(one, found) for one in rubric.dimensions},
    }
    return Snapshot(
        as_of=as_of,
        subjects={subject: plain(numbers, subject) for subject, numbers in subjects.items()},
        definitions=(DefinitionPin("Rubric", rubric.id, rubric.hash, rubric.version),),
        evidence=tuple(plain(evidence_json(rubric, found.verdicts, found.findings, as_of))),
        result=plain(result_of(rubric, answers, ballots(rubric, found.voted), found.voted, found.respondents)),
    )


def rubric_of(snapshot: Snapshot) -> Rubric:
    """The rubric that an assessment asks by, in the words of the day on which it was opened.

    Raises ValueError when there is none, or it is not the one that its hash names.
    """
    if "rubric" not in snapshot.result:
        raise ValueError("This assessment holds no rubric to ask by; open another one.")
    return rubric_json.from_json(snapshot.result["rubric"])


def beside(answer: Answer, verdict: Verdict | None) -> Beside:
    """How an answer and the verdict on its indicator stand to each other."""
    if verdict is None or verdict.state is VerdictState.NO_PROBE:
        return Beside.NO_PROBE
    if answer is Answer.NOT_APPLICABLE:
        return Beside.NOT_APPLICABLE
    if answer is Answer.UNKNOWN:
        return Beside.UNKNOWN
    compared = contradiction.compare(answer, verdict)
    if compared is contradiction.Comparison.CONTRADICTED:
        return Beside.CONTRADICTED
    if compared is contradiction.Comparison.DIFFERS:
        return Beside.DIFFERS
    suggests = verdict.state is VerdictState.SUPPORTED and not verdict.proven
    return Beside.PROVEN if compared is contradiction.Comparison.AGREES and not suggests else Beside.CLAIMED


def evidence_of(verdict: Verdict | None) -> bool | None:
    """What a verdict says for certain: True proven, False refuted, None for anything less."""
    if verdict is None or not verdict.decides:
        return None
    return True if verdict.proven else False if verdict.state is VerdictState.REFUTED else None


def require_answer(numbers: Mapping[str, Any], decision: Decision) -> None:
    """Raises DecisionError for a choice that is no answer to this question, or an n/a without reason and approver.

    numbers: the subject's, as the snapshot has them.
    """
    dimension = numbers.get("kind") == "dimension"
    rating = decision.choice in {str(one) for one in RATINGS}
    answer = decision.choice in {one.value for one in Answer}
    if (rating and not dimension) or (answer and dimension and decision.choice != Answer.UNKNOWN):
        wanted = "a rating from 1 to 5" if dimension else "yes, partial, no, n/a or unknown"
        raise DecisionError(f"“{decision.choice}” is no answer to {numbers.get('title')}; choose {wanted}.")
    if decision.choice == Answer.NOT_APPLICABLE and not (decision.note.strip() and decision.approved_by.strip()):
        raise DecisionError("“Does not apply” needs a reason and who approved it; write both, then decide again.")


def _indicator(one: Indicator, answer: Answer, found: Assessed, as_of: datetime) -> dict[str, Any]:
    held, verdict = found.voted.get(subject_of(one.id), ()), found.verdicts.get(one.id)
    return {
        "id": one.id,
        "kind": "indicator",
        "title": one.title,
        "level": one.level,
        "dimension": one.dimension.value,
        "polarity": one.polarity.value,
        "proposal": proposed(held),
        "answer": answer.value,
        "rounds": [told(of, votes, evidence_of(verdict)).as_json() for of, votes in held],
        "evidence": verdict_json(verdict, as_of),
        "comparison": beside(answer, verdict).value,
    }


def _dimension(one: DimensionText, found: Assessed) -> dict[str, Any]:
    subject = subject_of(one.dimension.value)
    held = found.voted.get(subject, ())
    return {
        "id": one.dimension.value,
        "kind": "dimension",
        "title": one.title,
        "dimension": one.dimension.value,
        "proposal": proposed(held),
        "answer": _rating(found.decisions.get(subject)),
        "rounds": [told(of, votes).as_json() for of, votes in held],
        "evidence": verdict_json(None, None),
        "comparison": Beside.NO_PROBE.value,
    }


def _rating(entry: DecisionEntry | None) -> int | None:
    choice = entry.decision.choice if entry is not None and entry.decision is not None else ""
    return int(choice) if choice.isdigit() else None
