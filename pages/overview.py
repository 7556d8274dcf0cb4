"""Overview: where do we stand, in ten seconds."""

import streamlit as st

from dashboard.components.frame import REFRESH_SECONDS
from dashboard.components.overview import (
    draw_burn_down,
    draw_counts,
    draw_other_budgets,
    draw_sources,
    draw_worst_budget,
)
from dashboard.components.roadmap.overdue import draw_overdue
from dashboard.context import page_context

live = st.fragment(run_every=None if page_context().asof else REFRESH_SECONDS)

st.title("Overview")
tile, chart = st.columns([2, 3], gap="large")
with tile:
    live(draw_worst_budget)()
live(draw_other_budgets)()
live(draw_overdue)()
live(draw_counts)()
live(draw_sources)()
with chart:  # last: numbers come before the chart's libraries
    live(draw_burn_down)()
