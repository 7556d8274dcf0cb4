"""The side panel: everything known about one object of the estate, and since when."""

from __future__ import annotations

import streamlit as st

from dashboard.components.details import DETAILS
from dashboard.components.selection import Selected, close, name_of
from dashboard.context import PageContext
from dashboard.history import Chapter, chapters
from dashboard.theme import Tone, aside, mark, plain
from dashboard.wording import moment
from data.store.read import FactKind, Interval

KIND_WORDS: dict[FactKind, str] = {
    FactKind.TOPIC: "Topic",
    FactKind.GROUP: "Consumer group",
    FactKind.SUBJECT: "Schema",
    FactKind.CONNECTOR: "Connector",
    FactKind.ACL: "Access rule",
}

SHOWN_CHAPTERS = 50


def open_side_panel(context: PageContext, item: Selected) -> None:
    """Open the panel on the right; closing it takes the object out of the address."""
    title = KIND_WORDS.get(item.kind, item.kind.value)
    st.dialog(title, position="right", width=720, on_dismiss=close)(_draw)(context, item)


def _draw(context: PageContext, item: Selected) -> None:
    st.markdown(f"**{plain(name_of(item))}**")
    intervals = context.reader.ask(
        ("history", item.kind, item.cluster, item.key), lambda read: read.history(item.kind, item.cluster, item.key)
    )
    known = [interval for interval in intervals if interval.first_seen <= context.moment]
    since = f", known since {moment(known[0].first_seen)}" if known else ""
    st.markdown(aside(f"{item.cluster}{since}, as of {moment(context.moment)}"))
    if not known:
        st.info("This object was not known at that moment. Choose a later one, or close the panel.")
        return
    draw = DETAILS.get(item.kind)
    if draw is None or not draw(context, item):
        _draw_gone(known[-1])
    st.header("History")
    _draw_history(chapters(item.kind, known))


def _draw_gone(last: Interval) -> None:
    """An object that was deleted: its last form is all there is."""
    st.markdown(
        mark(Tone.NO_DATA, f"deleted: last seen {moment(last.last_seen)}, found missing {moment(last.ended_at)}")
    )
    st.markdown(aside("Its last form:"))
    st.json(dict(last.content), expanded=1)


def _draw_history(told: list[Chapter]) -> None:
    rows = [
        {
            "Since (UTC)": f"{chapter.since:%Y-%m-%d %H:%M:%S}",
            "What": plain(chapter.words + (f"; deleted by {moment(chapter.gone)}" if chapter.gone else "")),
            "Last seen (UTC)": f"{chapter.last_seen:%Y-%m-%d %H:%M:%S}",
        }
        for chapter in told[:SHOWN_CHAPTERS]
    ]
    st.table(rows, border="horizontal", hide_index=True, alt="History of the object, newest first")
    if len(told) > SHOWN_CHAPTERS:
        st.markdown(aside(f"{len(told) - SHOWN_CHAPTERS} older forms are kept too."))
