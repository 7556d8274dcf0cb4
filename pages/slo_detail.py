"""SLO detail: where did the budget go, and what if?"""

import streamlit as st

from dashboard.components.detail.charts import draw_burn_down, draw_query, draw_rolling, draw_spend
from dashboard.components.detail.happenings import draw_happenings
from dashboard.components.detail.looking import choose, choose_group, looking_at
from dashboard.components.detail.numbers import draw_numbers
from dashboard.components.detail.spenders import draw_contributors, draw_costliest
from dashboard.components.detail.supposing import draw_what_if
from dashboard.components.frame import REFRESH_SECONDS
from dashboard.context import page_context


def draw_live() -> None:
    """Numbers and charts, all of one moment, and anew with every minute."""
    looking = looking_at(page_context())
    draw_numbers(looking)
    left, right = st.columns([3, 2], gap="large")
    with left:
        draw_burn_down(looking)
        draw_spend(looking)
    with right:
        draw_rolling(looking)
        draw_contributors(looking)
        draw_costliest(looking)


st.title("SLO detail")
with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
    choose()
    choose_group(looking_at(page_context()))
    looking = looking_at(page_context())
    draw_query(looking)
st.fragment(draw_live, run_every=None if looking.context.asof else REFRESH_SECONDS)()
draw_happenings(looking)
st.fragment(lambda: draw_what_if(looking_at(page_context())))()
