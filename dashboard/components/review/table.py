"""The table of the review: this minute's numbers, those of the open meeting, or those of a closed one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard.components.review import markup, seen
from dashboard.components.review.steps import CHOICE_WORDS, zone_of
from dashboard.context import PageContext, page_context
from dashboard.reviewing_header import review_header
from dashboard.reviewing_rows import ReviewRow, Told, review_row
from dashboard.theme import Tone, aside
from dashboard.wording import age
from data.store.meetings.reading import Meeting
from scoring.meetings.comparing import SubjectChange, compare
from scoring.meetings.records import Record
from scoring.meetings.reviewing import REVIEW_INTERVAL, ReviewStatus
from scoring.meetings.sessions import PARKED
from scoring.meetings.snapshots import Snapshot
from scoring.meetings.subjects import Subject

ALERTS_NOTE = (
    "Alerts: what Prometheus fires now of the rules that `streamgauge slo rules` writes. “no rules”: it evaluates none "
    "for this SLO; a pair of burn rates that is above its factor in these numbers is then named in their place."
)

NOTHING_DEFINED = (
    "No SLO is defined for what is looked at. Copy a definition, give it your own metrics, and start again."
)


def draw_live_table() -> None:
    """This minute's numbers, without a meeting."""
    context = page_context()
    review = seen.review_now(context)
    before = seen.last_record(context)
    zone = seen.reader_zone()
    start = before.snapshot.as_of if before else review.snapshot.as_of - seen.FIRST_PERIOD
    debt = seen.debt_of(context, review)
    st.html(markup.header(review_header(review.snapshot, start, zone, context.moment, debt=debt)))
    reviewed = seen.last_reviewed(context)
    rows = rows_of(context, review.snapshot, zone, before.snapshot if before else None)
    told = {one.subject: _last_review(reviewed.get(one.subject), context.moment) for one in rows}
    _draw(rows, told)


def draw_meeting_table(context: PageContext, meeting: Meeting) -> None:
    """The numbers of the open meeting, with a button for each SLO."""
    zone, snapshot = zone_of(meeting), meeting.snapshot
    header = review_header(snapshot, meeting.session.period_start, zone, context.moment, progress=meeting.progress)
    st.html(markup.header(header))
    rows = rows_of(context, snapshot, zone, meeting.previous.snapshot if meeting.previous else None)
    if not rows:
        st.info(NOTHING_DEFINED)
        return
    with st.container(key="review_rows", gap=None):
        st.html(markup.headings())
        for number, one in enumerate(rows):
            with st.container(key=f"review_line_{number}", horizontal=True, wrap=False, gap=None):
                st.html(markup.row(one))
                st.button(
                    _button(meeting, one.subject),
                    key=f"review_open_{one.subject}",
                    on_click=seen.show_subject,
                    args=(one.subject,),
                    help=f"Review {one.title}",
                    wrap=False,
                )
    st.markdown(aside(ALERTS_NOTE))


def draw_record_table(context: PageContext, record: Record, before: Record | None) -> None:
    """The frozen numbers of a closed review, with what was decided."""
    zone = ZoneInfo(record.session.zone)
    header = review_header(record.snapshot, record.session.period_start, zone, context.moment, frozen=True)
    st.html(markup.header(header))
    decisions = {entry.subject: entry.decision for entry in record.decisions}
    rows = rows_of(context, record.snapshot, zone, before.snapshot if before else None)
    told = {}
    for one in rows:
        said = decisions.get(one.subject)
        told[one.subject] = Told("not reviewed", Tone.NO_DATA) if said is None else Told(said.choice)
    _draw(rows, told)


def subjects_of(context: PageContext, snapshot: Snapshot) -> list[Subject]:
    """The subjects of the cluster that is looked at, in the order of the snapshot."""
    return [
        subject
        for subject, numbers in snapshot.subjects.items()
        if context.cluster in (None, (numbers.get("labels") or {}).get("cluster"))
    ]


def rows_of(context: PageContext, snapshot: Snapshot, zone: ZoneInfo, before: Snapshot | None) -> list[ReviewRow]:
    """The rows of the cluster that is looked at, in the order of the snapshot. before: numbers of the last review."""
    changes: Mapping[Subject, SubjectChange] = (
        {} if before is None else {change.subject: change for change in compare(before, snapshot)}
    )
    clusters = {(numbers.get("labels") or {}).get("cluster") for numbers in snapshot.subjects.values()}
    return [
        review_row(subject, snapshot.subjects[subject], zone, changes.get(subject), clusters=len(clusters) > 1)
        for subject in subjects_of(context, snapshot)
    ]


def _draw(rows: list[ReviewRow], told: Mapping[Subject, Told]) -> None:
    if not rows:
        st.info(NOTHING_DEFINED)
        return
    lines = "".join(markup.row(one, told[one.subject]) for one in rows)
    st.html(f'{markup.headings()}<div class="review-rows">{lines}</div>')
    st.markdown(aside(ALERTS_NOTE))


def _last_review(at: datetime | None, moment: datetime) -> Told:
    if at is None:
        return Told("never", Tone.NO_DATA)
    words = f"{age(moment - at)} ago"
    return Told(f"{words}, due", Tone.HALT) if moment - at > REVIEW_INTERVAL else Told(words)


def _button(meeting: Meeting, subject: Subject) -> str:
    status = meeting.progress.statuses[subject]
    entry = meeting.decisions.get(subject)
    if status is ReviewStatus.TO_REVIEW or entry is None or entry.decision is None:
        return "Decide"
    return "Parked" if entry.decision.choice == PARKED else f"✓ {CHOICE_WORDS[entry.decision.choice]}"
