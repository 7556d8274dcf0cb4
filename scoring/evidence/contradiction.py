"""What people said beside what the evidence says. Neither overwrites the other; people settle a contradiction."""

from __future__ import annotations

from enum import StrEnum

from scoring.evidence.aspects import Strength, VerdictState
from scoring.evidence.evaluation import Verdict
from scoring.maturity.rubric import Answer


class Comparison(StrEnum):
    """How an answer and a verdict stand to each other."""

    AGREES = "agrees"
    DIFFERS = "differs"
    """They do not say the same, and the evidence is not strong enough to call it a contradiction."""
    CONTRADICTED = "contradicted"
    NOT_COMPARABLE = "not_comparable"
    """One of them says nothing: no probe, no evidence, evidence that has expired, unknown, or not applicable."""


def compare(answer: Answer, verdict: Verdict) -> Comparison:
    """Yes against refuted, and no against proven, are contradictions; what only suggests contradicts nobody's no.

    Both are about the indicator's statement as it is written, whatever its polarity.
    """
    if not verdict.decides or answer in (Answer.UNKNOWN, Answer.NOT_APPLICABLE):
        return Comparison.NOT_COMPARABLE
    if answer is Answer.YES and verdict.state is VerdictState.REFUTED:
        return Comparison.CONTRADICTED
    if answer is Answer.NO and verdict.state is VerdictState.SUPPORTED and verdict.strength is Strength.PROVES:
        return Comparison.CONTRADICTED
    return Comparison.AGREES if _MEANS[answer] is verdict.state else Comparison.DIFFERS


_MEANS = {
    Answer.YES: VerdictState.SUPPORTED,
    Answer.PARTIAL: VerdictState.PARTLY,
    Answer.NO: VerdictState.REFUTED,
}
"""The verdict that says the same as an answer."""
