"""Overview: where do we stand, in ten seconds."""

import streamlit as st

from dashboard.components.frame import REFRESH_SECONDS
from dashboard.components.overview import draw_budgets, draw_counts, draw_sources
from dashboard.context import page_context

live = None if page_context().asof else REFRESH_SECONDS
st.title("Overview")
st.fragment(draw_budgets, run_every=live)()
st.fragment(draw_counts, run_every=live)()
st.fragment(draw_sources, run_every=live)()
