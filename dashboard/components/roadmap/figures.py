"""The figures as series: measured, entered by hand, or not there yet."""

from __future__ import annotations

import streamlit as st

from dashboard.charts.maturity import LINE_SIZES, Point, line_alt, line_picture
from dashboard.components.acting import act
from dashboard.components.maturity import markup
from dashboard.components.maturity.choosing import choose
from dashboard.components.pictures import draw_pictures
from dashboard.context import PageContext
from dashboard.reviewing_rows import Told as Words
from dashboard.theme import Tone, aside, mark, plain
from dashboard.wording import moment
from scoring.actors import Role
from scoring.maturity.kpis import KpiSeries, KpiSource, figure


def draw_figures(context: PageContext, found: tuple[KpiSeries, ...]) -> None:
    """All of them in a table, and one to look into."""
    st.header("Figures")
    rows = [
        {
            "Figure": one.kpi.title,
            "Latest": latest_words(one),
            "Since the one before": gain_words(one),
            "From": _source(one),
            "Levels": " and ".join(map(str, one.kpi.levels)),
        }
        for one in found
    ]
    st.html(markup.table("Every figure with its latest value and where it is from", rows))
    names = {str(one.kpi.id): one.kpi.title for one in found}
    chosen = choose("Look into a figure", names, "figure")
    _draw_one(context, next(one for one in found if one.kpi.id == chosen))


def latest_words(one: KpiSeries) -> str:
    """The newest value with its day."""
    if one.latest is None:
        return "unknown"
    day, value = one.latest
    return f"{value:f} {one.kpi.unit}".strip() + f", {day}"


def gain_words(one: KpiSeries) -> str:
    """The change, and whether it went the way that it should."""
    if one.gain is None:
        return "—"
    if not one.gain:
        return "unchanged"
    sign = "+" if one.gain > 0 else "\u2212"
    return f"{sign}{abs(one.gain):f}, {'better' if one.improved else 'worse'}"


def _source(one: KpiSeries) -> str | Words:
    if one.source is KpiSource.NOT_YET:
        return Words(str(one.source), Tone.NO_DATA)
    return f"{one.source} by {one.query}" if one.source is KpiSource.MEASURED and one.query else str(one.source)


def _draw_one(context: PageContext, one: KpiSeries) -> None:
    st.markdown(f"{plain(one.kpi.definition)} {aside(f'{one.kpi.better.value.capitalize()} is better.')}")
    if one.sentence:
        st.markdown(aside(one.sentence))
    if one.points:
        points = [Point(day, float(value), float(value)) for day, value in one.points]
        pictures = {
            width: line_picture(points, context.palette, size, None, one.kpi.unit) for width, size in LINE_SIZES.items()
        }
        left, right = st.columns([3, 2], gap="large")
        with left:
            draw_pictures(pictures, line_alt(one.kpi.title, points, one.kpi.unit))
        with right:
            _draw_entries(context, one)
    else:
        st.markdown(mark(Tone.NO_DATA, "Not yet there: nothing was measured, and nobody has entered a value."))
    if context.asof is None:
        _draw_form(context, one)


def _draw_entries(context: PageContext, one: KpiSeries) -> None:
    for entry in reversed(one.entries):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            said = aside(f"{entry.by}, {moment(entry.at)}")
            value = plain(f"{entry.day}: {entry.value:f} {one.kpi.unit} {entry.note}".strip())
            st.markdown(f"{value}  \n{said}", width="stretch")
            if context.asof is None:
                st.button("Withdraw", key=f"figure_{entry.key}", on_click=_withdraw, args=(context, entry.key))


def _draw_form(context: PageContext, one: KpiSeries) -> None:
    with st.expander("Enter a value (editor)", key="figure_form", on_change="rerun") as form:
        if not form.open:
            return
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            st.date_input("Day", context.now.date(), key="figure_day", width=170)
            st.text_input(f"Value{f', {one.kpi.unit}' if one.kpi.unit else ''}", key="figure_value", width=220)
            st.text_input("Note: where it is from", key="figure_note", max_chars=500, width=420)
        may = context.actor.may(Role.EDITOR)
        st.button("Enter", key="figure_enter", type="primary", on_click=_enter, args=(context, one), disabled=not may)


def _enter(context: PageContext, one: KpiSeries) -> None:
    if act("Entered.", lambda: _write(context, one)):
        st.session_state["figure_value"] = st.session_state["figure_note"] = ""


def _write(context: PageContext, one: KpiSeries) -> None:
    state = st.session_state
    value = figure(state["figure_value"])
    context.store.figures.enter(context.actor, one.kpi.id, state["figure_day"], value, state["figure_note"])


def _withdraw(context: PageContext, key: int) -> None:
    act("Withdrawn; it counts no more.", lambda: context.store.figures.withdraw(context.actor, key))
