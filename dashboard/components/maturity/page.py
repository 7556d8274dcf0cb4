"""The maturity page: the result of a closed assessment, or before there is one what machines can say alone."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.components.acting import tell
from dashboard.components.markup import variables
from dashboard.components.maturity import markup, seen
from dashboard.components.maturity.over_time import draw_comparison, draw_peers, draw_trend
from dashboard.components.maturity.result import draw_evidence, draw_grid, draw_headline, draw_profile
from dashboard.components.maturity.way import draw_gap, draw_moves
from dashboard.context import PageContext, page_context
from dashboard.registry import ASSESSMENT
from dashboard.theme import plain
from scoring.meetings.records import RecordError

ASSETS = Path(__file__).parents[2] / "assets"


def draw_styles(context: PageContext) -> None:
    """The styles of both pages, in this theme's colours."""
    st.html(ASSETS / "maturity.css")
    st.html(f"<style>.tone {{ white-space: nowrap }} {_tones()}</style>{variables(context.palette, 'review')}")


def _tones() -> str:
    names = ("healthy", "halt", "incident", "lockdown", "no_data")
    return " ".join(f".tone.{name} {{ color: var(--review-{name}) }}" for name in names)


def draw_maturity() -> None:
    """Draw what the address asks for."""
    context = page_context()
    draw_styles(context)
    tell()
    rows = seen.closed(context)
    if not rows:
        _draw_machines(context)
        return
    row = rows[0] if len(rows) == 1 else seen.choose_row(rows, "Assessment", seen.SESSION)
    try:
        record, told = seen.record_of(context, row), seen.told_of(context, row)
        earlier = tuple(one for one in rows if one.session != row.session)
        before = next((seen.record_of(context, one) for one in rows if one.sha256 == row.previous), None)
    except (RecordError, ValueError) as error:
        st.error(plain(str(error)))
        return
    draw_headline(context, told, record, before)
    left, right = st.columns([3, 2], gap="large")
    with left:
        draw_profile(context, told)
    with right:
        draw_moves(told)
    draw_grid(told)
    draw_gap(told)
    left, right = st.columns(2, gap="large")
    with left:
        draw_trend(context, rows)
        draw_peers(context, told)
    with right:
        draw_comparison(context, told, (*earlier, *seen.imported(context)))


def _draw_machines(context: PageContext) -> None:
    st.info(
        "No assessment was closed yet, so there is no level: people have to answer first. "
        f"[Start one]({ASSESSMENT.address}); below is what machines can say without anybody."
    )
    told = seen.machines_alone(context)
    st.header("What machines see")
    st.html(markup.grid(told.rubric, {one.id: told.numbers(one.id) for one in told.rubric.indicators}, asked=False))
    draw_evidence(told)
