"""What is to be done after a meeting, carried from one to the next until it is done or dropped."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import NewType

from scoring.meetings.decisions import Decision
from scoring.meetings.sessions import SessionId
from scoring.meetings.subjects import MEETING, Subject
from scoring.meetings.texts import LONGEST

ActionId = NewType("ActionId", int)


class ActionStatus(StrEnum):
    """How far an action is."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class ActionDraft:
    """What is to be done, before it is written down. subject: what it came from; MEETING when from no decision."""

    text: str
    owner: str = ""
    due: date | None = None
    subject: Subject = MEETING


@dataclass(frozen=True, slots=True)
class Action:
    """What is to be done. session: the meeting it came from; note: what was said when its status last changed.

    version: grows with every change; whoever writes names the version that was on the screen.
    """

    id: ActionId
    session: SessionId
    subject: Subject
    text: str
    owner: str
    due: date | None
    status: ActionStatus
    note: str
    version: int
    created_at: datetime
    created_by: str
    changed_at: datetime
    changed_by: str

    def is_overdue(self, today: date) -> bool:
        """True when it is open and its due date has passed."""
        return self.status is ActionStatus.OPEN and self.due is not None and self.due < today


def action_from(subject: Subject, decision: Decision) -> ActionDraft | None:
    """The action that a standing decision becomes when its meeting is closed; None when nobody owns it."""
    if not decision.owner:
        return None
    text = f"{decision.choice}: {decision.note}" if decision.note else decision.choice
    if len(text) > LONGEST:
        text = f"{text[: LONGEST - 1]}…"  # the note is whole in the decision
    return ActionDraft(text, decision.owner, decision.due, subject)


def in_order(actions: Iterable[Action], today: date) -> tuple[Action, ...]:
    """As a meeting goes through them: open ones first, of these the overdue, then by due date, then the oldest."""

    def place(action: Action) -> tuple[bool, bool, date, int]:
        closed = action.status is not ActionStatus.OPEN
        return closed, not action.is_overdue(today), action.due or date.max, action.id

    return tuple(sorted(actions, key=place))
