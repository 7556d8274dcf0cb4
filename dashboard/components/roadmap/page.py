"""The roadmap page: the board, the figures, and the register."""

from __future__ import annotations

import streamlit as st

from dashboard.components.acting import tell
from dashboard.components.maturity.page import draw_styles
from dashboard.components.roadmap import seen
from dashboard.components.roadmap.board import draw_board, where_words
from dashboard.components.roadmap.figures import draw_figures
from dashboard.components.roadmap.registering import draw_register
from dashboard.context import page_context
from dashboard.theme import plain
from scoring.maturity.roadmap import RoadmapError
from scoring.meetings.records import RecordError


def draw_roadmap() -> None:
    """Draw all of it."""
    context = page_context()
    draw_styles(context)
    tell()
    try:
        standing = seen.standing(context)
    except (RecordError, RoadmapError, ValueError) as error:
        st.error(plain(str(error)))
        return
    st.markdown(where_words(standing))
    draw_board(context, standing)
    draw_figures(context, seen.figures(context, standing.rubric))
    draw_register(context, seen.lines(context))
