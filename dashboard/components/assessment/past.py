"""Closed assessments: the list of them, and one that is read."""

from __future__ import annotations

from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.assessing_results import (
    BESIDE_WORDS,
    answer_words,
    changes,
    facts,
    headline,
    proposal_words,
    round_words,
)
from dashboard.components.acting import tell
from dashboard.components.assessment import markup, seen
from dashboard.components.assessment.deciding import decision_words
from dashboard.components.markup import told
from dashboard.components.records import draw_actions, draw_decisions, draw_exports
from dashboard.context import PageContext
from dashboard.theme import aside, plain
from dashboard.wording import moment
from scoring.meetings.records import Record, RecordError
from scoring.meetings.sessions import Session

COLUMNS = ("Question", "Decided", "Proposed", "Votes", "Evidence")


def draw_past(context: PageContext) -> None:
    """The closed assessments, the latest first."""
    rows = seen.past_sessions(context)
    st.header("Past assessments")
    if not rows:
        st.markdown(aside("None was closed yet. The first one that is will be listed here, to read and to export."))
        return
    with st.container(key="assess_past", gap=None):
        for row in rows:
            st.button(
                f"{plain(row.title)}, closed {moment(row.closed_at)}",
                key=f"assess_past_{row.session}",
                type="tertiary",
                on_click=seen.show_session,
                args=(row.session,),
            )


def draw_record(context: PageContext, session: Session, top: DeltaGenerator) -> None:
    """One closed assessment, as it was frozen."""
    top.button("All assessments", key="assess_leave", on_click=seen.show_session, args=(None,))
    tell()
    read = context.store.meetings.read
    try:
        record = read.record(session.id)
    except RecordError as error:
        st.error(plain(str(error)))
        return
    if record is None:
        st.error("The record of this assessment is gone; `streamgauge db check` says more.")
        return
    draw_frozen(record, read.meeting(session.id).previous)


def draw_frozen(record: Record, before: Record | None, origin: str = "") -> None:
    """What a record says. origin: whose it is, when it was not closed here."""
    st.header(plain(record.session.title))
    place = f" at {origin}" if origin else ""
    by = f"Closed{place} {moment(record.session.closed_at)} by {record.session.closed_by}. Read-only."
    st.markdown(f"{plain(by)}  \n{aside(f'SHA-256 {record.sha256}')}")
    st.html(f'<p class="assess-headline">{escape(headline(record.snapshot))}</p>')
    st.html(markup.facts(facts(record.snapshot)))
    draw_exports(record, before, "assess")
    st.html(_table(record))
    names = {subject: str(numbers["title"]) for subject, numbers in record.snapshot.subjects.items()}
    draw_decisions(record, names, decision_words, "Nothing was decided; the result is what the votes propose.")
    draw_actions(record, names, "assessment")
    _draw_changes(record, before)


def _table(record: Record) -> str:
    """Every question: what was decided, proposed, voted, and what the evidence says beside it."""
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in COLUMNS)
    lines = []
    for numbers in record.snapshot.subjects.values():
        place = f"<b>{escape(str(numbers['id']))}</b> " if numbers["kind"] == "indicator" else ""
        cells = (
            f'<th scope="row">{place}{escape(str(numbers["title"]))}</th>',
            f"<td><b>{escape(answer_words(numbers))}</b></td>",
            f"<td>{escape(proposal_words(numbers))}</td>",
            f"<td>{escape(round_words(numbers))}</td>",
            f"<td>{told(BESIDE_WORDS[numbers['comparison']])}</td>",
        )
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return (
        '<div class="assess-scroll" tabindex="0" role="region" aria-label="Questions and answers">'
        f'<table class="assess-table"><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table></div>'
    )


def _draw_changes(record: Record, before: Record | None) -> None:
    st.header("Since the assessment before")
    if before is None:
        st.markdown(aside("There was none before this one."))
        return
    for line in changes(before, record):
        st.markdown(plain(line))
