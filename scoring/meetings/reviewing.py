"""How far a review has come, and what has gone without one for too long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scoring.meetings.decisions import DecisionEntry
from scoring.meetings.sessions import PARKED
from scoring.meetings.subjects import Subject

REVIEW_INTERVAL = timedelta(days=8)
"""A week, and a day's grace for a meeting that starts later than the last one did."""


class ReviewStatus(StrEnum):
    """Where one subject stands in this meeting."""

    TO_REVIEW = "to review"
    REVIEWED = "reviewed"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a meeting is: subjects by status, in the meeting's order."""

    statuses: Mapping[Subject, ReviewStatus]

    @property
    def reviewed(self) -> int:
        """Subjects with a decision; a parked one has none."""
        return sum(status is ReviewStatus.REVIEWED for status in self.statuses.values())

    @property
    def next(self) -> Subject | None:
        """The first subject to review; None when all are."""
        return next((name for name, status in self.statuses.items() if status is ReviewStatus.TO_REVIEW), None)


def progress(subjects: Iterable[Subject], decisions: Mapping[Subject, DecisionEntry]) -> Progress:
    """How far the meeting is. decisions: those that stand."""
    return Progress({subject: _status(decisions.get(subject)) for subject in subjects})


def _status(entry: DecisionEntry | None) -> ReviewStatus:
    if entry is None or entry.decision is None:
        return ReviewStatus.TO_REVIEW
    return ReviewStatus.PARKED if entry.decision.choice == PARKED else ReviewStatus.REVIEWED


@dataclass(frozen=True, slots=True)
class ReviewDebt:
    """Subjects without a review that should have had one. never: not once; overdue: the longest ago first."""

    never: tuple[Subject, ...]
    overdue: tuple[Subject, ...]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.never) + len(self.overdue)


def review_debt(
    subjects: Iterable[Subject],
    last_reviewed: Mapping[Subject, datetime],
    now: datetime,
    interval: timedelta = REVIEW_INTERVAL,
) -> ReviewDebt:
    """What has gone without a review for longer than `interval`.

    last_reviewed: when each subject was last decided about in a meeting that was closed; parking does not count.
    """
    known = list(subjects)
    overdue = [name for name in known if name in last_reviewed and now - last_reviewed[name] > interval]
    return ReviewDebt(
        never=tuple(name for name in known if name not in last_reviewed),
        overdue=tuple(sorted(overdue, key=lambda name: last_reviewed[name])),
    )
