"""What a room is told: agreement, who speaks, evidence, results. Numbers are worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dashboard.assessing_results import (
    alpha_words,
    answer_words,
    facts,
    headline,
    index_words,
    round_words,
    voters_words,
)
from dashboard.assessing_words import (
    abstained_words,
    agreement_words,
    all_agree,
    evidence_told,
    speakers_words,
    verdict_words,
)
from dashboard.components.assessment import markup
from dashboard.components.assessment.push import seconds_left
from dashboard.theme import Tone
from scoring.evidence.aspects import Strength, VerdictState
from scoring.maturity.rubric import Answer
from scoring.meetings.assessment_rounds import RoundTold, told
from scoring.meetings.assessments import Assessed, assessment_snapshot
from tests.unit.scoring.maturity.papers import BY_LEVEL, RUBRIC
from tests.unit.scoring.meetings.assessing import NOON, decided, held, verdict


def of(choices: Sequence[str], subject: str = "L3.2", evidence: bool | None = None) -> RoundTold:
    """What may be told of a round with these votes."""
    return told(*held(subject, choices), evidence)


@pytest.mark.parametrize(
    ("choices", "subject", "words", "tone"),
    [
        (["yes", "yes", "yes"], "L3.2", "All agree: Yes", Tone.HEALTHY),
        (["4", "4", "4"], "Skills", "All agree: 4", Tone.HEALTHY),
        (["yes", "partial", "yes"], "L3.2", "Close together: 3 of 3 within one step of the median", Tone.HEALTHY),
        (["yes", "no", "yes"], "L3.2", "Discuss: spread 2: from no to yes", Tone.HALT),
        (["yes", "yes"], "L3.2", "2 votes: a spread is shown from 3 votes on.", Tone.NO_DATA),
        (["yes", "unknown"], "L3.2", "2 votes: a spread is shown from 3 votes on.", Tone.NO_DATA),
        (["yes", "no", "n/a"], "L3.2", "2 on the scale: a spread is shown from 3 votes on.", Tone.NO_DATA),
        # Two of five who were asked do not know: 40 %, more than a quarter.
        (["yes", "yes", "yes", "unknown", "unknown"], "L3.2", "Discuss: 2 of 5 do not know", Tone.HALT),
    ],
)
def test_agreement_in_words(choices: Sequence[str], subject: str, words: str, tone: Tone) -> None:
    said = agreement_words(of(choices, subject))
    assert (said.words, said.tone) == (words, tone)


def test_all_agree_only_where_talking_would_add_nothing() -> None:
    assert all_agree(of(["yes", "yes", "yes"]))
    assert not all_agree(of(["yes", "yes", "partial"]))
    assert not all_agree(of(["yes", "yes"]))
    assert not all_agree(of(["yes", "yes", "yes"], evidence=False)), "the evidence says no"


def test_lowest_and_highest_speak_and_are_named_in_a_named_session_only() -> None:
    split = of(["yes", "no", "no", "partial"])
    assert speakers_words(split) == (
        "Lowest and highest speak, a minute each: somebody who said “No”; then somebody who said “Yes”."
    )
    named = {"no": ["Bob", "Cid"], "yes": ["Ann"], "partial": ["Dan"]}
    assert speakers_words(split, named) == "Lowest and highest speak, a minute each: Bob, Cid; then Ann."
    assert speakers_words(of(["yes", "partial", "yes"])) == "", "close together, nothing to talk about"
    assert speakers_words(of(["yes", "no"])) == ""


def test_abstentions_are_told_apart() -> None:
    assert abstained_words(of(["yes", "yes", "yes", "unknown", "n/a", "n/a"])) == (
        "1 don't know, 2 say it does not apply"
    )
    assert abstained_words(of(["yes", "yes", "yes"])) == ""
    assert abstained_words(of(["yes", "unknown"])) == "", "two votes: who does not know would be known"


def test_the_evidence_is_told_with_its_age_and_a_contradiction_in_words() -> None:
    refuted = verdict("L3.2", VerdictState.REFUTED)
    card = evidence_told(refuted, Answer.YES, "the room says “yes” (6 of 7)", NOON)
    assert card.contradiction == (
        "Contradiction: the room says “yes” (6 of 7), the evidence says no. "
        "Neither overwrites the other; settle it and write down why."
    )
    assert card.seen.replace("\u202f", " ") == "seen 10 min ago"
    assert evidence_told(refuted, Answer.NO, "", NOON).contradiction == ""
    assert evidence_told(refuted, None, "", NOON).contradiction == ""
    proven = verdict("L3.2", VerdictState.SUPPORTED, Strength.PROVES)
    assert "the evidence proves yes" in evidence_told(proven, Answer.NO, "you decided “no”", NOON).contradiction


def test_old_evidence_says_that_it_is_too_old_and_contradicts_nobody() -> None:
    card = evidence_told(verdict("L3.2", VerdictState.REFUTED, fresh=False), Answer.YES, "", NOON + timedelta(hours=2))
    assert card.seen.replace("\u202f", " ") == "seen 2 h ago, too old to count"
    assert card.contradiction == ""


def test_where_no_machine_looks_the_card_says_so() -> None:
    assert evidence_told(None, Answer.YES, "", NOON).verdict.words.startswith("No probe yet")
    assert verdict_words(verdict("L3.2", VerdictState.SUPPORTED, Strength.SUGGESTS)).words == (
        "Evidence: signs of a yes, no proof"
    )
    assert verdict_words(verdict("L3.2", VerdictState.NOT_AVAILABLE)).tone is Tone.NO_DATA


def test_what_people_wrote_and_what_probes_asked_is_escaped() -> None:
    shown = replace(
        evidence_told(verdict("L3.2", VerdictState.REFUTED), Answer.YES, "<b>you</b>", NOON),
        sentence="<script>alert(1)</script>",
        queries=("<img src=x>",),
    )
    drawn = markup.evidence(shown)
    assert "<script>" not in drawn
    assert "<img" not in drawn
    assert "<b>you</b>" not in drawn


def test_a_dot_stands_for_a_voter_and_the_first_vote_is_kept_beside_the_second() -> None:
    rounds = [of(["yes", "no", "no"]), of(["yes", "yes", "no"])]
    question = held("L3.2", [])[0].question
    drawn = markup.spread(question, rounds, [{}, {}])
    assert drawn.count('<span class="dot"></span>') == 3
    assert drawn.count('<span class="dot small"></span>') == 3
    assert drawn.index("Re-vote") < drawn.index("First vote · Discuss: spread 2: from no to yes")
    assert drawn.count("▲ median") == 2
    assert "Ann" in markup.spread(question, rounds[:1], [{"yes": ["Ann"]}])


def test_of_two_votes_no_dot_is_drawn() -> None:
    drawn = markup.spread(held("L3.2", [])[0].question, [of(["yes", "yes"])], [{}])
    assert "dot" not in drawn
    assert "Yes" not in drawn


def test_a_timer_shows_whole_seconds_and_stops_at_zero() -> None:
    assert seconds_left(NOON + timedelta(seconds=44.6), NOON) == 45
    assert seconds_left(NOON - timedelta(seconds=5), NOON) == 0
    assert seconds_left(None, NOON) is None


def test_the_headline_is_of_the_decisions_and_before_there_are_any_of_the_proposals() -> None:
    votes = {"L1.1": ["yes", "yes", "yes"]}
    voted = {key: [held(key, choices)] for key, choices in votes.items()}
    proposed = assessment_snapshot(RUBRIC, NOON, Assessed(voted))  # type: ignore[arg-type]
    # L1.1 is all of level 1; the other 20 gating indicators are unknown.
    assert headline(proposed) == "Proposed: level 1 to 5, 20 answers missing"
    no = [one for level in (2, 3, 4, 5) for one in BY_LEVEL[level]]
    answers = dict([decided("L1.1", "yes"), *(decided(one, "no") for one in no)])
    assert headline(assessment_snapshot(RUBRIC, NOON, Assessed(decisions=answers))) == "Level 1"


def test_facts_name_the_bounds_the_voters_and_what_is_contradicted() -> None:
    voted = {"L3.2": [held("L3.2", ["yes", "yes", "yes"])]}
    found = assessment_snapshot(
        RUBRIC,
        NOON,
        Assessed(
            voted,  # type: ignore[arg-type]
            dict([decided("L3.2", "yes"), decided("L1.2", "yes")]),
            {RUBRIC.indicators[9].id: verdict("L3.2", VerdictState.REFUTED)},
        ),
    )
    said = dict(facts(found))
    assert said["Contradicted by evidence"] == "L3.2"
    assert said["Answers that contradict each other"] == "L1.2 beside L3.2"
    assert said["Index"] == "0.00 to 5.00, unknown taken as no and as yes"
    assert said["Agreement (alpha)"] == "answers not defined (3 votes on 1 question)"


def test_results_in_words() -> None:
    assert index_words({"index_words": "2.50", "index_high_words": "2.50"}) == "2.50"
    assert alpha_words({}) == "nothing was voted"
    assert alpha_words({"ratings": {"alpha": 0.456, "questions": 5, "votes": 35}}) == (
        "ratings 0.46 (35 votes on 5 questions)"
    )
    people: dict[str, Any] = {"voters": 5, "observers": 1, "groups": {"Consumers": 2, "Platform team": 3}}
    assert voters_words(people) == "5 (2 Consumers, 3 Platform team); 1 observer"


def test_a_round_is_told_as_far_as_it_may_be() -> None:
    numbers = assessment_snapshot(
        RUBRIC,
        NOON,
        Assessed({"L3.2": [held("L3.2", ["yes", "yes"]), held("L3.2", ["yes", "no", "yes"], number=2)]}),  # type: ignore[dict-item]
    ).subjects
    by_name = {str(key): value for key, value in numbers.items()}
    assert round_words(by_name["L3.2"]) == "1 no, 2 yes, re-voted"
    assert round_words(by_name["L3.3"]) == "not voted"
    assert answer_words(by_name["Skills"]) == "unknown"
    assert round_words({"rounds": [of(["yes", "yes"]).as_json()]}) == "2 votes, too few to tell"
