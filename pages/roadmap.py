"""Roadmap: what do we do next, who does it, and do the figures move?"""

import streamlit as st

from dashboard.components.roadmap.page import draw_roadmap

st.title("Roadmap")
draw_roadmap()
