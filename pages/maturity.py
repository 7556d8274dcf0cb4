"""Maturity: how mature is the platform, what proves it, and what separates it from the next level?"""

import streamlit as st

from dashboard.components.maturity.page import draw_maturity

st.title("Maturity")
draw_maturity()
