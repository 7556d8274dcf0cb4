"""An assessment as its record or its open snapshot tells it: questions, answers, ratings and what they come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from scoring.maturity.changes import Changes, compare
from scoring.maturity.gaps import Gap, gap
from scoring.maturity.results import Result, score
from scoring.maturity.rubric import Answer, Dimension, IndicatorId, Rubric
from scoring.maturity.sheets import Ratings, Sheet
from scoring.maturity.staging import reading
from scoring.meetings.assessments import rubric_of
from scoring.meetings.records import Record
from scoring.meetings.snapshots import Snapshot
from scoring.meetings.subjects import Subject, subject_of

HELD_BACK = "held back: fewer than three people"


@dataclass(frozen=True)
class Told:
    """What one assessment says.

    title: of the meeting. as_of: the moment of its numbers. sha256: of its record, empty while it is open.
    """

    title: str
    as_of: datetime
    sha256: str
    snapshot: Snapshot

    @cached_property
    def rubric(self) -> Rubric:
        """The rubric in the words of that day. Raises ValueError when it is not the one that its hash names."""
        return rubric_of(self.snapshot)

    @cached_property
    def answers(self) -> dict[IndicatorId, Answer]:
        """The decided answers."""
        return {one.id: Answer(self.numbers(one.id)["answer"]) for one in self.rubric.indicators}

    @property
    def decided(self) -> Mapping[str, Any]:
        """The result of what was decided, as the snapshot has it."""
        found: Mapping[str, Any] = self.snapshot.result["decided"]
        return found

    @property
    def profile(self) -> Mapping[str, Any]:
        """The profile, as the snapshot has it."""
        found: Mapping[str, Any] = self.snapshot.result["profile"]
        return found

    @property
    def level(self) -> int:
        """The confirmed level."""
        return int(self.decided["level"])

    @property
    def headline(self) -> str:
        """The result in a sentence."""
        return str(self.decided["headline"])

    @cached_property
    def medians(self) -> dict[Dimension, int | None]:
        """The pooled lower medians."""
        return {one: self.profile["pooled"][one.value]["median"] for one in Dimension}

    @cached_property
    def groups(self) -> dict[str, dict[Dimension, int | None]]:
        """The medians of every respondent group that may be told."""
        return {
            name: {one: medians[one.value]["median"] for one in Dimension}
            for name, medians in self.profile["groups"].items()
        }

    @property
    def needed(self) -> Mapping[Dimension, int]:
        """The profile of the next level, at the top that of the last one."""
        return self.rubric.levels[min(self.level, len(self.rubric.levels) - 1)].profile

    @cached_property
    def gap(self) -> Gap | None:
        """What is between this and the next level; None at the top."""
        return gap(self.rubric, self.answers, self.medians)

    @cached_property
    def satisfied(self) -> frozenset[IndicatorId]:
        """Indicators that are answered yes, or superseded by one that is."""
        now = reading(self.answers)
        return frozenset(one.id for one in self.rubric.indicators if now.satisfies(one))

    @cached_property
    def result(self) -> Result:
        """The result scored again, to be compared; its ratings are the medians, as nothing finer is told."""
        rated = {one: median for one, median in self.medians.items() if median is not None}
        return score(self.rubric, Sheet(self.answers, (Ratings("medians", rated),) if rated else ()))

    def numbers(self, question: str) -> Mapping[str, Any]:
        """Everything that the snapshot has of one question."""
        return self.snapshot.subjects[Subject(subject_of(question))]

    def title_of(self, indicator: str) -> str:
        """An indicator's title with its key."""
        known = self.rubric.by_id.get(IndicatorId(indicator))
        return indicator if known is None else f"{indicator} {known.title}"


def told_by(record: Record) -> Told:
    """The assessment that a record holds."""
    return Told(record.session.title, record.snapshot.as_of, record.sha256, record.snapshot)


def changes(before: Told, after: Told) -> Changes:
    """What changed from one assessment to a later one."""
    return compare(before.result, after.result)


def bounds_words(decided: Mapping[str, Any]) -> str:
    """The index with its bounds, such as "2.50 (up to 2.83, 2 answers missing)"."""
    low, high, missing = decided["index_words"], decided["index_high_words"], len(decided["missing"])
    if low == high:
        return str(low)
    return f"{low} (up to {high}, {missing} {'answer' if missing == 1 else 'answers'} missing)"


COMPARISONS: Mapping[str, str] = {
    "proven": "proven",
    "claimed": "claimed",
    "contradicted": "contradicted",
    "differs": "evidence differs",
    "unknown": "not answered",
    "not_applicable": "does not apply",
    "no_probe": "no probe yet",
}
"""How answer and evidence stand to each other, in words."""


def evidence_words(evidence: Mapping[str, Any]) -> str:
    """What the evidence says by itself, in two or three words."""
    state = str(evidence["state"])
    if state == "supported":
        word = "evidence proves it" if evidence.get("proven") else "evidence suggests it"
    else:
        word = {
            "partly": "evidence: in part",
            "refuted": "evidence refutes it",
            "no_probe": "no probe yet",
            "error": "the probe failed",
        }.get(state, f"evidence {state.replace('_', ' ')}")
    return word if evidence.get("fresh", True) else f"{word} (expired)"
