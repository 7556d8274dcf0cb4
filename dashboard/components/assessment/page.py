"""The assessment as one page: opening one, its lobby and questions, one question, a survey, or a closed one."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.assessing import AssessmentState
from dashboard.assessing_rows import next_to_decide
from dashboard.components.acting import tell
from dashboard.components.assessment import seen, steps
from dashboard.components.assessment.closing import draw_closing
from dashboard.components.assessment.elsewhere import draw_elsewhere, draw_imported
from dashboard.components.assessment.listing import draw_list
from dashboard.components.assessment.lobby import draw_lobby
from dashboard.components.assessment.opening import draw_opening
from dashboard.components.assessment.past import draw_past, draw_record
from dashboard.components.assessment.push import POLL_SECONDS
from dashboard.components.assessment.question import draw_question
from dashboard.components.assessment.survey import draw_survey
from dashboard.components.markup import variables
from dashboard.components.review.actions import draw_actions
from dashboard.context import PageContext, page_context
from dashboard.theme import aside, plain
from dashboard.wording import moment
from data.store.meetings.rows import NoSessionError
from scoring.actors import Role
from scoring.meetings.sessions import Session, SessionId

STYLES = Path(__file__).parents[2] / "assets" / "assessment.css"


def draw_assessment(top: DeltaGenerator) -> None:
    """Draw what the address and the state of the session ask for. top: the line of the title, for what can be done."""
    context = page_context()
    st.html(STYLES)
    st.html(variables(context.palette, "assess"))
    imported = seen.asked_imported()
    if imported is not None:
        draw_imported(context, imported, top)
        return
    asked = seen.asked_session()
    if asked is None:
        _draw_home(context)
        return
    session = _session(context, asked)
    if session is None:
        top.button("All assessments", key="assess_leave", on_click=seen.show_session, args=(None,))
        st.info("There is no assessment with this number. Choose one from the list of all assessments.")
    elif not session.is_open:
        draw_record(context, session, top)
    elif context.asof is not None:
        st.info("An assessment is held now; go back to now to go on with it.")
    else:
        try:
            state = seen.state_of(context, session.id)
        except ValueError as error:
            st.error(plain(str(error)))
            return
        _draw_open(context, state, top)


def _session(context: PageContext, asked: SessionId) -> Session | None:
    try:
        found = context.store.meetings.read.meeting(asked).session
    except NoSessionError:
        return None
    return found if found.kind is seen.KIND else None


def _draw_home(context: PageContext) -> None:
    tell()
    if context.asof is not None:
        st.info("An assessment is held now; go back to now to open one.")
        draw_past(context)
        draw_elsewhere(context)
        return
    opened = seen.open_sessions(context)
    if opened:
        st.header("Open assessments")
    for session in opened:
        with st.container(key=f"assess_open_{session.id}", horizontal=True, vertical_alignment="center", gap="small"):
            st.button("Go on", key=f"assess_on_{session.id}", on_click=seen.show_session, args=(session.id,))
            said = aside(f"opened {moment(session.opened_at)} by {session.opened_by}")
            st.markdown(f"**{plain(session.title)}** {said}", width="stretch")
    st.header("A new assessment")
    st.markdown(
        "A group answers the questions of the rubric, each on a phone, and nobody sees a vote before all are revealed. "
        "Then the room talks where it differs, sees what the platform itself shows, and decides. "
        "Open one, let people scan the code, and go through the questions; an hour is enough."
    )
    draw_opening(context)
    draw_past(context)
    draw_elsewhere(context)


def _draw_open(context: PageContext, state: AssessmentState, top: DeltaGenerator) -> None:
    subject = None if state.is_survey else seen.asked_question(state)
    if subject is not None:
        draw_question(context, state, subject, top)
        return
    session = state.meeting.session
    allowed = context.actor.may(Role.FACILITATOR, session.scope)
    with top:
        if not state.is_survey:
            _draw_start(state)
        st.button(
            "Close assessment …",
            key="assess_close",
            on_click=steps.ask_to_close,
            disabled=not allowed or state.is_survey,
            help="End the survey first" if state.is_survey else None,
        )
        st.button("All assessments", key="assess_leave", on_click=seen.show_session, args=(None,))
        st.markdown(aside(_about(context, state)), width="stretch")
    tell()
    if st.session_state.get(steps.CLOSING) and not state.is_survey:
        draw_closing(context, state)
        return
    if state.is_survey:
        draw_survey(context, state)
        return
    draw_lobby(context, state)
    today = session.opened_at.date()
    names = {key: one.title for key, one in state.questions.items()}
    draw_actions(context, state.meeting.carried, today, names, meetings="assessments", settle=steps.settle)
    draw_list(context, state)
    _watch(context, session.id)


def _draw_start(state: AssessmentState) -> None:
    open_round = state.open_round
    following = open_round.subject if open_round is not None else next_to_decide(state)
    begun = bool(state.meeting.decisions) or bool(state.voted) or open_round is not None
    st.button(
        "Go on (next question)" if begun else "Start",
        key="assess_start",
        type="primary",
        shortcut="N",
        on_click=seen.show_question,
        args=(following,),
        disabled=following is None,
    )


def _about(context: PageContext, state: AssessmentState) -> str:
    session, rubric = state.meeting.session, state.rubric
    about = session.scope.name or "everything"
    sample = " A trial beside recorded numbers." if context.meta.sample else ""
    return (
        f"{session.title}, about {about}, opened {moment(session.opened_at)} by {session.opened_by}. "
        f"Rubric {rubric.id} {rubric.version}, hash {rubric.hash[:12]}.{sample}"
    )


def _watch(context: PageContext, session: SessionId) -> None:
    """Draw the list anew when somebody else takes a step; nobody types on it."""
    st.fragment(_look, run_every=POLL_SECONDS)(_mark(context, session), session)


def _look(drawn: str, session: SessionId) -> None:
    if _mark(page_context(), session) != drawn:
        st.rerun(scope="app")


def _mark(context: PageContext, session: SessionId) -> str:
    lobby = context.store.voting.read.mark(session)
    return f"{context.store.meetings.read.mark(session)}:{lobby and (lobby.version, lobby.closed)}"
