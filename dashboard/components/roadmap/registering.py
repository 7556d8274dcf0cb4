"""The register of use cases, technologies and teams: seen in the estate, completed by hand."""

from __future__ import annotations

import streamlit as st

from dashboard.components.acting import act
from dashboard.components.maturity import markup
from dashboard.context import PageContext
from dashboard.theme import aside
from scoring.actors import Role
from scoring.maturity.inventory import Entry, EntryKind, Line, Stage

TITLES = {EntryKind.USE_CASE: "Use cases", EntryKind.TECHNOLOGY: "Technologies", EntryKind.TEAM: "Teams"}
NEW = "A new entry"
EMPTY = {
    EntryKind.USE_CASE: "None yet. No machine can see them; write the first one down.",
    EntryKind.TECHNOLOGY: "None was seen yet, and none is written down.",
    EntryKind.TEAM: "None was seen yet (the probe for indicator L2.1 tells them), and none is written down.",
}


def draw_register(context: PageContext, lines: tuple[Line, ...]) -> None:
    """Three lists, and the form to complete them."""
    st.header("What streams here")
    for kind in EntryKind:
        mine = [one for one in lines if one.entry.kind is kind]
        st.markdown(f"**{TITLES[kind]}** {aside(str(len(mine)))}")
        if not mine:
            st.markdown(aside(EMPTY[kind]))
            continue
        rows = [
            {
                "Name": one.entry.name,
                "Stage": one.entry.stage.value or "not said",
                "Owner": one.entry.owner or "not said",
                "Uses": one.entry.uses,
                "Seen": one.seen or "not seen by machines",
                "Note": one.entry.note,
            }
            for one in mine
        ]
        st.html(markup.table(f"{TITLES[kind]} that are known", rows))
    if context.asof is None:
        with st.expander("Write or change an entry (editor)", key="register_form", on_change="rerun") as form:
            if form.open:
                _draw_form(context, lines)


def _draw_form(context: PageContext, lines: tuple[Line, ...]) -> None:
    named = {f"{one.entry.kind}: {one.entry.name}": one for one in lines}
    chosen = st.selectbox("Entry", [NEW, *named], key="register_chosen")
    line = named.get(chosen)
    entry = line.entry if line is not None else Entry(EntryKind.USE_CASE, "")
    key = f"register_{chosen}_{0 if line is None else line.version}"
    stages = [one.value for one in Stage]
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        if line is None:
            st.selectbox("Kind", [one.value for one in EntryKind], key=f"{key}_kind", width=170)
            st.text_input("Name", key=f"{key}_name", max_chars=200, width=320)
        st.selectbox(
            "Stage",
            stages,
            index=stages.index(entry.stage),
            format_func=lambda one: one or "not said",
            key=f"{key}_stage",
            width=170,
        )
        st.text_input("Owner", entry.owner, key=f"{key}_owner", max_chars=200, width=220)
    st.text_input("Uses: topics, technologies, teams", entry.uses, key=f"{key}_uses", max_chars=1_000)
    st.text_input("Note", entry.note, key=f"{key}_note", max_chars=1_000)
    may = context.actor.may(Role.EDITOR)
    with st.container(horizontal=True, gap="small"):
        st.button(
            "Keep", key=f"{key}_keep", type="primary", on_click=_keep, args=(context, line, key), disabled=not may
        )
        if line is not None:
            st.button("Take out", key=f"{key}_out", on_click=_take_out, args=(context, line), disabled=not may)


def _keep(context: PageContext, line: Line | None, key: str) -> None:
    if act("It is in the register.", lambda: _write(context, line, key)) and line is None:
        for name in ("name", "owner", "uses", "note"):
            st.session_state[f"{key}_{name}"] = ""


def _write(context: PageContext, line: Line | None, key: str) -> None:
    state = st.session_state
    kind = EntryKind(state[f"{key}_kind"]) if line is None else line.entry.kind
    name = state[f"{key}_name"] if line is None else line.entry.name
    entry = Entry(
        kind, name, Stage(state[f"{key}_stage"]), state[f"{key}_owner"], state[f"{key}_uses"], state[f"{key}_note"]
    )
    context.store.registers.write(context.actor, entry, 0 if line is None else line.version)


def _take_out(context: PageContext, line: Line) -> None:
    act(
        "It is no longer in the register.",
        lambda: context.store.registers.write(context.actor, line.entry, line.version, removed=True),
    )
