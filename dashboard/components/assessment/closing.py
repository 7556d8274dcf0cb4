"""Closing an assessment: it is asked once, with the result that will be frozen."""

from __future__ import annotations

from html import escape

import streamlit as st

from dashboard.assessing import AssessmentState, last_snapshot
from dashboard.assessing_results import facts, headline
from dashboard.components.assessment import markup, steps
from dashboard.context import PageContext
from dashboard.theme import plain
from dashboard.wording import plural
from scoring.meetings.actions import ActionStatus
from scoring.meetings.reviewing import ReviewStatus


def draw_closing(context: PageContext, state: AssessmentState) -> None:
    """The question; nothing else is on the screen while it is asked."""
    snapshot = last_snapshot(context.store, state, context.now)
    with st.container(key="assess_closing", border=True):
        st.html(f'<p class="assess-headline">{escape(headline(snapshot))}</p>')
        st.html(markup.facts(facts(snapshot)))
        st.markdown("  \n".join(closing_words(state)))
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Close and freeze",
                key="assess_close_now",
                type="primary",
                on_click=steps.close,
                args=(context, state.meeting.session),
            )
            st.button("Not yet", key="assess_close_not", on_click=steps.go_on)


def closing_words(state: AssessmentState) -> list[str]:
    """What closing freezes, as Markdown."""
    meeting = state.meeting
    progress = meeting.progress
    waiting = [
        state.questions[subject].title
        for subject, status in progress.statuses.items()
        if status is not ReviewStatus.REVIEWED
    ]
    owned = sum(bool(entry.decision and entry.decision.owner) for entry in meeting.decisions.values())
    still = sum(one.status is ActionStatus.OPEN for one in (*meeting.carried, *meeting.actions))
    words = [
        "**Close this assessment?** Votes, decisions, evidence and result are frozen and never change again.",
        f"{progress.reviewed} of {len(progress.statuses)} decided. {plural(owned, 'decision')} with an owner will "
        f"become {'an action' if owned == 1 else 'actions'}; {plural(still, 'action')} open before.",
    ]
    if not waiting:
        return words
    named = ", ".join(waiting[:6]) + (f" and {len(waiting) - 6} more" if len(waiting) > 6 else "")
    return [*words, plain(f"Not decided, and unknown in the result: {named}.")]
