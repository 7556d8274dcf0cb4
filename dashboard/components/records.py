"""What the records of all meetings show alike: their files, what was decided, and what is to be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.exports.records import FORMS, MEDIA_TYPES, Format, export, file_name
from dashboard.theme import aside, plain
from scoring.meetings.actions import in_order
from scoring.meetings.decisions import Decision
from scoring.meetings.records import Record
from scoring.meetings.subjects import MEETING, Subject

_LABELS = {Format.MARKDOWN: "Markdown"}


def draw_exports(record: Record, before: Record | None, key: str) -> None:
    """The record as files, each made only when somebody asks for it. key: tells these buttons from others."""
    known = list(Format) if record.session.kind in FORMS else [Format.JSON]
    with st.container(key=f"{key}_exports", horizontal=True, gap="small"):
        for form in known:
            st.download_button(
                _LABELS.get(form, form.value.upper()),
                data=partial(export, record, form, before),
                file_name=file_name(record, form),
                mime=MEDIA_TYPES[form],
                key=f"{key}_export_{form.value}",
                on_click="ignore",
            )


def draw_decisions(
    record: Record,
    names: Mapping[Subject, str],
    words: Callable[[Decision], str],
    nothing: str = "Nothing was decided.",
) -> None:
    """The decisions that stood. words: of a decision, as Markdown. nothing: what is said where there is none."""
    st.header("Decisions")
    if not record.decisions:
        st.markdown(aside(nothing))
    for entry in record.decisions:
        if entry.decision is not None:
            name = plain(names.get(entry.subject, entry.subject))
            st.markdown(f"**{name}:** {words(entry.decision)}  \n{aside(f'by {entry.by}')}")


def draw_actions(record: Record, names: Mapping[Subject, str], meeting: str) -> None:
    """The actions as they stood, late ones first. meeting: what the meetings of this kind are called."""
    st.header("Actions")
    if not record.actions:
        st.markdown(aside("Nothing is to be done."))
    today = (record.session.closed_at or record.session.opened_at).astimezone(ZoneInfo(record.session.zone)).date()
    for action in in_order(record.actions, today):
        about = "" if action.subject == MEETING else f"**{plain(names.get(action.subject, action.subject))}:** "
        due = f", due {action.due}" if action.due else ""
        origin = "" if action.session == record.session.id else f", from {meeting} {action.session}"
        tail = f"{action.status}, {action.owner or 'nobody'}{due}{origin}"
        st.markdown(f"{about}{plain(action.text)}  \n{aside(tail)}")
