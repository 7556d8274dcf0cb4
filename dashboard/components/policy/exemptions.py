"""Exemptions: minutes that should not count, asked for by one person and approved by another."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from dashboard.components.acting import act, moment_field, moment_in
from dashboard.components.policy.choosing import chosen_slos, slo_titles, slos_field
from dashboard.context import PageContext, page_context
from dashboard.definitions import defined
from dashboard.theme import Tone, aside, mark, plain
from dashboard.wording import duration, moment
from data.store.policy.read import ExemptionRow, ExemptionState
from scoring.slo.exemptions import FARTHEST_BACK, Exemption

STATES: dict[ExemptionState, tuple[Tone, str]] = {
    ExemptionState.REQUESTED: (Tone.HALT, "asked for, does not count yet"),
    ExemptionState.APPROVED: (Tone.HEALTHY, "approved"),
    ExemptionState.WITHDRAWN: (Tone.NO_DATA, "withdrawn"),
}


def draw_exemptions() -> None:
    """Those that wait for an approver first, then the others, those of the files, and the form."""
    context = page_context()
    rows = sorted(
        context.store.exemptions.rows(context.asof),
        key=lambda row: (list(STATES).index(row.state), -row.exemption.start.timestamp()),
    )
    for row in rows:
        _draw_row(context, row)
    for exemption in defined().exemptions:
        st.markdown(f"{mark(Tone.HEALTHY, 'from a file')}  \n{_words(exemption)}")
    if not rows and not defined().exemptions:
        st.markdown(aside("Nobody has asked for one."))
    if context.asof is None:
        with st.expander("Ask for an exemption (editor)", key="exemption_form", on_change="rerun") as form:
            if form.open:
                _draw_form(context)


def _draw_row(context: PageContext, row: ExemptionRow) -> None:
    tone, word = STATES[row.state]
    late = f" {mark(Tone.HALT, 'late: asked for after it began')}" if row.exemption.late else ""
    gone = "" if row.withdrawn_at is None else f"  \n{aside(f'by {row.withdrawn_by}, {moment(row.withdrawn_at)}')}"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"{mark(tone, word)}{late}  \n{_words(row.exemption)}{gone}", width="stretch")
        if context.asof is not None or row.state is ExemptionState.WITHDRAWN:
            return
        if row.state is ExemptionState.REQUESTED:
            own = row.exemption.requested_by == context.actor.name
            st.button(
                "Approve",
                key=f"approve_{row.key}",
                on_click=_approve,
                args=(context, row.key),
                disabled=own,
                help="Whoever asked for it cannot approve it." if own else None,
            )
        st.button("Withdraw", key=f"withdraw_{row.key}", on_click=_withdraw, args=(context, row.key))


def _words(one: Exemption) -> str:
    length = duration((one.end - one.start).total_seconds())
    labels = "".join(f", {name}={value}" for name, value in one.labels.items())
    approved = "" if one.approved_by is None else f", approved by {one.approved_by}"
    what = f"{slo_titles(one.slos)}{labels}: {one.start:%Y-%m-%d %H:%M} – {one.end:%m-%d %H:%M} UTC ({length})"
    asked = f"asked by {one.requested_by}, {moment(one.recorded_at)}{approved}"
    return f"{plain(what)}  \n{plain(one.reason)}  \n{aside(asked)}"


def _draw_form(context: PageContext) -> None:
    st.markdown(
        aside(
            f"Whole minutes that leave bad, total and coverage, at most {FARTHEST_BACK.days} days back. It takes "
            "effect when another person, an approver, has agreed. Invariants cannot be exempted."
        )
    )
    slos_field("exemption_slos", invariants=False)
    moment_field("From", "exemption_from", context.now)
    moment_field("Until", "exemption_until", context.now + timedelta(hours=1))
    st.text_input("Reason", key="exemption_reason", max_chars=500)
    st.button("Ask for it", key="exemption_ask", type="primary", on_click=_ask, args=(context,))


def _ask(context: PageContext) -> None:
    if act("Asked for; it counts once somebody else has approved it.", lambda: _write(context)):
        st.session_state["exemption_reason"] = ""


def _write(context: PageContext) -> None:
    start, end = moment_in("exemption_from"), moment_in("exemption_until")
    if start is None or end is None:
        raise ValueError("Say from when until when.")
    named = chosen_slos(st.session_state["exemption_slos"])
    context.store.exemptions.request(context.actor, named, start, end, st.session_state["exemption_reason"])


def _approve(context: PageContext, key: int) -> None:
    act(
        "Approved; budgets leave these minutes out from now on.",
        lambda: context.store.exemptions.approve(context.actor, key),
    )


def _withdraw(context: PageContext, key: int) -> None:
    act("Withdrawn; its minutes count again.", lambda: context.store.exemptions.withdraw(context.actor, key))
