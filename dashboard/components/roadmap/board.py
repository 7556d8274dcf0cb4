"""The board: what is to be done in order, and the fields to change it in a meeting."""

from __future__ import annotations

from datetime import date
from html import escape

import streamlit as st

from dashboard.components.acting import act
from dashboard.components.markup import told as toned
from dashboard.components.roadmap.seen import Standing
from dashboard.context import PageContext
from dashboard.exports.listing import as_csv
from dashboard.reviewing_rows import Told as Words
from dashboard.shapes import Shape
from dashboard.theme import Tone, aside, mark, plain
from dashboard.wording import moment, plural
from scoring.actors import Role
from scoring.maturity.roadmap import ItemStatus, OwnItem, Planned, Work
from scoring.maturity.rubric import Dimension, IndicatorId

STATUS_TONES = {
    ItemStatus.PLANNED: None,
    ItemStatus.DOING: None,
    ItemStatus.DONE: Tone.HEALTHY,
    ItemStatus.DROPPED: Tone.NO_DATA,
}


def draw_board(context: PageContext, standing: Standing) -> None:
    """What is overdue, what is to be done, what is settled, and the file."""
    overdue = standing.roadmap.overdue(standing.today)
    if overdue:
        names = ", ".join(f"{one.item} {one.action.title} ({one.work.owner or 'nobody'})" for one in overdue)
        st.markdown(mark(Tone.INCIDENT, f"{plural(len(overdue), 'item')} overdue: {names}"))
    if not standing.roadmap.open:
        st.info("Nothing is left to do on this way. The next assessment says where the platform stands now.")
    for one in standing.roadmap.open:
        _draw(context, standing, one)
    if standing.roadmap.settled:
        title = f"{plural(len(standing.roadmap.settled), 'item')} settled"
        with st.expander(title, key="roadmap_settled", on_change="rerun") as settled:
            for one in standing.roadmap.settled if settled.open else ():
                _draw(context, standing, one)
    if context.asof is None:
        _draw_own(context, standing)
    st.download_button(
        "CSV",
        data=lambda: as_csv([shape(one, place, standing.today) for place, one in enumerate(standing.roadmap.every, 1)]),
        file_name=f"roadmap-{standing.today}.csv",
        mime="text/csv",
        key="roadmap_export",
        on_click="ignore",
    )


def _draw(context: PageContext, standing: Standing, one: Planned) -> None:
    st.html(line(standing, one))
    if context.asof is not None:
        return
    with st.expander(f"Change {one.item}", key=f"roadmap_edit_{one.item}", on_change="rerun") as form:
        if form.open:
            _fields(context, one)


def line(standing: Standing, one: Planned) -> str:
    """One item: why it comes here, what it helps, how far it is."""
    titles = standing.rubric.by_id
    helps = [f"{name} {titles[name].title}" if name in titles else str(name) for name in one.action.helps]
    parts = [f"impact {one.action.impact}, effort {one.action.effort}"]
    if helps:
        parts.append(f"helps {', '.join(helps)}")
    if one.action.dimensions:
        parts.append(f"works on {', '.join(one.action.dimensions)}")
    if one.action.addresses:
        parts.append(f"about: {_statement(standing, one.action.addresses[0])}")
    why = "; ".join(parts)
    marks = []
    if one.is_overdue(standing.today):
        marks.append(toned(Words("overdue", Tone.INCIDENT)))
    if one.waits_for:
        marks.append(toned(Words(f"after {', '.join(one.waits_for)}", Tone.HALT)))
    if one.carried:
        marks.append(escape(f"carried over from the way to level {one.action.from_level + 1}"))
    if one.needless:
        marks.append(toned(Words("satisfied without it", Tone.HEALTHY)))
    due = f", due {one.work.due}" if one.work.due else ""
    status = toned(Words(str(one.work.status), STATUS_TONES[one.work.status]))
    said = "" if one.changed_at is None else f"{one.changed_by}, {moment(one.changed_at)}"
    note = f"<p>{escape(one.work.note)}</p>" if one.work.note else ""
    return (
        '<div class="roadmap-line">'
        f'<span class="ratio">{float(one.ratio):.1f}</span>'
        f"<div><p><b>{escape(one.item)} {escape(one.action.title)}</b></p><p>{escape(one.action.text)}</p></div>"
        f'<div><p class="maturity-quiet">{escape(why)}</p><p>{" ".join(marks)}</p></div>'
        f"<div><p>{status}, {escape(one.work.owner or 'nobody')}{escape(due)}, {one.work.progress} %</p>"
        f'<span class="bar" aria-hidden="true"><span style="width: {one.work.progress}%"></span></span>'
        f'{note}<p class="maturity-quiet">{escape(said)}</p></div></div>'
    )


def _statement(standing: Standing, name: str) -> str:
    found = (one.text for level in standing.rubric.levels for one in level.statements if one.id == name)
    return next(found, name)


def _fields(context: PageContext, one: Planned) -> None:
    key = f"roadmap_{one.item}_{one.version}"
    states = [status.value for status in ItemStatus]
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.selectbox("Status", states, index=states.index(one.work.status), key=f"{key}_status", width=170)
        st.text_input("Owner", one.work.owner, key=f"{key}_owner", max_chars=200, width=220)
        st.date_input("Due", one.work.due, key=f"{key}_due", width=170)
        st.number_input("Progress, %", 0, 100, one.work.progress, 5, key=f"{key}_progress", width=170)
    st.text_input("Note", one.work.note, key=f"{key}_note", max_chars=1_000)
    may = context.actor.may(Role.EDITOR) or context.actor.may(Role.FACILITATOR)
    st.button("Save", key=f"{key}_save", type="primary", on_click=_save, args=(context, one, key), disabled=not may)


def _save(context: PageContext, one: Planned, key: str) -> None:
    act(f"{one.item} is kept.", lambda: _write(context, one, key))


def _write(context: PageContext, one: Planned, key: str) -> None:
    state = st.session_state
    due: date | None = state[f"{key}_due"]
    work = Work(
        ItemStatus(state[f"{key}_status"]), state[f"{key}_owner"], due, state[f"{key}_progress"], state[f"{key}_note"]
    )
    context.store.roadmaps.change(context.actor, one.item, work, one.version)


def _draw_own(context: PageContext, standing: Standing) -> None:
    with st.expander("Add an item of our own", key="roadmap_own", on_change="rerun") as form:
        if not form.open:
            return
        st.text_input("Title", key="roadmap_own_title", max_chars=200)
        st.text_input("What to do", key="roadmap_own_text", max_chars=1_000)
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            st.number_input("Impact, 1 to 5", 1, 5, 3, key="roadmap_own_impact", width=170)
            st.number_input("Effort, 1 to 5", 1, 5, 3, key="roadmap_own_effort", width=170)
            st.text_input("Owner", key="roadmap_own_owner", max_chars=200, width=220)
        names = {one.id: f"{one.id} {one.title}" for one in standing.rubric.indicators if one.gates}
        st.multiselect("Indicators it helps with", list(names), format_func=names.__getitem__, key="roadmap_own_helps")
        st.multiselect("Dimensions it works on", [one.value for one in Dimension], key="roadmap_own_dimensions")
        may = context.actor.may(Role.EDITOR) or context.actor.may(Role.FACILITATOR)
        st.button(
            "Add", key="roadmap_own_add", type="primary", on_click=_add, args=(context, standing), disabled=not may
        )


def _add(context: PageContext, standing: Standing) -> None:
    if act("It is on the roadmap.", lambda: _write_own(context, standing)):
        for name in ("title", "text", "owner"):
            st.session_state[f"roadmap_own_{name}"] = ""


def _write_own(context: PageContext, standing: Standing) -> None:
    state = st.session_state
    own = OwnItem(
        title=state["roadmap_own_title"],
        from_level=standing.roadmap.from_level,
        text=state["roadmap_own_text"],
        effort=int(state["roadmap_own_effort"]),
        impact=int(state["roadmap_own_impact"]),
        helps=tuple(IndicatorId(one) for one in state["roadmap_own_helps"]),
        dimensions=tuple(Dimension(one) for one in state["roadmap_own_dimensions"]),
    )
    context.store.roadmaps.add(context.actor, own, Work(owner=state["roadmap_own_owner"]))


def shape(one: Planned, place: int, today: date) -> Shape:
    """One item as a row of the exported file."""
    return {
        "place": place,
        "item": one.item,
        "title": one.action.title,
        "impact": one.action.impact,
        "effort": one.action.effort,
        "helps": list(one.action.helps),
        "dimensions": ", ".join(one.action.dimensions),
        "needs": list(one.action.needs),
        "waits_for": list(one.waits_for),
        "status": one.work.status.value,
        "owner": one.work.owner,
        "due": None if one.work.due is None else one.work.due.isoformat(),
        "overdue": one.is_overdue(today),
        "progress": one.work.progress,
        "carried_over": one.carried,
        "note": one.work.note,
    }


def where_words(standing: Standing) -> str:
    """From where to where the roadmap leads, in a line of Markdown."""
    level = standing.roadmap.from_level
    if standing.told is None:
        return aside("No assessment was closed yet: this is the way from level 1 to 2, with nothing taken as done.")
    start = f"{standing.told.title}: {standing.told.headline}"
    if level > len(standing.rubric.levels) - 1:
        return plain(f"{start}. There is no level above this one.")
    if standing.told.level == 0:
        words = "Level 1 comes first; no action leads there but a first proof of concept. This is the way from 1 to 2."
        return f"{plain(start)}  \n{aside(words)}"
    return f"{plain(start)}  \n{aside(f'The way from level {level} to {level + 1}, impact ÷ effort first')}"
