"""What people say happened beside the charts: listed, added, ended, removed. It stays."""

from __future__ import annotations

from datetime import datetime, timedelta

import streamlit as st

from dashboard.components.acting import act, moment_field, moment_in, tell
from dashboard.components.detail.charts import described
from dashboard.components.detail.looking import Looking, annotations_of
from dashboard.context import PageContext
from dashboard.theme import aside, plain
from dashboard.wording import moment
from data.store.policy.read import EVERYTHING_HERE, AnnotationKind, AnnotationRow
from scoring.meetings.subjects import Subject, slo_subject

ONE_MOMENT, GOES_ON, ENDED = "one moment", "still going on", "has ended"


def draw_happenings(looking: Looking) -> None:
    """The list with the chart's numbers, and the form."""
    detail = looking.detail
    if detail is None:
        return
    st.header("What happened")
    tell()
    rows = annotations_of(looking)
    for number, row in enumerate(rows, 1):
        _draw_row(looking.context, number, row)
    for number, exemption in enumerate(detail.judgement.status.exemptions, len(rows) + 1):
        late = " (asked for after it began)" if exemption.late else ""
        line = f"exempted, {exemption.start:%b %d %H:%M} – {exemption.end:%b %d %H:%M} UTC{late}: {exemption.reason}"
        who = f"asked by {exemption.requested_by}, approved by {exemption.approved_by}"
        st.markdown(f"**{number}** {plain(line)}  \n{aside(who)}")
    if not rows and not detail.judgement.status.exemptions:
        st.markdown(aside("Nobody has said anything about this window yet."))
    if looking.context.asof is not None:
        st.markdown(aside("This is the past as it was known then; go back to now to add something."))
        return
    status = detail.judgement.status
    with st.expander("Say what happened", key="annotate", on_change="rerun") as form:
        if form.open:
            _draw_form(looking.context, slo_subject(status.id, status.cluster, status.group), status.as_of)


def _draw_row(context: PageContext, number: int, row: AnnotationRow) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        link = f" [link]({row.link})" if row.link else ""
        everywhere = ", about every SLO" if row.subject == EVERYTHING_HERE else ""
        st.markdown(
            f"**{number}** {plain(described(row))}{link}  \n"
            f"{aside(f'said by {row.added_by}, {moment(row.added_at)}{everywhere}')}",
            width="stretch",
        )
        if context.asof is not None:
            return
        if row.ends_at is None:
            st.button(
                "It has ended",
                key=f"end_{row.key}",
                on_click=_end,
                args=(context, row.key),
            )
        st.button(
            "Remove",
            key=f"remove_{row.key}",
            help="Shown no more; it and who removed it stay on file.",
            on_click=_remove,
            args=(context, row.key),
        )


def _end(context: PageContext, key: int) -> None:
    act("Ended.", lambda: context.store.annotations.end(context.actor, key, context.now))


def _remove(context: PageContext, key: int) -> None:
    act("Removed.", lambda: context.store.annotations.remove(context.actor, key))


def _draw_form(context: PageContext, subject: Subject, as_of: datetime) -> None:
    st.selectbox("What", [one.value for one in AnnotationKind], key="annotation_kind", width=300)
    st.text_input("In words", key="annotation_text", max_chars=500)
    moment_field("From", "annotation_from", as_of - timedelta(hours=1))
    lasts = st.segmented_control(
        "It", [ONE_MOMENT, GOES_ON, ENDED], default=ONE_MOMENT, key="annotation_lasts", required=True
    )
    if lasts == ENDED:
        moment_field("Until", "annotation_until", as_of)
    st.text_input("Link (may be empty)", key="annotation_link")
    st.checkbox("About every SLO, such as a deploy of all brokers", key="annotation_everywhere")
    st.button("Add", key="annotation_add", type="primary", on_click=_add, args=(context, subject))


def _add(context: PageContext, subject: Subject) -> None:
    if act("Added; it stays on this chart.", lambda: _write(context, subject)):
        st.session_state["annotation_text"] = ""
        st.session_state["annotation_link"] = ""


def _write(context: PageContext, subject: Subject) -> None:
    fields = st.session_state
    starts = moment_in("annotation_from")
    if starts is None:
        raise ValueError("Say when it began.")
    ends = {GOES_ON: None, ENDED: moment_in("annotation_until")}.get(fields["annotation_lasts"], starts)
    context.store.annotations.add(
        context.actor,
        AnnotationKind(fields["annotation_kind"]),
        fields["annotation_text"],
        starts,
        ends,
        EVERYTHING_HERE if fields["annotation_everywhere"] else subject,
        fields["annotation_link"],
    )
