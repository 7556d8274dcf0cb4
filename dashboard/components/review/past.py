"""Closed reviews: the list of them, and one that is read."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.components.acting import tell
from dashboard.components.records import draw_actions, draw_decisions, draw_exports
from dashboard.components.review import seen
from dashboard.components.review.deciding import decision_words
from dashboard.components.review.table import draw_record_table
from dashboard.context import PageContext
from dashboard.reviewing_changes import change_lines
from dashboard.reviewing_rows import names_of
from dashboard.theme import aside, mark, plain
from dashboard.wording import moment
from scoring.meetings.comparing import compare
from scoring.meetings.records import Record, RecordError
from scoring.meetings.sessions import SessionId


def draw_past(context: PageContext) -> None:
    """The closed reviews, the latest first."""
    rows = seen.closed_reviews(context, seen.QUARTER)
    st.header("Past reviews")
    if not rows:
        st.markdown(
            aside("No review was closed yet. The first one that is will be listed here, to read and to export.")
        )
        return
    with st.container(key="review_past", gap=None):
        for row in rows:
            st.button(
                f"{plain(row.title)}, closed {moment(row.closed_at)}",
                key=f"review_past_{row.session}",
                type="tertiary",
                on_click=seen.show_review,
                args=(row.session,),
            )


def draw_record(context: PageContext, session: SessionId, top: DeltaGenerator) -> None:
    """One closed review, as it was frozen."""
    top.button("Back to now", key="review_leave", on_click=seen.show_review, args=(None,))
    tell()
    read = context.store.meetings.read
    try:
        record = read.record(session)
    except RecordError as error:
        st.error(plain(str(error)))
        return
    if record is None:
        st.info("There is no closed review with this number. Choose one from the list of past reviews.")
        return
    before = read.meeting(session).previous
    st.header(plain(record.session.title))
    by = f"Closed {moment(record.session.closed_at)} by {record.session.closed_by}. Read-only."
    st.markdown(f"{plain(by)}  \n{aside(f'SHA-256 {record.sha256}')}")
    draw_exports(record, before, "review")
    draw_record_table(context, record, before)
    names = names_of(record.snapshot.subjects)
    draw_decisions(record, names, decision_words)
    draw_actions(record, names, "review")
    _draw_changes(record, before)


def _draw_changes(record: Record, before: Record | None) -> None:
    st.header("Since the review before")
    if before is None:
        st.markdown(aside("There was none before this one."))
        return
    lines = change_lines(compare(before.snapshot, record.snapshot))
    if not lines:
        st.markdown(aside("No band changed, and no SLO came, went or was redefined."))
    for tone, words in lines:
        st.markdown(mark(tone, words))
