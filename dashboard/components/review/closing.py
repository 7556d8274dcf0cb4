"""Closing a review: it is asked once, with what will be frozen."""

from __future__ import annotations

import streamlit as st

from dashboard.components.review import steps
from dashboard.context import PageContext
from dashboard.reviewing_rows import names_of
from dashboard.theme import plain
from dashboard.wording import plural
from data.store.meetings.reading import Meeting
from scoring.meetings.reviewing import ReviewStatus


def draw_closing(context: PageContext, meeting: Meeting) -> None:
    """The question, while it is asked."""
    if not st.session_state.get(steps.CLOSING):
        return
    with st.container(key="review_closing", border=True):
        st.markdown("  \n".join(closing_words(meeting)))
        with st.container(horizontal=True, gap="small"):
            st.button(
                "Close and freeze",
                key="review_close_now",
                type="primary",
                on_click=steps.close,
                args=(context, meeting),
            )
            st.button("Not yet", key="review_close_not", on_click=steps.go_on)


def closing_words(meeting: Meeting) -> list[str]:
    """What closing freezes, as Markdown."""
    progress = meeting.progress
    names = names_of(meeting.snapshot.subjects)
    waiting = [names[subject] for subject, status in progress.statuses.items() if status is not ReviewStatus.REVIEWED]
    owned = [entry for entry in meeting.decisions.values() if entry.decision and entry.decision.owner]
    words = [
        "**Close this review?** Its numbers, definitions, decisions and actions are frozen and never change again.",
        f"{progress.reviewed} of {len(progress.statuses)} reviewed. "
        f"{plural(len(owned), 'decision')} with an owner will become {'an action' if len(owned) == 1 else 'actions'}.",
    ]
    return [*words, plain(f"Not decided: {', '.join(waiting)}.")] if waiting else words
