"""Assessment: a group answers how mature the platform is, and the evidence answers beside it."""

import streamlit as st

from dashboard.components.assessment.page import draw_assessment

top = st.container(horizontal=True, vertical_alignment="center", gap="small", key="assess_top")
top.title("Assessment", width="content")
draw_assessment(top)
