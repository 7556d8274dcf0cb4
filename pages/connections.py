"""Connections: where the numbers come from, and whether they still come."""

import streamlit as st

from dashboard.components.connecting import draw_collector, draw_how_to_connect
from dashboard.components.frame import REFRESH_SECONDS
from dashboard.components.source_card import condition_order, draw_source_card
from dashboard.context import page_context


def draw_cards() -> None:
    """The cards of every cluster, those in trouble first."""
    context = page_context()
    states = context.reader.ask(
        ("source_states", context.cluster, context.asof),
        lambda read: read.source_states(context.cluster, context.asof),
    )
    draw_collector(context)
    for cluster in sorted({state.cluster for state in states}):
        st.header(cluster)
        with st.grid(min_column_width=420):
            for state in sorted((state for state in states if state.cluster == cluster), key=condition_order):
                draw_source_card(context, state)


st.title("Connections")
context = page_context()
st.fragment(draw_cards, run_every=None if context.asof else REFRESH_SECONDS)()
if not context.instance.settings.configured:
    draw_how_to_connect()
