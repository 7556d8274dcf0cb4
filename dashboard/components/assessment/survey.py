"""A survey while it runs: how to take part, how many answers are in, until when."""

from __future__ import annotations

import streamlit as st

from dashboard.assessing import AssessmentState
from dashboard.components.acting import moment_field, moment_in
from dashboard.components.assessment import seen, steps
from dashboard.components.assessment.lobby import draw_lobby
from dashboard.components.assessment.push import POLL_SECONDS
from dashboard.context import PageContext, page_context
from dashboard.theme import Tone, aside, mark
from dashboard.wording import age, moment, plural
from scoring.actors import Role
from scoring.meetings.sessions import SessionId

_DEADLINE = "assess_deadline"


def draw_survey(context: PageContext, state: AssessmentState) -> None:
    """The survey; what was answered is not shown before its end."""
    session = state.meeting.session
    allowed = context.actor.may(Role.FACILITATOR, session.scope)
    draw_lobby(context, state)
    st.fragment(draw_progress, run_every=POLL_SECONDS)(session.id)
    lobby = state.lobby
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        moment_field("Deadline", _DEADLINE, lobby.deadline if lobby else None)
        st.button(
            "Move the deadline",
            key="assess_move",
            on_click=_move,
            args=(context, state),
            disabled=not allowed,
        )
        st.button(
            "End the survey and reveal",
            key="assess_end_survey",
            type="primary",
            on_click=steps.end_survey,
            args=(context, state),
            disabled=not allowed,
        )
    st.markdown(aside("What a survey says are proposals. A meeting may vote once more on each, and decides."))


def draw_progress(session: SessionId) -> None:
    """How many answers are in."""
    context = page_context()
    state = seen.state_of(context, session)
    if not state.is_survey or state.lobby is None:
        st.rerun(scope="app")
    st.header(progress_words(state))
    deadline = state.lobby.deadline if state.lobby else None
    if deadline is None:
        return
    left = deadline - context.store.voting.clock()
    if left.total_seconds() > 0:
        st.markdown(f"Open until {moment(deadline)}, {age(left)} from now")
    else:
        st.markdown(
            mark(Tone.HALT, f"The deadline passed at {moment(deadline)}; nobody votes any more. End the survey.")
        )


def progress_words(state: AssessmentState) -> str:
    """Answers that are in, of all that are waited for; and from how many people."""
    turnouts = list(state.turnouts.values())
    votes = sum(one.votes for one in turnouts)
    people = sum(state.joined.values())
    if not turnouts or not people:
        return "Nobody has joined yet"
    asked = "1 person" if people == 1 else f"{people} people"
    return f"{plural(votes, 'answer')} of {people * len(turnouts)} in; {asked} asked"


def _move(context: PageContext, state: AssessmentState) -> None:
    steps.move_deadline(context, state, moment_in(_DEADLINE))
