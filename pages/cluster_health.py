"""Cluster health: how do the brokers do?"""

import streamlit as st

from dashboard.components.frame import REFRESH_SECONDS
from dashboard.components.health.cluster import draw_health
from dashboard.context import page_context

st.title("Cluster health")
st.fragment(draw_health, run_every=None if page_context().asof else REFRESH_SECONDS)()
