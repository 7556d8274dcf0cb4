"""What the review page looks at: the open meeting, this minute's numbers, and what the address names."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from dashboard.agreed import agreed
from dashboard.context import PageContext
from dashboard.definitions import definitions
from dashboard.reviewing import Review, judged_moment, review_at
from data.store.meetings.reading import Meeting
from data.store.policy.read import not_revoked
from scoring.meetings.records import Record
from scoring.meetings.reviewing import ReviewDebt, review_debt
from scoring.meetings.sessions import SessionId, SessionKind
from scoring.meetings.snapshots import Snapshot
from scoring.meetings.subjects import Subject

KIND = SessionKind.SLO_REVIEW
REVIEW = "review"
"""Query parameter: the number of a closed review that is read."""
SUBJECT = "slo"
"""Query parameter: the subject that fills the screen."""

FIRST_PERIOD = timedelta(days=7)
"""What is looked back over before there was any review."""


def reader_zone() -> ZoneInfo:
    """The time zone of whoever looks, as their browser says it; UTC where it says none."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def review_now(context: PageContext) -> Review:
    """Every budget of every cluster at the page's moment; a minute's answer serves everybody who asks within it."""
    return _judged(context, context.moment)


def review_of(context: PageContext, snapshot: Snapshot) -> Review:
    """The same budgets as they were judged for a snapshot, from the same slices, for what a snapshot does not hold."""
    return _judged(context, judged_moment(snapshot.as_of))


def _judged(context: PageContext, moment: datetime) -> Review:
    terms = agreed(context.store, context.asof)
    overrides = not_revoked(context.store.overrides.rows(context.asof))
    said = repr((terms.exemptions, terms.acknowledgements, overrides))
    return context.reader.ask(
        ("review", int(moment.timestamp() // 60), said),
        lambda read: review_at(read, definitions(), moment, terms, overrides),
    )


def open_meeting(context: PageContext) -> Meeting | None:
    """The review that is being held; None in the past, which nobody can hold a review in."""
    if context.asof is not None:
        return None
    session = context.store.meetings.read.open_session(KIND)
    return None if session is None else meeting_of(context, session.id)


def meeting_of(context: PageContext, session: SessionId) -> Meeting:
    """All of one meeting, read again only after a step in it."""
    read = context.store.meetings.read
    return context.reader.ask(("meeting", session, read.mark(session)), lambda _: read.meeting(session))


def last_record(context: PageContext) -> Record | None:
    """The newest closed review; of a past moment the newest that was closed by then."""
    read = context.store.meetings.read
    if context.asof is None:
        return read.last_record(KIND)
    closed = [row for row in read.records(KIND) if row.closed_at <= context.asof]
    return read.record(closed[0].session) if closed else None


def debt_of(context: PageContext, review: Review) -> ReviewDebt:
    """What has gone without a review for too long."""
    return review_debt(review.judgements, context.store.meetings.read.last_reviewed(KIND), context.moment)


def asked_review() -> SessionId | None:
    """The closed review that the address names."""
    text = st.query_params.get(REVIEW, "")
    return SessionId(int(text)) if text.isascii() and text.isdigit() and len(text) < 10 else None


def asked_subject(snapshot: Snapshot) -> Subject | None:
    """The subject that the address names, when it is in these numbers."""
    subject = Subject(st.query_params.get(SUBJECT, ""))
    return subject if subject in snapshot.subjects else None


def show_subject(subject: Subject) -> None:
    """Let one SLO fill the screen."""
    st.query_params[SUBJECT] = subject


def show_table() -> None:
    """Back to the table."""
    st.query_params.pop(SUBJECT, None)


def show_review(session: SessionId | None) -> None:
    """Open a closed review, or (None) leave it."""
    if session is None:
        st.query_params.pop(REVIEW, None)
    else:
        st.query_params[REVIEW] = str(session)
