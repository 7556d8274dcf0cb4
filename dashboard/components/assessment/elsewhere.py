"""Assessments that were closed elsewhere: the list of them, the form to import one, and one that is read."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.components.acting import act, tell
from dashboard.components.assessment import seen
from dashboard.components.assessment.past import draw_frozen
from dashboard.context import PageContext
from dashboard.importing import import_assessment
from dashboard.theme import aside, plain
from dashboard.wording import moment
from data.store.meetings.imports import ImportedRow
from scoring.actors import Role
from scoring.meetings.records import Record, RecordError

FILE = "assess_import_file"
ORIGIN = "assess_import_origin"
HASH = "assess_import_hash"


def draw_elsewhere(context: PageContext) -> None:
    """The records that were imported, and the form to import another."""
    imported = context.store.imports.every(seen.KIND, context.asof)
    st.header("From elsewhere")
    if not imported:
        st.markdown(
            aside("None was imported. A record that was exported as JSON can be read here beside those of this place.")
        )
    for row in imported:
        with st.container(key=f"assess_imported_{row.key}", horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                f"{plain(row.title)}, closed {moment(row.closed_at)}",
                key=f"assess_imported_read_{row.key}",
                type="tertiary",
                on_click=seen.show_imported,
                args=(row.key,),
            )
            st.markdown(aside(f"from {row.origin}"), width="stretch")
            if context.asof is None:
                st.button(
                    "Put away",
                    key=f"assess_imported_away_{row.key}",
                    on_click=_put_away,
                    args=(context, row.key),
                    disabled=not context.actor.may(Role.EDITOR),
                )
    if context.asof is None:
        _draw_form(context)


def draw_imported(context: PageContext, key: int, top: DeltaGenerator) -> None:
    """One record from elsewhere."""
    top.button("All assessments", key="assess_leave", on_click=seen.show_session, args=(None,))
    tell()
    known = {one.key: one for one in context.store.imports.every(seen.KIND, context.asof)}
    row = known.get(key)
    if row is None:
        st.info("There is no imported assessment with this number. Choose one from the list of all assessments.")
        return
    try:
        record = context.store.imports.record(key)
        before = _before(context, row, tuple(known.values()))
    except RecordError as error:
        st.error(plain(str(error)))
        return
    if record is None:
        st.error("The imported record is gone; `streamgauge db check` says more.")
        return
    st.info(plain(trust_words(row, before is not None)))
    draw_frozen(record, before, row.origin)


def trust_words(row: ImportedRow, follows: bool) -> str:
    """What is known of a record from elsewhere, and what is not."""
    checked = (
        "The hash was compared with one that did not come in the file."
        if row.compared
        else "The hash was compared with none that did not come in the file: compare it with the one on its PDF."
    )
    if row.previous is None:
        chain = "It is the first of its series."
    elif follows:
        chain = "The record before it is here too."
    else:
        chain = f"The record before it ({row.previous[:12]}…) is not here."
    return (
        f"Imported {moment(row.at)} by {row.by}. Its text has the hash that stands beside it, and its decisions come "
        f"to its result; who made it is not proven by that. {checked} {chain}"
    )


def _before(context: PageContext, row: ImportedRow, known: tuple[ImportedRow, ...]) -> Record | None:
    """The record before it, when it was imported too."""
    named = next((one for one in known if one.sha256 == row.previous), None)
    return None if named is None else context.store.imports.record(named.key)


def _draw_form(context: PageContext) -> None:
    with st.expander("Import a record (editor)", key="assess_import_form", on_change="rerun") as form:
        if not form.open:
            return
        st.markdown(
            aside(
                "The JSON file that an assessment was exported as. It is verified, and its result is worked out again "
                "from its decisions; a file that fails either is not imported."
            )
        )
        st.file_uploader("JSON file", type="json", key=FILE)
        st.text_input("Whose assessment it is", key=ORIGIN, max_chars=200)
        st.text_input("SHA-256 that it should have, as its PDF shows it (optional)", key=HASH, max_chars=80)
        st.button(
            "Import",
            key="assess_import_take",
            type="primary",
            on_click=_take,
            args=(context,),
            disabled=not context.actor.may(Role.EDITOR),
        )


def _take(context: PageContext) -> None:
    act("Imported.", lambda: _write(context))


def _write(context: PageContext) -> None:
    file = st.session_state.get(FILE)
    if file is None:
        raise ValueError("Choose a JSON file first.")
    origin, sha256 = st.session_state[ORIGIN], st.session_state[HASH]
    import_assessment(context.store, context.actor, origin, file.getvalue(), sha256)


def _put_away(context: PageContext, key: int) -> None:
    act(
        "Put away; it is no longer shown and stays on file.", lambda: context.store.imports.put_away(context.actor, key)
    )
