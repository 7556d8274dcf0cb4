"""The result beside others: an earlier session, all sessions, and peers from an imported file."""

from __future__ import annotations

from decimal import Decimal

import streamlit as st

from dashboard.charts.maturity import LINE_SIZES, Point, line_alt, line_picture
from dashboard.components.acting import act
from dashboard.components.maturity import markup, seen
from dashboard.components.pictures import draw_pictures
from dashboard.context import PageContext
from dashboard.maturity import Told, changes
from dashboard.theme import Tone, aside, mark, plain
from dashboard.wording import moment, plural
from data.store.meetings.imports import ImportedRow
from data.store.meetings.reading import RecordRow
from scoring.actors import Role
from scoring.maturity.benchmark import Position, positions

MOST_POINTS = 24
FILE = "maturity_peers_file"
NAME = "maturity_peers_title"


def draw_trend(context: PageContext, rows: tuple[RecordRow, ...]) -> None:
    """The index over the last sessions, with the bounds that unknown answers leave open."""
    st.header("Over time")
    told = [seen.told_of(context, row) for row in reversed(rows[:MOST_POINTS])]
    points = [
        Point(one.as_of.date(), float(one.decided["index_words"]), float(one.decided["index_high_words"]))
        for one in told
        if one.decided["index"] is not None
    ]
    if len(points) < 2:
        st.markdown(aside("The index is drawn from the second assessment on."))
        return
    pictures = {width: line_picture(points, context.palette, size, (0, 5)) for width, size in LINE_SIZES.items()}
    draw_pictures(pictures, line_alt("Index of every assessment", points))


def draw_comparison(context: PageContext, told: Told, others: tuple[RecordRow | ImportedRow, ...]) -> None:
    """What is different from another session, also from one that was imported."""
    st.header("Compared with")
    if not others:
        st.markdown(aside("There is no other assessment to compare with yet."))
        return
    other = seen.choose_row(others, "Another assessment", "compare")
    before = seen.told_of(context, other)
    found = changes(before, told)
    then, now = ("There", "Here") if isinstance(other, ImportedRow) else ("Then", "Now")
    rows = [("Level", str(found.level.before), str(found.level.after))]
    rows.append(("Index", before.decided["index_words"], told.decided["index_words"]))
    for dimension, median in found.medians.items():
        if median.changed:
            rows.append((dimension.value, _rated(median.before), _rated(median.after)))
    for indicator, answer in found.answers.items():
        rows.append((told.title_of(indicator), answer.before or "not asked", answer.after or "not asked"))
    st.html(
        markup.table(
            "What differs between two assessments", [dict(zip(("What", then, now), row, strict=True)) for row in rows]
        )
    )
    if not found.same_rubric:
        st.markdown(mark(Tone.HALT, "Another version of the rubric: a difference can come from the question."))
    for one in found.appeared:
        st.markdown(mark(Tone.HALT, f"{one.deficit} and {one.capability} contradict each other {now.lower()}"))
    for one in found.resolved:
        st.markdown(
            mark(Tone.HEALTHY, f"{one.deficit} and {one.capability} do not contradict each other {now.lower()}")
        )


def _rated(value: int | None) -> str:
    return "not rated" if value is None else str(value)


def draw_peers(context: PageContext, told: Told) -> None:
    """Ours among the peers of each imported file, and the form to import one."""
    st.header("Peers")
    files = context.store.benchmarks.every(context.asof)
    if not files:
        st.markdown(aside("No peers yet. Import a CSV file of results that others gave you; none are made up here."))
    index = told.decided["index"]
    ours = None if index is None else Decimal(str(index))
    for file in files:
        taken = f"{plural(len(file.peers), 'peer')}, imported {moment(file.at)} by {file.by}"
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(f"**{plain(file.title)}**  \n{aside(taken)}", width="stretch")
            if context.asof is None:
                st.button("Remove", key=f"maturity_peers_{file.key}", on_click=_remove, args=(context, file.key))
        found = positions(file.peers, told.level, ours, told.medians)
        st.html(markup.table(f"Our result among {file.title}", [_position(one) for one in found]))
    if context.asof is None:
        _draw_form(context)


def _position(one: Position) -> dict[str, str]:
    below = "—" if one.below is None else f"above {one.below}, level with {one.equal} of {one.n}"
    return {
        "Measure": one.measure,
        "Ours": "unknown" if one.ours is None else f"{float(one.ours):.3g}",
        "Peers: lowest, median, highest": f"{one.lowest}, {one.median}, {one.highest}",
        "Ours is": below,
    }


def _draw_form(context: PageContext) -> None:
    with st.expander("Import peers (editor)", key="maturity_peers_form", on_change="rerun") as form:
        if not form.open:
            return
        st.markdown(
            aside(
                "CSV in UTF-8 with a header: peer and level (0 to 5); index and the five dimensions may be there. "
                "A file with a bad line is not imported at all."
            )
        )
        st.file_uploader("CSV file", type="csv", key=FILE)
        st.text_input("Whose numbers these are", key=NAME, max_chars=200)
        may = context.actor.may(Role.EDITOR)
        st.button(
            "Import", key="maturity_peers_import", type="primary", on_click=_take, args=(context,), disabled=not may
        )


def _take(context: PageContext) -> None:
    act("Imported.", lambda: _write(context))


def _write(context: PageContext) -> None:
    file = st.session_state.get(FILE)
    if file is None:
        raise ValueError("Choose a CSV file first.")
    context.store.benchmarks.take(context.actor, st.session_state[NAME], file.getvalue())


def _remove(context: PageContext, key: int) -> None:
    act("Removed; it is no longer compared with.", lambda: context.store.benchmarks.remove(context.actor, key))
