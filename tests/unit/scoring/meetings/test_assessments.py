"""What an assessment freezes: answers, rounds as far as they may be told, evidence, and the result of both sheets."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from scoring.evidence.aspects import Strength, VerdictState
from scoring.evidence.finding import Outcome
from scoring.maturity.rubric import Answer, Dimension, IndicatorId
from scoring.meetings.assessments import Assessed, Beside, assessment_snapshot, beside, require_answer, rubric_of
from scoring.meetings.canonical import canonical
from scoring.meetings.decisions import Decision, DecisionError
from scoring.meetings.sessions import SessionId
from scoring.meetings.snapshots import Snapshot
from scoring.meetings.subjects import Subject
from scoring.voting.lobbies import GROUPS
from scoring.voting.voters import Respondent, RespondentId
from tests.unit.scoring.evidence.making import finding
from tests.unit.scoring.maturity.papers import BY_LEVEL, RUBRIC
from tests.unit.scoring.meetings.assessing import NOON, decided, held, verdict

L32 = Subject("L3.2")
SKILLS = Subject("Skills")


def test_an_assessment_opens_with_every_question_unknown_in_the_rubrics_order() -> None:
    opened = assessment_snapshot(RUBRIC, NOON)
    assert list(opened.subjects)[:2] == ["L1.1", "L1.2"]
    assert list(opened.subjects)[-5:] == ["Technology", "Governance", "Skills", "Operations", "Business Value"]
    assert len(opened.subjects) == 31
    assert {one["answer"] for one in opened.subjects.values()} == {"unknown", None}
    assert {one["comparison"] for one in opened.subjects.values()} == {"no_probe"}
    assert opened.result["decided"]["headline"] == "Level 0 to 5, 21 answers missing"
    assert opened.result["proposed"]["headline"].startswith("Proposed: ")
    assert [pin.hash for pin in opened.definitions] == [RUBRIC.hash]


def test_the_snapshot_is_json_and_carries_the_rubric_that_it_pins() -> None:
    found = assessment_snapshot(RUBRIC, NOON, Assessed({L32: [held("L3.2", ["yes", "no", "no"])]}))
    again = Snapshot.from_json(json.loads(canonical(found.as_json())))
    assert again.id == found.id
    assert rubric_of(again) == RUBRIC


def test_a_snapshot_without_a_rubric_says_so() -> None:
    with pytest.raises(ValueError, match="holds no rubric"):
        rubric_of(Snapshot(NOON, {L32: {}}))


def test_the_scored_answer_is_the_decision_and_never_the_votes() -> None:
    votes = {L32: [held("L3.2", ["yes", "yes", "yes"])]}
    found = assessment_snapshot(RUBRIC, NOON, Assessed(votes, dict([decided("L3.2", "no")])))
    assert (found.subjects[L32]["proposal"], found.subjects[L32]["answer"]) == ("yes", "no")


def test_level_one_and_two_decided_yes_and_half_of_three_is_level_two_and_a_half() -> None:
    gating = [*("L1.1", "L2.1", "L2.3"), *BY_LEVEL[3][:3]]
    no = [one for level in (3, 4, 5) for one in BY_LEVEL[level] if one not in gating]
    decisions = dict([*(decided(one, "yes") for one in gating), *(decided(one, "no") for one in no)])
    result = assessment_snapshot(RUBRIC, NOON, Assessed(decisions=decisions)).result["decided"]
    # Three of the six of level 3 are there: a share of exactly one half is in transition, not largely.
    assert (result["level"], result["index"], result["index_words"]) == (2, 2.5, "2.50")
    assert result["headline"] == "Level 2, in transition to 3"
    assert result["next"]["paths"] == [{"indicators": ["L3.4", "L3.5", "L3.6"], "reaches": 3, "unknown": []}]


def test_a_parked_question_is_unknown_and_so_is_an_na_that_nobody_approved() -> None:
    decisions = dict(
        [decided("L3.1", "parked"), decided("L3.2", "n/a", "no registry"), decided("L3.3", "n/a", "managed", "ann")]
    )
    subjects = assessment_snapshot(RUBRIC, NOON, Assessed(decisions=decisions)).subjects
    assert [subjects[Subject(one)]["answer"] for one in ("L3.1", "L3.2", "L3.3")] == ["unknown", "unknown", "n/a"]


def test_both_rounds_are_kept_and_the_second_proposes() -> None:
    rounds = [held("L3.2", ["yes", "no", "no", "unknown"]), held("L3.2", ["yes", "yes", "no", "yes"], number=2)]
    numbers = assessment_snapshot(RUBRIC, NOON, Assessed({L32: rounds})).subjects[L32]
    first, second = numbers["rounds"]
    assert (first["number"], second["number"]) == (1, 2)
    assert first["counts"] == {"no": 2, "partial": 0, "yes": 1, "unknown": 1, "n/a": 0}
    assert (first["votes"], first["n"], first["dont_know"], first["does_not_apply"]) == (4, 3, 1, 0)
    assert first["agreement"]["median"] == 0
    assert first["agreement"]["reasons"] == ["spread 2: from no to yes"]
    assert numbers["proposal"] == "yes"


def test_of_two_votes_nothing_is_told_and_nothing_proposed() -> None:
    voted = {L32: [held("L3.2", ["yes", "yes"])], SKILLS: [held("Skills", ["5", "5", "unknown"])]}
    found = assessment_snapshot(RUBRIC, NOON, Assessed(voted))
    told = found.subjects[L32]["rounds"][0]
    assert (told["counts"], told["agreement"], told["dont_know"], told["votes"]) == (None, None, None, 2)
    assert found.subjects[L32]["proposal"] is None
    # Three voted, two of them on the scale: that one does not know may be said, what the two said may not.
    told = found.subjects[SKILLS]["rounds"][0]
    assert (told["counts"], told["n"], told["dont_know"]) == (None, 2, 1)
    assert found.subjects[SKILLS]["proposal"] is None
    assert found.result["profile"]["pooled"]["Skills"] == {"n": 0, "median": None}


def test_a_group_is_told_only_where_the_others_are_three_as_well() -> None:
    groups = ["a", "a", "a", "b", "b"]
    voted = {L32: [held("L3.2", ["yes", "yes", "no", "no", "no"], groups)]}
    told = assessment_snapshot(RUBRIC, NOON, Assessed(voted)).subjects[L32]["rounds"][0]
    assert told["counts"]["yes"] == 2
    assert told["groups"] == {"a": {"votes": 3, "counts": None}, "b": {"votes": 2, "counts": None}}


def test_the_profile_is_the_lower_median_of_the_votes_whatever_was_decided() -> None:
    ratings = ["2", "3", "4", "4", "3", "4"]
    voted = {Subject(one.value): [held(one.value, ratings, ["a", "a", "a", "b", "b", "b"])] for one in Dimension}
    found = assessment_snapshot(RUBRIC, NOON, Assessed(voted, dict([decided("Skills", "5")])))
    # 2 3 3 4 4 4: the two in the middle are 3 and 4, of which the lower counts. Level 2 asks for 3 2 2 2 2.
    assert found.result["profile"]["pooled"]["Skills"] == {"n": 6, "median": 3}
    assert found.result["profile"]["level"] == found.result["decided"]["profile_level"] == 2
    assert found.result["profile"]["groups"]["a"]["Skills"] == {"n": 3, "median": 3}
    assert found.result["profile"]["groups"]["b"]["Skills"] == {"n": 3, "median": 4}
    assert (found.subjects[SKILLS]["proposal"], found.subjects[SKILLS]["answer"]) == (3, 5)


@pytest.mark.parametrize(
    ("answer", "state", "strength", "expected"),
    [
        (Answer.YES, VerdictState.SUPPORTED, Strength.PROVES, Beside.PROVEN),
        (Answer.YES, VerdictState.SUPPORTED, Strength.SUGGESTS, Beside.CLAIMED),
        (Answer.YES, VerdictState.REFUTED, None, Beside.CONTRADICTED),
        (Answer.YES, VerdictState.PARTLY, None, Beside.DIFFERS),
        (Answer.YES, VerdictState.NOT_AVAILABLE, None, Beside.CLAIMED),
        (Answer.NO, VerdictState.SUPPORTED, Strength.PROVES, Beside.CONTRADICTED),
        (Answer.NO, VerdictState.SUPPORTED, Strength.SUGGESTS, Beside.DIFFERS),
        (Answer.NO, VerdictState.REFUTED, None, Beside.PROVEN),
        (Answer.PARTIAL, VerdictState.PARTLY, None, Beside.PROVEN),
        (Answer.UNKNOWN, VerdictState.REFUTED, None, Beside.UNKNOWN),
        (Answer.NOT_APPLICABLE, VerdictState.REFUTED, None, Beside.NOT_APPLICABLE),
        (Answer.YES, VerdictState.NO_PROBE, None, Beside.NO_PROBE),
    ],
)
def test_an_answer_beside_the_evidence(
    answer: Answer, state: VerdictState, strength: Strength | None, expected: Beside
) -> None:
    assert beside(answer, verdict("L3.2", state, strength)) is expected


def test_evidence_that_has_expired_proves_and_refutes_nothing() -> None:
    old = verdict("L3.2", VerdictState.REFUTED, fresh=False)
    assert beside(Answer.YES, old) is Beside.CLAIMED
    voted = {L32: [held("L3.2", ["yes", "yes", "yes"])]}
    shown = assessment_snapshot(RUBRIC, NOON, Assessed(voted, verdicts={IndicatorId("L3.2"): old})).subjects[L32]
    assert shown["rounds"][0]["agreement"]["discuss"] is False


def test_a_verdict_stands_in_the_record_with_its_age_its_queries_and_what_is_wrong_first() -> None:
    refuted = verdict("L3.2", VerdictState.REFUTED)
    seen = [finding(Outcome.TRUE, name="paid"), finding(Outcome.FALSE), finding(Outcome.FALSE, probe="other")]
    found = assessment_snapshot(
        RUBRIC,
        NOON,
        Assessed(
            {L32: [held("L3.2", ["yes", "yes", "yes"])]},
            dict([decided("L3.2", "yes")]),
            {IndicatorId("L3.2"): refuted},
            seen,
        ),
    )
    (entry,) = found.evidence
    assert (entry["indicator"], entry["state"], entry["age_seconds"]) == ("L3.2", "refuted", 600)
    assert entry["queries"] == ["Metadata"]
    assert [one["sentence"] for one in entry["findings"]] == ["orders is false.", "paid is true."]
    assert found.subjects[L32]["comparison"] == "contradicted"
    assert found.subjects[L32]["rounds"][0]["agreement"]["reasons"] == ["evidence says no, the median is yes"]


def test_a_record_keeps_the_worst_findings_and_says_how_many_more_there_were() -> None:
    seen = [finding(Outcome.TRUE, name=f"t{number:02}") for number in range(30)]
    found = assessment_snapshot(
        RUBRIC,
        NOON,
        Assessed(verdicts={IndicatorId("L3.2"): verdict("L3.2", VerdictState.REFUTED)}, findings=seen),
    )
    assert (len(found.evidence[0]["findings"]), found.evidence[0]["further_findings"]) == (25, 5)


def test_respondents_are_numbers_by_group_without_those_who_left_or_look_on() -> None:
    def person(key: int, group: str, *, observer: bool = False, left: bool = False) -> Respondent:
        gone = NOON + timedelta(minutes=1) if left else None
        return Respondent(RespondentId(key), SessionId(1), f"v{key}", group, "", "", observer, NOON, gone)

    people = [person(1, GROUPS[0]), person(2, GROUPS[0], observer=True), person(3, GROUPS[1], left=True)]
    found = assessment_snapshot(RUBRIC, NOON, Assessed(respondents=people)).result["respondents"]
    assert found == {"voters": 1, "observers": 1, "groups": {"Platform team": 1}, "units": {}}


def test_alpha_is_taken_over_the_questions_that_may_be_told() -> None:
    voted = {
        Subject("L1.1"): [held("L1.1", ["yes", "yes", "yes"])],
        Subject("L1.2"): [held("L1.2", ["no", "no", "no"])],
        Subject("L1.3"): [held("L1.3", ["yes", "no"])],
    }
    # Two questions with full agreement within and none between: alpha is exactly 1; the third has too few votes.
    found = assessment_snapshot(RUBRIC, NOON, Assessed(voted)).result["alpha"]
    assert found == {"answers": {"alpha": 1.0, "questions": 2, "votes": 6}}


@pytest.mark.parametrize(
    ("subject", "decision", "complaint"),
    [
        ("L3.2", Decision("4"), "is no answer to"),
        ("Skills", Decision("yes"), "choose a rating from 1 to 5"),
        ("L3.2", Decision("n/a", "managed"), "needs a reason and who approved it"),
        ("L3.2", Decision("n/a", " ", approved_by="ann"), "needs a reason and who approved it"),
    ],
)
def test_a_choice_that_is_no_answer_to_its_question_is_refused(
    subject: str, decision: Decision, complaint: str
) -> None:
    with pytest.raises(DecisionError, match=complaint):
        require_answer(assessment_snapshot(RUBRIC, NOON).subjects[Subject(subject)], decision)


def test_answers_ratings_unknown_and_parking_are_taken() -> None:
    subjects = assessment_snapshot(RUBRIC, NOON).subjects
    for subject, choices in (("L3.2", ("yes", "partial", "no", "unknown", "parked")), ("Skills", ("1", "5", "parked"))):
        for choice in choices:
            require_answer(subjects[Subject(subject)], Decision(choice))
    require_answer(subjects[L32], Decision("n/a", "a managed service", approved_by="ann"))
