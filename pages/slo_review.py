"""SLO review: which budgets need a decision, and what is decided about them."""

import streamlit as st

from dashboard.components.review.page import draw_review

top = st.container(horizontal=True, vertical_alignment="center", gap="small", key="review_top")
top.title("SLO review", width="content")
draw_review(top)
