"""SLO detail: where did the budget go, and what if?"""

from collections.abc import Callable

import streamlit as st

from dashboard.components.detail.charts import draw_burn_down, draw_query, draw_rolling, draw_spend
from dashboard.components.detail.happenings import draw_happenings
from dashboard.components.detail.looking import Looking, choose, choose_group, looking_at
from dashboard.components.detail.numbers import draw_numbers
from dashboard.components.detail.spenders import draw_contributors, draw_costliest
from dashboard.components.detail.supposing import draw_what_if
from dashboard.components.frame import REFRESH_SECONDS
from dashboard.context import page_context


def draw(part: Callable[[Looking], None]) -> None:
    """One part of the page, as of now."""
    part(looking_at(page_context()))


live = st.fragment(draw, run_every=None if page_context().asof else REFRESH_SECONDS)

st.title("SLO detail")
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    choose()
    draw(choose_group)
    draw(draw_query)
live(draw_numbers)
left, right = st.columns([3, 2], gap="large")
with left:
    live(draw_burn_down)
    live(draw_spend)
with right:
    live(draw_rolling)
    live(draw_contributors)
    live(draw_costliest)
draw(draw_happenings)
st.fragment(draw)(draw_what_if)
