"""What a meeting decides about a subject, kept as a history in which nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from scoring.meetings.sessions import CHOICES, SessionKind
from scoring.meetings.subjects import MEETING, Subject
from scoring.meetings.texts import MeetingError, linked, written


class DecisionError(MeetingError):
    """A decision that this kind of meeting cannot take."""


class ConflictError(MeetingError):
    """Somebody else changed the same thing in the meantime; what was to be written is not written.

    current: what stands now (a DecisionEntry, an Action or a Snapshot), None when it was taken back.
    """

    def __init__(self, message: str, current: object) -> None:
        super().__init__(message)
        self.current = current


@dataclass(frozen=True, slots=True)
class Decision:
    """What is decided about one subject.

    choice: one of CHOICES of the meeting's kind. note: why. dissent: who saw it differently, and how. evidence: links.
    owner, due: who sees to it and until when; a standing decision with an owner becomes an action when the meeting is
    closed. approved_by: who approved a choice that needs it.
    """

    choice: str
    note: str = ""
    owner: str = ""
    due: date | None = None
    dissent: str = ""
    evidence: tuple[str, ...] = ()
    approved_by: str = ""


@dataclass(frozen=True, slots=True)
class DecisionEntry:
    """One step in a subject's history: a decision, or (None) that the one before it was taken back.

    version: 1, 2, 3, … within the meeting and subject; whoever writes names the version that was on the screen.
    """

    subject: Subject
    version: int
    decision: Decision | None
    by: str
    at: datetime


def checked(kind: SessionKind, subject: Subject, decision: Decision) -> Decision:
    """The decision as it will be kept, in a meeting of that kind. Raises DecisionError, TextError."""
    if subject == MEETING:
        raise DecisionError("A decision needs a subject; choose what it is about.")
    if decision.choice not in CHOICES[kind]:
        raise DecisionError(f"“{decision.choice}” cannot be chosen here; choose one of {', '.join(CHOICES[kind])}.")
    return replace(
        decision,
        note=written("note", decision.note),
        owner=written("owner", decision.owner),
        dissent=written("dissent", decision.dissent),
        evidence=tuple(linked("link to evidence", link, needed=True) for link in decision.evidence),
        approved_by=written("approver", decision.approved_by),
    )


def standing(history: Iterable[DecisionEntry]) -> DecisionEntry | None:
    """The entry in force after a subject's whole history, oldest first: each taking-back uncovers the one before."""
    stack: list[DecisionEntry] = []
    for entry in history:
        if entry.decision is not None:
            stack.append(entry)
        elif stack:
            stack.pop()
    return stack[-1] if stack else None


def require_unchanged(history: Sequence[DecisionEntry], based_on: int) -> None:
    """Raises ConflictError unless `based_on` is the version that the history ends with (0: nothing decided yet)."""
    last = history[-1].version if history else 0
    if last == based_on:
        return
    current = standing(history)
    if current is None or current.decision is None:
        message = "The decision was taken back by somebody else meanwhile; look again and decide anew."
    else:
        message = (
            f"{current.by} decided “{current.decision.choice}” at {current.at:%H:%M:%S} UTC, after what you saw; "
            "look at it, then decide again if you still want to."
        )
    raise ConflictError(message, current)
