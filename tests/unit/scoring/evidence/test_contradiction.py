from __future__ import annotations

import pytest

from scoring.evidence.aspects import Strength, VerdictState
from scoring.evidence.contradiction import Comparison, compare
from scoring.evidence.evaluation import Verdict
from scoring.maturity.rubric import Answer, IndicatorId


def verdict(state: VerdictState, strength: Strength | None = None, *, fresh: bool = True) -> Verdict:
    return Verdict(IndicatorId("L3.4"), state, "…", strength=strength, fresh=fresh)


PROVEN = verdict(VerdictState.SUPPORTED, Strength.PROVES)
SUGGESTED = verdict(VerdictState.SUPPORTED, Strength.SUGGESTS)
PARTLY = verdict(VerdictState.PARTLY)
REFUTED = verdict(VerdictState.REFUTED)


@pytest.mark.parametrize(
    ("answer", "seen", "comparison"),
    [
        (Answer.YES, REFUTED, Comparison.CONTRADICTED),
        (Answer.NO, PROVEN, Comparison.CONTRADICTED),
        (Answer.NO, SUGGESTED, Comparison.DIFFERS),
        (Answer.YES, PROVEN, Comparison.AGREES),
        (Answer.YES, SUGGESTED, Comparison.AGREES),
        (Answer.YES, PARTLY, Comparison.DIFFERS),
        (Answer.PARTIAL, PARTLY, Comparison.AGREES),
        (Answer.PARTIAL, REFUTED, Comparison.DIFFERS),
        (Answer.NO, REFUTED, Comparison.AGREES),
        (Answer.UNKNOWN, PROVEN, Comparison.NOT_COMPARABLE),
        (Answer.NOT_APPLICABLE, REFUTED, Comparison.NOT_COMPARABLE),
    ],
)
def test_people_and_evidence_stand_side_by_side(answer: Answer, seen: Verdict, comparison: Comparison) -> None:
    assert compare(answer, seen) is comparison


@pytest.mark.parametrize("answer", list(Answer))
@pytest.mark.parametrize("state", [state for state in VerdictState if not state.is_evidence])
def test_what_is_no_evidence_contradicts_nobody(answer: Answer, state: VerdictState) -> None:
    assert compare(answer, verdict(state)) is Comparison.NOT_COMPARABLE


def test_evidence_that_has_expired_contradicts_nobody() -> None:
    assert compare(Answer.YES, verdict(VerdictState.REFUTED, fresh=False)) is Comparison.NOT_COMPARABLE
