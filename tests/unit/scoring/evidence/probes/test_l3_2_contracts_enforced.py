from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scoring.evidence.aspects import Strength, VerdictState
from scoring.evidence.finding import Outcome
from scoring.evidence.probes.l3_2_contracts_enforced import COVERAGE, PROBE, SUBJECTS
from tests.unit.scoring.evidence.probes.estates import AWAY, EMPTY, judged, outcomes, subject, there, topic

NINE = tuple(f"orders.events.e{place}.v1" for place in range(9))
TENTH = "orders.events.e9.v1"
ENFORCED = replace(
    EMPTY,
    global_level=there("BACKWARD"),
    subjects=there(tuple(subject(f"{name}-value") for name in NINE)),
    topics=there(tuple(topic(name) for name in (*NINE, TENTH))),
)


def test_nine_of_ten_topics_under_checked_subjects_prove_it() -> None:
    judgement = judged(PROBE, ENFORCED)

    assert (judgement.state, judgement.strength) == (VerdictState.SUPPORTED, Strength.PROVES)
    assert "9 of 10 topics" in judgement.sentence
    assert outcomes(PROBE, ENFORCED, COVERAGE)[TENTH] is Outcome.FALSE


def test_one_subject_at_none_refutes_it_by_name() -> None:
    subjects = (*(subject(f"{name}-value") for name in NINE), subject(f"{TENTH}-value", "NONE"))

    judgement = judged(PROBE, replace(ENFORCED, subjects=there(subjects)))

    assert judgement.state is VerdictState.REFUTED
    assert f"{TENTH}-value" in judgement.sentence


def test_subjects_inherit_a_default_of_none() -> None:
    assert judged(PROBE, replace(ENFORCED, global_level=there("NONE"))).state is VerdictState.REFUTED


def test_a_default_of_none_above_checked_subjects_is_half_of_it() -> None:
    subjects = there(tuple(subject(f"{name}-value", "FULL") for name in NINE))

    assert judged(PROBE, replace(ENFORCED, global_level=there("NONE"), subjects=subjects)).state is VerdictState.PARTLY


def test_fewer_topics_than_nine_in_ten_are_half_of_it_and_none_refute_it() -> None:
    fewer = replace(ENFORCED, subjects=there((subject(f"{NINE[0]}-value"),)))
    none = replace(ENFORCED, subjects=there((subject("elsewhere-value"),)))

    assert judged(PROBE, fewer).state is VerdictState.PARTLY
    assert judged(PROBE, none).state is VerdictState.REFUTED


def test_a_registry_without_subjects_enforces_nothing() -> None:
    assert judged(PROBE, replace(ENFORCED, subjects=there(()))).state is VerdictState.REFUTED


def test_what_counts_as_a_topic_under_contract() -> None:
    names = ("a.b.c.v1", "a.b.d.v1", "a.b.e.v1", "a.b.f.v1", "a.dlq.f.v1", "_internal", "app-x-changelog")
    given = replace(
        ENFORCED,
        topics=there((*(topic(name) for name in names), topic("a.b.idle.v1", written=False))),
        subjects=there((subject("a.b.c.v1-value"), subject("a.b.d.v1-com.example.D"), subject("a.b.e.v1-key"))),
    )

    assert outcomes(PROBE, given, COVERAGE) == {
        "a.b.c.v1": Outcome.TRUE,
        "a.b.d.v1": Outcome.TRUE,
        "a.b.e.v1": Outcome.FALSE,
        "a.b.f.v1": Outcome.FALSE,
    }


@pytest.mark.parametrize(
    "change",
    [
        {"subjects": AWAY, "global_level": AWAY},
        {"global_level": AWAY},
        {"topics": AWAY},
        {"topics": there(tuple(topic(name, written=None) for name in (TENTH, "a.b.c.v1")))},
        {"subjects": there((subject("a-value"),), "GET /subjects", "Subject b: refused.")},
    ],
)
def test_what_could_not_be_seen_is_not_available(
    change: dict[str, Any],
) -> None:
    given = replace(ENFORCED, **change)

    judgement = judged(PROBE, given)

    assert judgement.state in (VerdictState.NOT_AVAILABLE, VerdictState.SUPPORTED)
    assert judgement.strength is not Strength.PROVES


def test_no_registry_is_not_a_lack_of_contracts() -> None:
    assert judged(PROBE, EMPTY).state is VerdictState.NOT_AVAILABLE
    assert outcomes(PROBE, EMPTY, SUBJECTS) == {"main": Outcome.NOT_AVAILABLE}


def test_without_a_topic_in_use_it_is_a_sign_only() -> None:
    judgement = judged(PROBE, replace(ENFORCED, topics=there(())))

    assert (judgement.state, judgement.strength) == (VerdictState.SUPPORTED, Strength.SUGGESTS)
