from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.evidence.aspects import Aspect, Judgement, Strength, VerdictState, by_aspect
from scoring.evidence.evaluation import evaluate, over_clusters
from scoring.evidence.finding import Finding, Outcome
from scoring.evidence.given import ClusterEvidence
from scoring.evidence.probe import ProbeContractError
from scoring.maturity.rubric import IndicatorId
from tests.unit.scoring.evidence.making import HOUR, MAIN, NOW, finding, probe

L11, L12 = IndicatorId("L1.1"), IndicatorId("L1.2")
GIVEN = ClusterEvidence(MAIN, "prod", NOW)


def findings(*outcomes: Outcome) -> Aspect:
    return Aspect(tuple(finding(outcome, name=f"t{place}") for place, outcome in enumerate(outcomes)))


def test_a_remedy_goes_with_the_bad_outcome_alone() -> None:
    seen = probe(outcomes=tuple(Outcome)).findings(GIVEN, NOW)

    assert [one.outcome for one in seen if one.remediation is not None] == [Outcome.FALSE]


def test_a_probe_that_says_nothing_or_one_thing_twice_is_refused() -> None:
    with pytest.raises(ProbeContractError, match="says nothing about main"):
        probe(outcomes=()).findings(GIVEN, NOW)
    twice = replace(probe(), look=lambda _: [finding(Outcome.TRUE), finding(Outcome.FALSE)])
    with pytest.raises(ProbeContractError, match="two things"):
        twice.findings(GIVEN, NOW)


def test_the_last_moment_of_its_time_to_live_still_counts() -> None:
    assert finding(Outcome.TRUE, age=HOUR).is_fresh(NOW)
    assert not finding(Outcome.TRUE, age=HOUR * 1.0001).is_fresh(NOW)


def test_two_looks_that_saw_the_same_have_one_hash_whenever_they_were() -> None:
    assert finding(Outcome.TRUE).hash == finding(Outcome.TRUE, age=HOUR).hash
    assert finding(Outcome.TRUE).hash != finding(Outcome.FALSE).hash


def test_a_share_is_certain_only_when_the_unknown_cannot_change_it() -> None:
    true, false, unknown = Outcome.TRUE, Outcome.FALSE, Outcome.NOT_AVAILABLE

    assert findings(true, true, true, false).share_of(Fraction(3, 4)) is True
    assert findings(true, true, unknown, false).share_of(Fraction(3, 4)) is None
    assert findings(true, false, unknown, false).share_of(Fraction(3, 4)) is False
    assert findings(Outcome.NOT_APPLICABLE).share_of(Fraction(0)) is None


@given(st.lists(st.sampled_from(list(Outcome)), max_size=12), st.fractions(0, 1), st.integers(0, 12))
def test_learning_one_unknown_never_turns_a_certain_answer_round(
    outcomes: list[Outcome], needed: Fraction, count: int
) -> None:
    before = findings(*outcomes)
    for place, outcome in enumerate(outcomes):
        if outcome not in (Outcome.NOT_AVAILABLE, Outcome.NOT_SUPPORTED, Outcome.ERROR):
            continue
        for learnt in (Outcome.TRUE, Outcome.FALSE):
            after = findings(*outcomes[:place], learnt, *outcomes[place + 1 :])
            if before.share_of(needed) is not None:
                assert after.share_of(needed) is before.share_of(needed)
            if before.at_least(count) is not None:
                assert after.at_least(count) is before.at_least(count)


def test_evidence_of_other_probes_than_expected_is_refused() -> None:
    with pytest.raises(ProbeContractError, match="main lacks q"):
        evaluate([finding(Outcome.TRUE)], [probe(), probe("q")], [L11], NOW)
    with pytest.raises(ProbeContractError, match="main has p"):
        evaluate([finding(Outcome.TRUE)], [], [L11], NOW)


def test_an_indicator_without_a_probe_says_so() -> None:
    (verdict,) = evaluate([finding(Outcome.TRUE)], [probe()], [L12], NOW)

    assert (verdict.state, verdict.sentence) == (VerdictState.NO_PROBE, "no probe yet")


def test_what_has_expired_is_shown_and_decides_nothing() -> None:
    (old,) = evaluate([finding(Outcome.TRUE, age=HOUR * 2)], [probe()], [L11], NOW)

    assert old.state is VerdictState.SUPPORTED
    assert not old.fresh
    assert not old.decides
    assert not old.proven
    assert old.observed_at == NOW - HOUR * 2


def test_a_look_that_failed_makes_an_error_whatever_else_was_seen() -> None:
    seen: list[Finding] = [finding(Outcome.TRUE), finding(Outcome.ERROR, name="broken")]

    (verdict,) = evaluate(seen, [probe()], [L11], NOW)

    assert verdict.state is VerdictState.ERROR
    assert verdict.sentence == "broken is error."


def test_support_must_say_how_far_it_goes() -> None:
    vague = replace(probe(), judge=lambda _: Judgement(VerdictState.SUPPORTED, "Yes."))

    with pytest.raises(ProbeContractError, match="how far"):
        evaluate([finding(Outcome.TRUE)], [vague], [L11], NOW)


@pytest.mark.parametrize(
    ("main", "recovery", "state", "strength"),
    [
        (Outcome.TRUE, Outcome.TRUE, VerdictState.SUPPORTED, Strength.PROVES),
        (Outcome.TRUE, Outcome.NOT_AVAILABLE, VerdictState.SUPPORTED, Strength.SUGGESTS),
        (Outcome.TRUE, Outcome.NOT_APPLICABLE, VerdictState.SUPPORTED, Strength.PROVES),
        (Outcome.TRUE, Outcome.FALSE, VerdictState.PARTLY, None),
        (Outcome.FALSE, Outcome.NOT_AVAILABLE, VerdictState.REFUTED, None),
        (Outcome.NOT_SUPPORTED, Outcome.NOT_AVAILABLE, VerdictState.NOT_AVAILABLE, None),
        (Outcome.NOT_APPLICABLE, Outcome.NOT_APPLICABLE, VerdictState.NOT_APPLICABLE, None),
    ],
)
def test_clusters_together_are_proven_only_when_all_are(
    main: Outcome, recovery: Outcome, state: VerdictState, strength: Strength | None
) -> None:
    each = evaluate([finding(main), finding(recovery, cluster="dr")], [probe()], [L11], NOW)

    (all_of_them,) = over_clusters(each)

    assert (all_of_them.state, all_of_them.strength) == (state, strength)
    assert sum(all_of_them.counts.values()) == 2


def test_aspects_that_nobody_looked_at_are_empty() -> None:
    aspects = by_aspect((finding(Outcome.TRUE),))

    assert aspects["topics"].true == 1
    assert aspects["elsewhere"].applicable == 0
