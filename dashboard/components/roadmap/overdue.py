"""One line on the overview: roadmap items whose due date has passed."""

from __future__ import annotations

import streamlit as st

from dashboard.context import page_context
from dashboard.registry import ROADMAP
from dashboard.theme import Tone, mark
from dashboard.wording import plural


def draw_overdue() -> None:
    """Says which items are overdue; draws nothing when none is."""
    context = page_context()
    today = context.moment.date()
    steps = context.store.roadmaps.steps(context.asof)
    late = [one for one in steps if one.work.status.is_open and one.work.due is not None and one.work.due < today]
    if late:
        names = ", ".join(f"{one.own.title if one.own else one.item} ({one.work.owner or 'nobody'})" for one in late)
        words = f"{plural(len(late), 'roadmap item')} overdue: {names}"
        st.markdown(f"{mark(Tone.INCIDENT, words)} [Roadmap]({ROADMAP.address})")
