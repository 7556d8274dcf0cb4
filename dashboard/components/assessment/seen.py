"""What the assessment page looks at: the sessions, what the address names, and what the store says of them."""

from __future__ import annotations

import streamlit as st

from dashboard.assessing import AssessmentState, Verdicts, assessment_state, found_verdicts
from dashboard.context import PageContext
from data.store.meetings.reading import RecordRow
from scoring.maturity.rubric import Rubric
from scoring.meetings.sessions import Session, SessionId, SessionKind
from scoring.meetings.subjects import Subject

KIND = SessionKind.ASSESSMENT
SESSION = "session"
"""Query parameter: the number of the assessment that is held or read."""
QUESTION = "question"
"""Query parameter: the subject that fills the screen."""

IMPORTED = "imported"
"""Query parameter: the number of the record from elsewhere that is read."""

MOST_SESSIONS = 200
MOST_PAST = 20


def open_sessions(context: PageContext) -> tuple[Session, ...]:
    """The assessments that are not closed, the latest first."""
    found = context.store.meetings.read.sessions(KIND, MOST_SESSIONS)
    return tuple(one for one in found if one.is_open)


def past_sessions(context: PageContext) -> tuple[RecordRow, ...]:
    """The closed assessments, the latest first; of a past moment those that were closed by then."""
    rows = context.store.meetings.read.records(KIND, MOST_SESSIONS)
    return tuple(row for row in rows if context.asof is None or row.closed_at <= context.asof)[:MOST_PAST]


def state_of(context: PageContext, session: SessionId) -> AssessmentState:
    """An assessment as it stands, read again only after a step or a vote in it."""
    store = context.store
    mark = (store.meetings.read.mark(session), store.voting.read.mark(session))
    return context.reader.ask(("assessment", session, mark), lambda _: assessment_state(store, session))


def verdicts_of(context: PageContext, rubric: Rubric) -> Verdicts:
    """What the evidence says now; everybody who asks within a minute shares the answer."""
    minute = int(context.now.timestamp() // 60)
    return context.reader.ask(
        ("verdicts", rubric.hash, minute), lambda _: found_verdicts(context.store, rubric, context.now)
    )


def asked_session() -> SessionId | None:
    """The assessment that the address names."""
    number = _asked(SESSION)
    return None if number is None else SessionId(number)


def asked_imported() -> int | None:
    """The record from elsewhere that the address names."""
    return _asked(IMPORTED)


def _asked(parameter: str) -> int | None:
    text = st.query_params.get(parameter, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def asked_question(state: AssessmentState) -> Subject | None:
    """The question that the address names, when this assessment asks it."""
    subject = Subject(st.query_params.get(QUESTION, ""))
    return subject if subject in state.questions else None


def show_question(subject: Subject | None) -> None:
    """Let one question fill the screen, or (None) go back to the list."""
    if subject is None:
        st.query_params.pop(QUESTION, None)
    else:
        st.query_params[QUESTION] = subject


def show_session(session: SessionId | None) -> None:
    """Open an assessment, or (None) leave it."""
    show_question(None)
    st.query_params.pop(IMPORTED, None)
    if session is None:
        st.query_params.pop(SESSION, None)
    else:
        st.query_params[SESSION] = str(session)


def show_imported(key: int) -> None:
    """Read a record from elsewhere."""
    show_session(None)
    st.query_params[IMPORTED] = str(key)
