"""What the review page looks at: the open meeting, this minute's numbers, and what the address names."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from dashboard.agreed import agreed
from dashboard.context import PageContext
from dashboard.definitions import definitions
from dashboard.reviewing import Review, judged_moment, judgement_of, review_at
from data.store.meetings.reading import Meeting, RecordRow
from data.store.policy.read import not_revoked
from scoring.meetings.records import Record, RecordError
from scoring.meetings.reviewing import ReviewDebt, review_debt
from scoring.meetings.sessions import PARKED, SessionId, SessionKind
from scoring.meetings.snapshots import Snapshot
from scoring.meetings.subjects import Subject
from scoring.slo.judging import Judgement
from scoring.slo.slices import MINUTE

KIND = SessionKind.SLO_REVIEW
REVIEW = "review"
"""Query parameter: the number of a closed review that is read."""
SUBJECT = "subject"
"""Query parameter: the subject that fills the screen."""

MOST_REVIEWS = 1_000
"""Closed reviews that a past moment is looked for among: twenty years of weekly ones."""

QUARTER = 13
"""Weekly reviews in a quarter of a year."""

FIRST_PERIOD = timedelta(days=7)
"""What is looked back over before there was any review."""


def reader_zone() -> ZoneInfo:
    """The time zone of whoever looks, as their browser says it; UTC where it says none."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def review_now(context: PageContext) -> Review:
    """Every budget of every cluster at the page's moment; everybody who asks within a minute shares the answer."""
    moment = context.moment
    terms = agreed(context.store, context.asof)
    overrides = not_revoked(context.store.overrides.rows(context.asof))
    said = repr((terms.exemptions, terms.acknowledgements, overrides))
    return context.reader.ask(
        ("review", int(moment.timestamp() // 60), said),
        lambda read: review_at(read, definitions(), moment, terms, overrides),
    )


def judged_again(context: PageContext, snapshot: Snapshot, subject: Subject) -> Judgement | None:
    """One budget as it was judged for a snapshot, for what a snapshot does not hold: from the same slices, and with
    what had been agreed on by then. None when its SLO is not defined any more."""
    moment = judged_moment(snapshot.as_of)
    terms = agreed(context.store, moment + MINUTE)
    said = repr((terms.exemptions, terms.acknowledgements))
    return context.reader.ask(
        ("judged_again", subject, moment, said), lambda read: judgement_of(read, definitions(), subject, moment, terms)
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


def closed_reviews(context: PageContext, most: int) -> tuple[RecordRow, ...]:
    """The closed reviews, the latest first; of a past moment those that were closed by then."""
    rows = context.store.meetings.read.records(KIND, most if context.asof is None else MOST_REVIEWS)
    return tuple(row for row in rows if context.asof is None or row.closed_at <= context.asof)[:most]


def record_of(context: PageContext, row: RecordRow) -> Record:
    """A closed review; read and verified once, for it does not change. Raises RecordError when it did."""
    record = context.reader.ask(("record", row.sha256), lambda _: context.store.meetings.read.record(row.session))
    if record is None:
        raise RecordError(f"The record of review {row.session} is gone; `streamgauge db check` says more.")
    return record


def last_record(context: PageContext) -> Record | None:
    """The newest closed review of that moment."""
    rows = closed_reviews(context, 1)
    return record_of(context, rows[0]) if rows else None


def last_reviewed(context: PageContext) -> dict[Subject, datetime]:
    """When each subject was last decided about; of a past moment as far as the last quarter's reviews say."""
    rows = closed_reviews(context, QUARTER)
    if context.asof is None:
        read = context.store.meetings.read
        newest = rows[0].sha256 if rows else None
        return context.reader.ask(("last_reviewed", newest), lambda _: read.last_reviewed(KIND))
    entries = [entry for row in reversed(rows) for entry in record_of(context, row).decisions]
    return {one.subject: one.at for one in entries if one.decision and one.decision.choice != PARKED}


def debt_of(context: PageContext, review: Review) -> ReviewDebt:
    """What has gone without a review for too long."""
    return review_debt(review.statuses, last_reviewed(context), context.moment)


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
