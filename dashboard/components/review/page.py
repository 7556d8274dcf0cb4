"""The SLO review as one page: a closed review, the open one, or the numbers of this minute."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.components.acting import tell
from dashboard.components.frame import REFRESH_SECONDS
from dashboard.components.markup import variables
from dashboard.components.review import seen, steps
from dashboard.components.review.actions import draw_actions
from dashboard.components.review.closing import draw_closing
from dashboard.components.review.keys import listen_for_review_mode
from dashboard.components.review.one import draw_one
from dashboard.components.review.past import draw_past, draw_record
from dashboard.components.review.table import draw_live_table, draw_meeting_table, subjects_of
from dashboard.context import PageContext, page_context
from dashboard.reviewing_rows import names_of
from dashboard.theme import Tone, aside, mark
from dashboard.wording import moment
from data.store.meetings.reading import Meeting
from scoring.actors import Role
from scoring.meetings.reviewing import ReviewStatus
from scoring.meetings.sessions import SessionId
from scoring.meetings.subjects import Subject

STYLES = Path(__file__).parents[2] / "assets" / "review.css"


def draw_review(top: DeltaGenerator) -> None:
    """Draw what the address and the state of the meeting ask for. top: the line of the title, for what can be done."""
    context = page_context()
    st.html(STYLES)
    st.html(variables(context.palette, "review"))
    if not context.clusters:
        st.info("No cluster has been observed yet. The first numbers come within a minute of the collector's start.")
        return
    asked = seen.asked_review()
    if asked is not None:
        draw_record(context, asked, top)
        return
    meeting = seen.open_meeting(context)
    subject = None if meeting is None else seen.asked_subject(meeting.snapshot)
    _watch(meeting, subject)
    if meeting is None:
        _draw_without_meeting(context, top)
    elif subject is None:
        _draw_meeting(context, meeting, top)
    else:
        draw_one(context, meeting, subject, top)


def _draw_without_meeting(context: PageContext, top: DeltaGenerator) -> None:
    allowed = context.asof is None and context.actor.may(Role.FACILITATOR)
    with top:
        st.button(
            "Start review",
            key="review_start",
            type="primary",
            on_click=steps.start,
            args=(context,),
            disabled=not allowed,
        )
        st.markdown(aside(_why(context, allowed)), width="stretch")
    tell()
    if seen.SUBJECT in st.query_params:
        st.markdown(mark(Tone.NO_DATA, "The review that this address belongs to is closed; it is in the list below."))
    st.fragment(draw_live_table, run_every=None if context.asof else REFRESH_SECONDS)()
    draw_past(context)


def _why(context: PageContext, allowed: bool) -> str:
    if context.asof is not None:
        return "A review is held on the numbers of now; go back to now to start one."
    if not allowed:
        return "Starting a review needs the role facilitator."
    sample = " These are recorded numbers: the review is a trial, kept with the sample." if context.meta.sample else ""
    return f"No review is open. Starting one keeps these numbers on every screen.{sample}"


def _draw_meeting(context: PageContext, meeting: Meeting, top: DeltaGenerator) -> None:
    session = meeting.session
    allowed = context.actor.may(Role.FACILITATOR, session.scope)
    subjects = subjects_of(context, meeting.snapshot)
    waiting = (one for one in subjects if meeting.progress.statuses[one] is ReviewStatus.TO_REVIEW)
    first = next(waiting, subjects[0] if subjects else None)
    with top:
        st.button(
            "Review mode (R)",
            key="review_mode",
            type="primary",
            on_click=seen.show_subject,
            args=(first,),
            disabled=first is None,
        )
        st.button(
            "Take newer numbers",
            key="review_refresh",
            on_click=steps.refresh,
            args=(context, meeting),
            disabled=not allowed,
        )
        st.button("Close review …", key="review_close", on_click=steps.ask_to_close, disabled=not allowed)
        sample = " A trial on recorded numbers." if context.meta.sample else ""
        opened = f"{session.title}, opened {moment(session.opened_at)} by {session.opened_by}.{sample}"
        st.markdown(aside(opened), width="stretch")
    listen_for_review_mode()
    tell()
    draw_closing(context, meeting)
    today = session.opened_at.astimezone(steps.zone_of(meeting)).date()
    draw_actions(context, meeting.carried, today, names_of(meeting.snapshot.subjects))
    draw_meeting_table(context, meeting)
    draw_past(context)


def _watch(meeting: Meeting | None, subject: Subject | None) -> None:
    """Draw the page anew when the meeting goes on elsewhere; in review mode only when it has ended, so that nothing
    that somebody types is touched."""
    if page_context().asof is None:
        drawn = _seen_state(page_context(), meeting.session.id if meeting else None, in_review_mode=subject is not None)
        st.fragment(_look, run_every=REFRESH_SECONDS)(drawn, in_review_mode=subject is not None)


def _look(drawn: str, *, in_review_mode: bool) -> None:
    context = page_context()
    session = context.store.meetings.read.open_session(seen.KIND)
    if _seen_state(context, session.id if session else None, in_review_mode=in_review_mode) != drawn:
        st.rerun(scope="app")


def _seen_state(context: PageContext, session: SessionId | None, *, in_review_mode: bool) -> str:
    if session is None or in_review_mode:
        return str(session)
    return f"{session}:{context.store.meetings.read.mark(session)}"
