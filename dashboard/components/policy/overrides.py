"""Overrides: releases that pass in spite of a band, with a reason and an end."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from dashboard.components.acting import act, moment_field, moment_in
from dashboard.components.policy.choosing import EVERY_SLO_TITLE, chosen_slos, slo_titles, slos_field
from dashboard.context import PageContext, page_context
from dashboard.theme import Tone, aside, mark, plain
from dashboard.wording import moment
from data.store.policy.read import OverrideRow
from scoring.slo.policy import ReleaseClass

BOTH = "both classes"
SHOWN_PAST = 5


def draw_overrides() -> None:
    """Those in force first; some of the past ones; the form."""
    context = page_context()
    rows = context.store.overrides.rows(context.asof)
    current = [row for row in rows if row.revoked_at is None and row.override.until > context.moment]
    for row in current:
        _draw_row(context, row)
    if not current:
        st.markdown(aside("None is in force."))
    past = [row for row in rows if row not in current]
    for row in past[:SHOWN_PAST]:
        st.markdown(aside(f"{_words(row)} — {_ended(row)}"))
    if len(past) > SHOWN_PAST:
        st.markdown(aside(f"{len(past) - SHOWN_PAST} older ones are on file."))
    if context.asof is None:
        with st.expander("Let releases pass (approver)", key="override_form", on_change="rerun") as form:
            if form.open:
                _draw_form(context)


def _draw_row(context: PageContext, row: OverrideRow) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(
            f"{mark(Tone.HALT, f'until {moment(row.override.until)}')}  \n{plain(_words(row))}", width="stretch"
        )
        if context.asof is None:
            st.button("End now", key=f"revoke_{row.key}", on_click=_revoke, args=(context, row.key))


def _words(row: OverrideRow) -> str:
    one = row.override
    who = BOTH if one.release_class is None else f"{one.release_class} releases"
    return f"{who} pass over {slo_titles(one.slos)}: {one.reason} ({one.overridden_by}, {moment(one.recorded_at)})"


def _ended(row: OverrideRow) -> str:
    if row.revoked_at is not None:
        return f"ended {moment(row.revoked_at)} by {row.revoked_by}"
    return f"ended {moment(row.override.until)}"


def _draw_form(context: PageContext) -> None:
    slos_field("override_slos")
    st.segmented_control(
        "Class",
        [one.value for one in ReleaseClass] + [BOTH],
        default=ReleaseClass.NON_CRITICAL.value,
        key="override_class",
        required=True,
    )
    moment_field("Until", "override_until", context.now + timedelta(hours=4))
    st.text_input("Reason", key="override_reason", max_chars=500)
    st.button("Let them pass", key="override_grant", type="primary", on_click=_grant, args=(context,))
    st.markdown(aside(f"{EVERY_SLO_TITLE}, or some of them. Who, why and until when is on file and at the gate."))


def _grant(context: PageContext) -> None:
    if act("Granted; the gate takes it from now on.", lambda: _write(context)):
        st.session_state["override_reason"] = ""


def _write(context: PageContext) -> None:
    until, chosen = moment_in("override_until"), st.session_state["override_class"]
    if until is None:
        raise ValueError("Say until when.")
    context.store.overrides.grant(
        context.actor,
        chosen_slos(st.session_state["override_slos"]),
        None if chosen == BOTH else ReleaseClass(chosen),
        st.session_state["override_reason"],
        until,
    )


def _revoke(context: PageContext, key: int) -> None:
    act("Ended; the gate decides by the bands again.", lambda: context.store.overrides.revoke(context.actor, key))
