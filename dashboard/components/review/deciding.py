"""The decision about one SLO: what stands, what was decided last time, and the bar with which a meeting decides."""

from __future__ import annotations

import streamlit as st

from dashboard.components.frame import REFRESH_SECONDS
from dashboard.components.review import seen, steps
from dashboard.context import PageContext, page_context
from dashboard.theme import Tone, aside, mark, plain
from dashboard.wording import clock
from data.store.meetings.reading import Meeting
from scoring.actors import Role
from scoring.meetings.decisions import Decision, DecisionEntry
from scoring.meetings.sessions import SessionId
from scoring.meetings.subjects import Subject

KEYS = {"keep": "K", "tighten": "T", "loosen": "L", "fix": "F", "parked": "Z"}
"""Choice by key; none works while somebody types."""


def draw_last_decision(meeting: Meeting, subject: Subject) -> None:
    """What the review before decided about this SLO."""
    before = meeting.previous
    if before is None:
        st.markdown(aside("No review before this one."))
        return
    entry = next((one for one in before.decisions if one.subject == subject), None)
    day = f"{before.session.closed_at:%-d %b}" if before.session.closed_at else "last time"
    if entry is None or entry.decision is None:
        st.markdown(aside(f"{day}: not decided about."))
        return
    st.markdown(f"**{plain(day)}:** {decision_words(entry.decision)}")


def draw_standing(session: SessionId, subject: Subject, version: int) -> None:
    """What is decided now. version: of the decision that the bar below was drawn with; a newer one is pointed out."""
    meeting = seen.meeting_of(page_context(), session)
    entry = meeting.decisions.get(subject)
    if entry is None or entry.decision is None:
        st.markdown(mark(Tone.NO_DATA, "not decided yet"))
    else:
        st.markdown(f"{mark(Tone.HEALTHY, 'decided')} {decision_words(entry.decision)}  \n{aside(_by(entry))}")
    if meeting.version(subject) != version:
        st.markdown(
            mark(Tone.HALT, "This changed after the fields below were drawn. What you decide will be held against it.")
        )


def draw_decision_bar(context: PageContext, meeting: Meeting, subject: Subject) -> None:
    """Note, owner and due date, and a button for each choice; what is typed stays until it is decided."""
    allowed = context.actor.may(Role.FACILITATOR, meeting.session.scope)
    _fill(meeting, subject)
    with st.container(key="review_bar", gap="small"):
        note, owner, due = st.columns([4, 2, 2], vertical_alignment="bottom")
        note.text_area(
            "Note", key=steps.note_key(meeting, subject), height=76, persist_state="session", disabled=not allowed
        )
        owner.text_input("Owner", key=steps.owner_key(meeting, subject), persist_state="session", disabled=not allowed)
        due.date_input(
            "Due", value=None, key=steps.due_key(meeting, subject), persist_state="session", disabled=not allowed
        )
        with st.container(key="review_choices", horizontal=True, gap="small"):
            standing = meeting.decisions.get(subject)
            chosen = standing.decision.choice if standing and standing.decision else None
            for choice, label in steps.CHOICE_WORDS.items():
                st.button(
                    label,
                    key=f"review_choose_{choice}",
                    shortcut=KEYS[choice],
                    type="primary" if choice == chosen else "secondary",
                    on_click=steps.decide,
                    args=(context, meeting, subject, choice),
                    disabled=not allowed,
                )
            st.button(
                "Undo",
                key="review_undo",
                shortcut="U",
                on_click=steps.take_back,
                args=(context, meeting, subject),
                disabled=not allowed or chosen is None,
                help="Take the standing decision back; the one before it stands again",
            )
        if standing and standing.decision and _typed(meeting, subject) != _kept(standing.decision):
            st.markdown(mark(Tone.HALT, "The fields say more than what is decided. Press a choice to keep it."))
    if not allowed:
        st.markdown(aside("Deciding needs the role facilitator."))


def live_standing(meeting: Meeting, subject: Subject) -> None:
    """What is decided, drawn anew every few seconds apart from what somebody types."""
    live = st.fragment(draw_standing, run_every=REFRESH_SECONDS)
    live(meeting.session.id, subject, meeting.version(subject))


def _fill(meeting: Meeting, subject: Subject) -> None:
    """Begin with what stands, or with the SLO's owner; never touch what somebody has typed."""
    if steps.note_key(meeting, subject) in st.session_state:
        return
    entry = meeting.decisions.get(subject)
    said = entry.decision if entry else None
    labels = meeting.snapshot.subjects[subject].get("labels") or {}
    st.session_state[steps.note_key(meeting, subject)] = said.note if said else ""
    st.session_state[steps.owner_key(meeting, subject)] = said.owner if said else labels.get("owner", "")
    st.session_state[steps.due_key(meeting, subject)] = said.due if said else None


def _typed(meeting: Meeting, subject: Subject) -> tuple[str, str, object]:
    note, owner = (st.session_state.get(key(meeting, subject)) or "" for key in (steps.note_key, steps.owner_key))
    return note.strip(), owner.strip(), st.session_state.get(steps.due_key(meeting, subject))


def _kept(decision: Decision) -> tuple[str, str, object]:
    return decision.note, decision.owner, decision.due


def decision_words(decision: Decision) -> str:
    """A decision in a line of Markdown: what, who until when, why."""
    who = ", ".join(part for part in (decision.owner, f"due {decision.due}" if decision.due else "") if part)
    note = f" — {plain(decision.note)}" if decision.note else ""
    choice = steps.CHOICE_WORDS.get(decision.choice, decision.choice)
    return f"**{plain(choice)}**{plain(f' ({who})') if who else ''}{note}"


def _by(entry: DecisionEntry) -> str:
    return f"by {entry.by} at {clock(entry.at)}, version {entry.version}"
