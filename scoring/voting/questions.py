"""A question as it is put to the voters: worded once, when its round is opened, and kept with the votes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scoring.maturity.rubric import RATINGS, Answer, DimensionText, Indicator, Rubric
from scoring.meetings.subjects import Subject, subject_of
from scoring.voting.choices import DOES_NOT_APPLY, DONT_KNOW, Scale, VotingError

LABELS = {
    Answer.YES.value: "Yes",
    Answer.PARTIAL.value: "Partly",
    Answer.NO.value: "No",
    DONT_KNOW: "Don't know",
    DOES_NOT_APPLY: "Does not apply",
} | {str(rating): str(rating) for rating in RATINGS}


@dataclass(frozen=True, slots=True)
class Option:
    """One vote that can be given. anchor: what it looks like on a platform; empty where the label says all."""

    choice: str
    label: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. title: a few words; text: the question itself; options: in the order in which they are shown."""

    subject: Subject
    scale: Scale
    title: str
    text: str
    options: tuple[Option, ...]

    @property
    def choices(self) -> tuple[str, ...]:
        """What can be voted."""
        return tuple(option.choice for option in self.options)

    def as_json(self) -> dict[str, Any]:
        """As JSON's types."""
        return {
            "subject": self.subject,
            "scale": self.scale.value,
            "title": self.title,
            "text": self.text,
            "options": [[option.choice, option.label, option.anchor] for option in self.options],
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Question:
        """Back from JSON. Raises KeyError, TypeError or ValueError for what is no question."""
        return cls(
            subject=Subject(found["subject"]),
            scale=Scale(found["scale"]),
            title=found["title"],
            text=found["text"],
            options=tuple(Option(choice, label, anchor) for choice, label, anchor in found["options"]),
        )


_BESIDE = (Option(DONT_KNOW, LABELS[DONT_KNOW]), Option(DOES_NOT_APPLY, LABELS[DOES_NOT_APPLY]))


def indicator_question(indicator: Indicator) -> Question:
    """The question of an indicator."""
    anchors = indicator.anchors
    told = ((Answer.YES, anchors.yes), (Answer.PARTIAL, anchors.partial), (Answer.NO, anchors.no))
    options = tuple(Option(answer.value, LABELS[answer.value], anchor) for answer, anchor in told)
    return Question(
        subject_of(indicator.id), Scale.INDICATOR, indicator.title, indicator.question, (*options, *_BESIDE)
    )


def dimension_question(dimension: DimensionText) -> Question:
    """The question of how a dimension is rated."""
    rated = zip(RATINGS, dimension.anchors, strict=True)
    options = tuple(Option(str(rating), str(rating), anchor) for rating, anchor in rated)
    subject = subject_of(dimension.dimension.value)
    return Question(subject, Scale.RATING, dimension.title, dimension.definition, (*options, *_BESIDE))


def rubric_questions(rubric: Rubric) -> tuple[Question, ...]:
    """Every question of a rubric in the order in which a session goes through them: indicators, then dimensions."""
    indicators = (indicator_question(indicator) for indicator in rubric.indicators)
    return (*indicators, *(dimension_question(dimension) for dimension in rubric.dimensions))


def question_about(rubric: Rubric, subject: Subject) -> Question:
    """The question about one subject. Raises VotingError when the rubric does not ask about it."""
    for question in rubric_questions(rubric):
        if question.subject == subject:
            return question
    raise VotingError(f"The rubric {rubric.id} {rubric.version} asks nothing about {subject}; choose another question.")
