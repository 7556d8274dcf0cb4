"""Questions as they are put to voters: worded from the rubric, and read back as they were."""

from __future__ import annotations

import json

import pytest

from scoring.maturity.rubric import (
    LEVELS,
    Anchors,
    Dimension,
    DimensionText,
    Indicator,
    IndicatorId,
    Level,
    Polarity,
    Rubric,
)
from scoring.meetings.subjects import Subject
from scoring.voting.choices import Scale, VotingError
from scoring.voting.questions import Question, question_about, rubric_questions

REGISTRY = Indicator(
    IndicatorId("L3.2"),
    3,
    "Contracts",
    "Does a registry enforce contracts?",
    Polarity.CAPABILITY,
    Dimension.GOVERNANCE,
    Anchors("everywhere", "in some teams", "nowhere"),
)
VALUE = DimensionText(Dimension.BUSINESS_VALUE, "Business value", "What it brings.", ("a", "b", "c", "d", "e"))
RUBRIC = Rubric(
    "test", "1", "en", tuple(Level(n, f"Level {n}", "", (), {}) for n in LEVELS), (VALUE,), (REGISTRY,), (), ()
)


def test_indicators_come_before_dimensions_and_carry_their_anchors() -> None:
    registry, value = rubric_questions(RUBRIC)
    assert (registry.subject, registry.scale, registry.text) == ("L3.2", Scale.INDICATOR, REGISTRY.question)
    assert [(one.choice, one.anchor) for one in registry.options] == [
        ("yes", "everywhere"), ("partial", "in some teams"), ("no", "nowhere"), ("unknown", ""), ("n/a", ""),
    ]  # fmt: skip
    assert (value.subject, value.scale) == ("Business Value", Scale.RATING)
    assert [one.anchor for one in value.options] == ["a", "b", "c", "d", "e", "", ""]


def test_a_question_is_read_back_as_it_was() -> None:
    for question in rubric_questions(RUBRIC):
        assert Question.from_json(json.loads(json.dumps(question.as_json()))) == question


def test_what_a_rubric_does_not_ask_cannot_be_voted() -> None:
    assert question_about(RUBRIC, Subject("L3.2")).title == "Contracts"
    with pytest.raises(VotingError, match="choose another question"):
        question_about(RUBRIC, Subject("L9.9"))
