"""Closed reviews: the list of them, and one that is read."""

from __future__ import annotations

from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.components.review import seen, steps
from dashboard.components.review.deciding import decision_words
from dashboard.components.review.table import draw_record_table
from dashboard.context import PageContext
from dashboard.exports.records import MEDIA_TYPES, Format, export, file_name
from dashboard.reviewing_changes import change_lines
from dashboard.reviewing_rows import names_of
from dashboard.theme import aside, mark, plain
from dashboard.wording import moment
from scoring.meetings.actions import in_order
from scoring.meetings.comparing import compare
from scoring.meetings.records import Record, RecordError
from scoring.meetings.sessions import SessionId
from scoring.meetings.subjects import MEETING


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
    steps.tell()
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
    _draw_exports(record, before)
    draw_record_table(context, record, before)
    _draw_decisions(record)
    _draw_changes(record, before)


def _draw_exports(record: Record, before: Record | None) -> None:
    """Files, each made only when somebody asks for it."""
    with st.container(key="review_exports", horizontal=True, gap="small"):
        for form in Format:
            st.download_button(
                {Format.MARKDOWN: "Markdown"}.get(form, form.value.upper()),
                data=partial(export, record, form, before),
                file_name=file_name(record, form),
                mime=MEDIA_TYPES[form],
                key=f"review_export_{form.value}",
                on_click="ignore",
            )


def _draw_decisions(record: Record) -> None:
    names = names_of(record.snapshot.subjects)
    st.header("Decisions")
    if not record.decisions:
        st.markdown(aside("Nothing was decided."))
    for entry in record.decisions:
        if entry.decision is not None:
            name = plain(names.get(entry.subject, entry.subject))
            st.markdown(f"**{name}:** {decision_words(entry.decision)}  \n{aside(f'by {entry.by}')}")
    st.header("Actions")
    if not record.actions:
        st.markdown(aside("Nothing is to be done."))
    today = (record.session.closed_at or record.session.opened_at).astimezone(ZoneInfo(record.session.zone)).date()
    for action in in_order(record.actions, today):
        about = "" if action.subject == MEETING else f"**{plain(names.get(action.subject, action.subject))}:** "
        due = f", due {action.due}" if action.due else ""
        origin = "" if action.session == record.session.id else f", from review {action.session}"
        tail = f"{action.status}, {action.owner or 'nobody'}{due}{origin}"
        st.markdown(f"{about}{plain(action.text)}  \n{aside(tail)}")


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
