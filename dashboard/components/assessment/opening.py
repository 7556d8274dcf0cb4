"""Opening an assessment: what it is about, who is asked, and how."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from dashboard.components.acting import act, moment_field, moment_in
from dashboard.components.assessment import seen, steps
from dashboard.components.review.seen import reader_zone
from dashboard.context import PageContext
from dashboard.rubrics import instance_rubric
from dashboard.theme import aside
from dashboard.wording import plural
from data.definitions.located import DefinitionError
from scoring.actors import EVERYTHING, Role, Scope, ScopeKind
from scoring.maturity.rubric import Rubric
from scoring.meetings.assessments import assessment_snapshot
from scoring.meetings.sessions import SessionId
from scoring.voting.lobbies import GROUPS
from scoring.voting.questions import rubric_questions

_SCOPES = {"Everything": ScopeKind.EVERYTHING, "One domain": ScopeKind.DOMAIN, "One product": ScopeKind.PRODUCT}
_MODES = ("In a meeting, question by question", "As a survey, until a deadline")
_CAPTIONS = (
    "Nobody has voted before; each question is put to the room.",
    "For many people, or as the vote before a meeting: the meeting begins with these answers and may vote once more.",
)
_TIMERS = {"No timer": None, "30 seconds": 30, "45 seconds": 45, "60 seconds": 60, "90 seconds": 90, "3 minutes": 180}
SURVEY_DAYS = 7


def draw_opening(context: PageContext) -> None:
    """The form. Everything in it has a sensible beginning: two people can start by pressing one button."""
    try:
        rubric = instance_rubric(context.instance.settings)
    except DefinitionError as error:
        st.error(f"The rubric of this instance cannot be read, so nothing can be assessed by it. {error}")
        return
    allowed = context.actor.may(Role.FACILITATOR)
    day = context.now.astimezone(reader_zone())
    with st.container(key="assess_opening", border=True):
        st.markdown(_rubric_words(rubric))
        title, scope, name = st.columns([4, 2, 2], vertical_alignment="bottom")
        title.text_input("Title", f"Assessment of {day:%-d %B %Y}", key="assess_new_title")
        chosen = scope.selectbox("About", list(_SCOPES), key="assess_new_scope")
        name.text_input("Which one", key="assess_new_scope_name", disabled=_SCOPES[chosen] is ScopeKind.EVERYTHING)
        st.radio("How", _MODES, captions=_CAPTIONS, key="assess_new_mode", horizontal=True)
        survey = st.session_state["assess_new_mode"] == _MODES[1]
        groups, units = st.columns(2)
        groups.multiselect(
            "Groups that people belong to",
            list(GROUPS),
            default=list(GROUPS),
            accept_new_options=True,
            key="assess_new_groups",
            help="Results are told by group where nobody is exposed. Type a name and press Enter to add one.",
        )
        units.multiselect(
            "Units of the organisation (left empty: not asked)",
            [],
            accept_new_options=True,
            key="assess_new_units",
        )
        _draw_conduct(context, survey=survey)
        st.button(
            "Open the survey" if survey else "Open the assessment",
            key="assess_open",
            type="primary",
            on_click=_open,
            args=(context, rubric),
            disabled=not allowed,
        )
        if not allowed:
            st.markdown(aside("Opening an assessment needs the role facilitator."))


def _draw_conduct(context: PageContext, *, survey: bool) -> None:
    named, second, third = st.columns(3, vertical_alignment="bottom")
    named.toggle(
        "People give their names",
        key="assess_new_named",
        help="Off: nobody ever learns who voted what. On: the room sees it after each reveal.",
    )
    if survey:
        with second:
            moment_field("Deadline", "assess_new_deadline", context.now + timedelta(days=SURVEY_DAYS))
        return
    second.selectbox("Time for a vote", list(_TIMERS), index=2, key="assess_new_timer")
    third.toggle(
        "Reveal by itself when all are in",
        key="assess_new_auto",
        help="Otherwise the facilitator reveals.",
    )


def _rubric_words(rubric: Rubric) -> str:
    about = f"Rubric {rubric.id} {rubric.version}"
    questions = plural(len(rubric_questions(rubric)), "question")
    return f"**{questions}** {aside(f'{about}, {rubric.language}, hash {rubric.hash[:12]}')}"


def _open(context: PageContext, rubric: Rubric) -> None:
    act("", lambda: _opened(context, rubric))


def _opened(context: PageContext, rubric: Rubric) -> None:
    said = st.session_state
    kind = _SCOPES[said["assess_new_scope"]]
    scope = EVERYTHING if kind is ScopeKind.EVERYTHING else Scope(kind, said["assess_new_scope_name"].strip())
    if kind is not ScopeKind.EVERYTHING and not scope.name:
        raise ValueError("Write which domain or product this is about, or choose everything.")
    survey = said["assess_new_mode"] == _MODES[1]
    deadline = moment_in("assess_new_deadline") if survey else None
    if survey and (deadline is None or deadline <= context.store.voting.clock()):
        raise ValueError("A survey needs a deadline that has not passed; choose a later one.")
    settings = {
        "groups": list(said["assess_new_groups"]),
        "units": list(said["assess_new_units"]),
        "named": bool(said["assess_new_named"]),
        "auto_reveal": bool(said.get("assess_new_auto")) and not survey,
        steps.TIMER: None if survey else _TIMERS[said.get("assess_new_timer", "No timer")],
    }
    store, actor = context.store, context.actor
    session = store.meetings.open(
        actor,
        seen.KIND,
        said["assess_new_title"],
        assessment_snapshot(rubric, context.now),
        scope=scope,
        zone=reader_zone().key,
        settings=settings,
    )
    seen.show_session(session.id)
    store.voting.lobbies.open(actor, session.id, steps.lobby_settings(session))
    if deadline is not None:
        store.voting.rounds.start_survey(actor, SessionId(session.id), rubric_questions(rubric), deadline)
