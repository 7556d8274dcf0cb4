"""The decision about one question: what stands, and the bar with which the facilitator records it."""

from __future__ import annotations

import streamlit as st

from dashboard.assessing import AssessmentState
from dashboard.assessing_words import choice_words
from dashboard.components.assessment import seen, steps
from dashboard.components.frame import REFRESH_SECONDS
from dashboard.context import PageContext, page_context
from dashboard.theme import Tone, aside, mark, plain
from dashboard.wording import clock
from scoring.actors import Role
from scoring.maturity.rubric import RATINGS, Answer
from scoring.meetings.decisions import Decision, DecisionEntry
from scoring.meetings.sessions import PARKED, SessionId
from scoring.meetings.subjects import Subject
from scoring.voting.choices import Scale

ANSWER_KEYS = {"yes": "Y", "partial": "A", "no": "O", "n/a": "X", "unknown": "Q", PARKED: "Z"}
RATING_KEYS = {**{str(rating): str(rating) for rating in RATINGS}, "unknown": "Q", PARKED: "Z"}
"""Choice by key; none works while somebody types."""


def keys_of(scale: Scale) -> dict[str, str]:
    """What can be decided on a scale, each with its key."""
    return ANSWER_KEYS if scale is Scale.INDICATOR else RATING_KEYS


def draw_standing(session: SessionId, subject: Subject, version: int) -> None:
    """What is decided now. version: of the decision that the bar below was drawn with; a newer one is pointed out."""
    state = seen.state_of(page_context(), session)
    entry = state.meeting.decisions.get(subject)
    if entry is None or entry.decision is None:
        st.markdown(mark(Tone.NO_DATA, "not decided yet"))
    else:
        st.markdown(f"{mark(Tone.HEALTHY, 'decided')} {decision_words(entry.decision)}  \n{aside(_by(entry))}")
    if state.meeting.version(subject) != version:
        st.markdown(
            mark(Tone.HALT, "This changed after the fields below were drawn. What you decide will be held against it.")
        )


def live_standing(state: AssessmentState, subject: Subject) -> None:
    """What is decided, drawn anew every few seconds apart from what somebody types."""
    live = st.fragment(draw_standing, run_every=REFRESH_SECONDS)
    live(state.meeting.session.id, subject, state.meeting.version(subject))


def draw_decision_bar(context: PageContext, state: AssessmentState, subject: Subject) -> None:
    """A button for each choice, always in sight, and fields; what is typed stays until it is decided."""
    allowed = context.actor.may(Role.FACILITATOR, state.meeting.session.scope)
    keys = keys_of(state.questions[subject].scale)
    _fill(state, subject)

    def key(field: str) -> str:
        return steps.field_key(state, subject, field)

    def line(label: str, field: str, placeholder: str | None = None) -> None:
        st.text_input(label, key=key(field), persist_state="session", disabled=not allowed, placeholder=placeholder)

    with st.container(key="assess_bar", gap="small"):
        _draw_choices(context, state, subject, allowed=allowed)
        note, dissent = st.columns([3, 2])
        note.text_area("Rationale", key=key("note"), height=70, persist_state="session", disabled=not allowed)
        dissent.text_area("Dissent", key=key("dissent"), height=70, persist_state="session", disabled=not allowed)
        link, owner, due, approver = st.columns([3, 2, 2, 2], vertical_alignment="bottom")
        with link:
            line("Link to evidence", "evidence", placeholder="https://")
        with owner:
            line("Owner", "owner")
        due.date_input("Due", value=None, key=key("due"), persist_state="session", disabled=not allowed)
        if Answer.NOT_APPLICABLE.value in keys:
            with approver:
                line("Approved by (does not apply)", "approver")
    if not allowed:
        st.markdown(aside("Deciding needs the role facilitator."))


def _draw_choices(context: PageContext, state: AssessmentState, subject: Subject, *, allowed: bool) -> None:
    standing = state.meeting.decisions.get(subject)
    chosen = standing.decision.choice if standing and standing.decision else None
    with st.container(key="assess_choices", horizontal=True, gap="small"):
        for choice, shortcut in keys_of(state.questions[subject].scale).items():
            st.button(
                choice_words(choice),
                key=f"assess_choose_{choice}",
                shortcut=shortcut,
                type="primary" if choice == chosen else "secondary",
                on_click=steps.decide,
                args=(context, state, subject, choice),
                disabled=not allowed,
            )
        st.button(
            "Undo",
            key="assess_undo",
            shortcut="U",
            on_click=steps.take_back,
            args=(context, state, subject),
            disabled=not allowed or chosen is None,
            help="Take the standing decision back; the one before it stands again",
        )
    if standing and standing.decision and _differs(state, subject, standing.decision):
        st.markdown(mark(Tone.HALT, "The fields say more than what is decided. Press a choice to keep it."))


def _differs(state: AssessmentState, subject: Subject, kept: Decision) -> bool:
    said = steps.typed(state, subject, kept.choice)
    return (said.note, said.owner, said.due, said.dissent, said.evidence) != (
        kept.note,
        kept.owner,
        kept.due,
        kept.dissent,
        kept.evidence,
    )


def _fill(state: AssessmentState, subject: Subject) -> None:
    """Begin with what stands; never touch what somebody has typed."""
    if steps.field_key(state, subject, "note") in st.session_state:
        return
    entry = state.meeting.decisions.get(subject)
    said = entry.decision if entry and entry.decision else Decision("")
    values = (said.note, said.dissent, " ".join(said.evidence), said.owner, said.due, said.approved_by)
    for field, value in zip(steps.FIELDS, values, strict=True):
        st.session_state[steps.field_key(state, subject, field)] = value


def decision_words(decision: Decision) -> str:
    """A decision in a line of Markdown: what, who until when, why, and who saw it differently."""
    who = ", ".join(part for part in (decision.owner, f"due {decision.due}" if decision.due else "") if part)
    note = f" — {plain(decision.note)}" if decision.note else ""
    dissent = f" Dissent: {plain(decision.dissent)}" if decision.dissent else ""
    approved = f" Approved by {plain(decision.approved_by)}." if decision.approved_by else ""
    links = "".join(f" <{link}>" for link in decision.evidence)
    said = "Parked" if decision.choice == PARKED else choice_words(decision.choice)
    return f"**{plain(said)}**{plain(f' ({who})') if who else ''}{note}{dissent}{approved}{links}"


def _by(entry: DecisionEntry) -> str:
    return f"by {entry.by} at {clock(entry.at)}, version {entry.version}"
