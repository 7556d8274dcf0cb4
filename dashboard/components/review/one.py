"""Review mode: one SLO fills the screen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.components.acting import tell
from dashboard.components.review import markup, seen, steps
from dashboard.components.review.actions import draw_actions
from dashboard.components.review.deciding import draw_decision_bar, draw_last_decision, live_standing
from dashboard.components.review.spent import draw_burn_down, draw_spending
from dashboard.components.review.table import rows_of
from dashboard.context import PageContext
from dashboard.registry import SLO_DETAIL
from dashboard.theme import Tone, aside, mark, plain
from data.store.meetings.reading import Meeting
from scoring.meetings.subjects import Subject

JUDGED_ANEW = (
    "The definition changed, or minutes were filled in, after these numbers were taken: picture and lists show the "
    "new count. Take newer numbers to decide by it."
)


def differs(shown: Mapping[str, Any], again: Mapping[str, Any]) -> bool:
    """True when judging anew for the moment of a snapshot gives other numbers than those that are kept in it."""
    return any(shown.get(name) != again.get(name) for name in ("bad", "total", "remaining", "objective"))


def draw_one(context: PageContext, meeting: Meeting, subject: Subject, top: DeltaGenerator) -> None:
    """One SLO: its numbers, where its budget went, what was and what is decided."""
    zone = steps.zone_of(meeting)
    before = meeting.previous.snapshot if meeting.previous else None
    rows = rows_of(context, meeting.snapshot, zone, before)
    row = next((one for one in rows if one.subject == subject), None)
    if row is None:
        st.info("This SLO is of a cluster that the filter leaves out. Choose all clusters, or go back to the table.")
        top.button("Table", key="review_table", shortcut="Esc", on_click=seen.show_table)
        return
    with top:
        _draw_walk(meeting, [one.subject for one in rows], subject)
    where = f" · {row.where}" if row.where else ""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium", key="review_name"):
        st.header(f"{plain(row.title)}{plain(where)}", width="content")
        _link_to_detail(context, meeting.snapshot.subjects[subject])
        draw_last_decision(meeting, subject)
    st.html(markup.strip(row))
    today = meeting.session.opened_at.astimezone(zone).date()
    draw_actions(context, [one for one in meeting.carried if one.subject == subject], today)
    judgement = seen.judged_again(context, meeting.snapshot, subject)
    if judgement is not None and differs(meeting.snapshot.subjects[subject], judgement.status.as_json()):
        st.markdown(mark(Tone.HALT, JUDGED_ANEW))
    left, right = st.columns([3, 2], gap="large")
    with left:
        draw_burn_down(context, judgement, zone)
    with right:
        draw_spending(judgement, zone)
    with st.container(key="review_deciding", border=True):
        tell()
        live_standing(meeting, subject)
        draw_decision_bar(context, meeting, subject)
    for note in meeting.snapshot.subjects[subject].get("notes") or ():
        st.markdown(aside(note))


def _link_to_detail(context: PageContext, numbers: Mapping[str, Any]) -> None:
    """The page with everything about this SLO; what is typed here stays."""
    asked = {
        "slo": numbers["id"],
        "group": numbers.get("group"),
        "cluster": (numbers.get("labels") or {}).get("cluster"),
    }
    several = len(context.clusters) > 1
    st.page_link(
        SLO_DETAIL.file,
        label="All about it",
        query_params={name: value for name, value in asked.items() if value and (several or name != "cluster")},
        width="content",
    )


def _draw_walk(meeting: Meeting, subjects: list[Subject], subject: Subject) -> None:
    """Where in the review this is, and the way on and back."""
    place = subjects.index(subject)
    following, earlier = subjects[(place + 1) % len(subjects)], subjects[place - 1]
    progress = meeting.progress
    st.markdown(
        f"**{place + 1} of {len(subjects)}** · {progress.reviewed} of {len(progress.statuses)} reviewed",
        width="stretch",
    )
    with st.container(key="review_walk", horizontal=True, gap="small", width="content"):
        st.button("Previous", key="review_previous", shortcut="P", on_click=seen.show_subject, args=(earlier,))
        st.button("Next", key="review_next", shortcut="N", on_click=seen.show_subject, args=(following,))
        st.button("Table", key="review_table", shortcut="Esc", on_click=seen.show_table)
