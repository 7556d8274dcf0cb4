"""Invariants: what must never happen, whether it did, and who has answered for it."""

from __future__ import annotations

import streamlit as st

from dashboard.agreed import agreed, terms_key
from dashboard.budgets import statuses_of
from dashboard.components.acting import act
from dashboard.context import PageContext, page_context
from dashboard.definitions import definitions
from dashboard.theme import Tone, aside, mark, plain
from dashboard.wording import count, moment, window_words
from data.store.policy.read import AcknowledgementRow
from scoring.slo.definition import InvariantSli, SloDefinition
from scoring.slo.invariants import Violations
from scoring.slo.status import SloStatus


def draw_invariants() -> None:
    """Every invariant of every cluster, with its violations and what was said about them."""
    context = page_context()
    rows = context.store.acknowledgements.rows(context.asof)
    for definition in definitions():
        if isinstance(definition.sli, InvariantSli):
            for status in _statuses(context, definition):
                _draw(context, status, definition.sli)
                _draw_given(context, status, rows)


def _draw(context: PageContext, status: SloStatus, sli: InvariantSli) -> None:
    where = " · ".join(filter(None, (status.title, status.cluster, status.group)))
    checked = f" in {count(status.total)} {sli.noun}" if sli.checked else ""
    found = status.violations
    if found is None:
        observed = status.tally.observed
        word = f"0 found{checked} over {window_words(status.window)}" if observed else "no data: nobody looked"
        st.markdown(f"**{plain(where)}**  \n{mark(Tone.HEALTHY if _well(status) else Tone.NO_DATA, word)}")
        return
    lines = [
        f"**{plain(where)}**",
        mark(
            Tone.LOCKDOWN if found.unacknowledged_since else Tone.HALT,
            f"{count(status.bad)} found{checked} over {window_words(status.window)}"
            + ("" if found.unacknowledged_since else ", acknowledged"),
        ),
        plain(f"first {moment(found.first)}, last {moment(found.last)}"),
        plain("where: " + ", ".join(f"{name} ({count(number)})" for name, number in found.where.items())),
    ]
    st.markdown("  \n".join(lines))
    if found.unacknowledged_since is not None and context.asof is None:
        _draw_form(context, status, found)


def _well(status: SloStatus) -> bool:
    return status.band.value == "healthy"


def _draw_form(context: PageContext, status: SloStatus, found: Violations) -> None:
    name = f"{status.id}_{status.cluster}_{status.group}"
    with st.expander("Acknowledge (approver)", key=f"ack_{name}", on_change="rerun") as form:
        if not form.open:
            return
        st.markdown(aside(f"Answers for what was found until {moment(found.last)}; a later one needs another answer."))
        st.text_input("Cause", key=f"cause_{name}", max_chars=500)
        st.text_input("Link to the postmortem", key=f"postmortem_{name}", placeholder="https://")
        st.button(
            "Acknowledge",
            key=f"acknowledge_{name}",
            type="primary",
            on_click=_acknowledge,
            args=(context, status, found, name),
        )


def _acknowledge(context: PageContext, status: SloStatus, found: Violations, name: str) -> None:
    act(
        "Acknowledged; it stays on record as violated for the window.",
        lambda: context.store.acknowledgements.acknowledge(
            context.actor,
            status.id,
            status.cluster,
            found.last,
            int(status.bad),
            st.session_state[f"cause_{name}"],
            st.session_state[f"postmortem_{name}"],
            status.group,
        ),
    )


def _draw_given(context: PageContext, status: SloStatus, rows: tuple[AcknowledgementRow, ...]) -> None:
    for row in rows:
        one = row.acknowledgement
        if (one.slo, one.cluster, one.group) != (status.id, status.cluster, status.group):
            continue
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            gone = "" if row.withdrawn_at is None else f", withdrawn {moment(row.withdrawn_at)} by {row.withdrawn_by}"
            st.markdown(
                f"{plain(one.cause)} ([postmortem]({one.postmortem}))  \n"
                + aside(
                    f"{row.found} until {moment(one.through)}, acknowledged by {one.acknowledged_by}, "
                    f"{moment(one.recorded_at)}{gone}"
                ),
                width="stretch",
            )
            if row.withdrawn_at is None and context.asof is None:
                st.button("Take back", key=f"unack_{row.key}", on_click=_withdraw, args=(context, row.key))


def _withdraw(context: PageContext, key: int) -> None:
    act(
        "Taken back; it is in the lowest band again.",
        lambda: context.store.acknowledgements.withdraw(context.actor, key),
    )


def _statuses(context: PageContext, definition: SloDefinition) -> list[SloStatus]:
    terms = agreed(context.store, context.asof)
    minute = int(context.moment.timestamp() // 60)
    return context.reader.ask(
        ("invariant", definition.id, context.cluster, minute, terms_key(terms)),
        lambda read: statuses_of(read, definition, context.cluster, context.moment, terms),
    )
