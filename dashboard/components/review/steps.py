"""The steps that people take in a review, each one write; what came of it is told where the page is drawn next."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.components.acting import act
from dashboard.components.review import seen
from dashboard.context import PageContext
from data.store.meetings.reading import Meeting
from scoring.meetings.actions import Action, ActionStatus
from scoring.meetings.decisions import Decision
from scoring.meetings.subjects import Subject

CLOSING = "review_closing"
"""Session state: True while the page asks whether the review is to be closed."""

CHOICE_WORDS = {"keep": "Keep", "tighten": "Tighten", "loosen": "Loosen", "fix": "Fix the SLI", "parked": "Park"}
"""What is on the buttons; the keys are the choices of an SLO review."""


def start(context: PageContext) -> None:
    """Open a review on the numbers of this minute."""
    review = seen.review_now(context)
    zone = seen.reader_zone()
    day = review.snapshot.as_of.astimezone(zone)
    act(
        "The review is open; these numbers stay until you take newer ones.",
        lambda: context.store.meetings.open(
            context.actor, seen.KIND, f"SLO review of {day:%-d %B %Y}", review.snapshot, zone=zone.key
        ),
    )


def refresh(context: PageContext, meeting: Meeting) -> None:
    """Put the numbers of this minute before the meeting."""
    review = seen.review_now(context)
    act(
        "The numbers are newer now; decisions stand.",
        lambda: context.store.meetings.refresh(context.actor, meeting.session.id, review.snapshot),
    )


def note_key(meeting: Meeting, subject: Subject) -> str:
    """Where what is typed about a subject is kept until it is decided."""
    return f"review_note:{meeting.session.id}:{subject}"


def owner_key(meeting: Meeting, subject: Subject) -> str:
    """Where the owner is kept until it is decided."""
    return f"review_owner:{meeting.session.id}:{subject}"


def due_key(meeting: Meeting, subject: Subject) -> str:
    """Where the due date is kept until it is decided."""
    return f"review_due:{meeting.session.id}:{subject}"


def decide(context: PageContext, meeting: Meeting, subject: Subject, choice: str) -> None:
    """Decide with what is typed; the version is that of the screen, so that nobody is overwritten unseen."""
    due: date | None = st.session_state.get(due_key(meeting, subject))
    decision = Decision(
        choice,
        note=st.session_state.get(note_key(meeting, subject)) or "",
        owner=st.session_state.get(owner_key(meeting, subject)) or "",
        due=due,
    )
    act(
        "",
        lambda: context.store.meetings.decide(
            context.actor, meeting.session.id, subject, decision, meeting.version(subject)
        ),
    )


def take_back(context: PageContext, meeting: Meeting, subject: Subject) -> None:
    """Take the standing decision back; the one before it stands again."""
    act(
        "",
        lambda: context.store.meetings.take_back(context.actor, meeting.session.id, subject, meeting.version(subject)),
    )


def settle(context: PageContext, action: Action, status: ActionStatus) -> None:
    """Say that an action is done, dropped or open again."""
    act(
        f"Action {status.value}: {action.text}",
        lambda: context.store.meetings.change_action(
            context.actor,
            action.id,
            action.version,
            status=status,
            owner=action.owner,
            due=action.due,
            note=action.note,
        ),
    )


def ask_to_close() -> None:
    """Ask whether the review is to be closed."""
    st.session_state[CLOSING] = True


def go_on() -> None:
    """Stop asking: the review goes on."""
    st.session_state[CLOSING] = False


def close(context: PageContext, meeting: Meeting) -> None:
    """Close the review on the numbers that are on the screen, and open its record."""
    closed = act(
        "Closed. Numbers, definitions, decisions and actions are frozen.",
        lambda: context.store.meetings.close(context.actor, meeting.session.id, seen=meeting.snapshot.id),
    )
    go_on()
    if closed:
        seen.show_table()
        seen.show_review(meeting.session.id)


def zone_of(meeting: Meeting) -> ZoneInfo:
    """The zone that the meeting's times are shown in."""
    return ZoneInfo(meeting.session.zone)
