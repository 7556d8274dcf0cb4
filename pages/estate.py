"""Estate: what is there, and since when."""

import streamlit as st

from dashboard.components.catalogue import TABLES
from dashboard.components.estate_table import draw_estate_table

st.title("Estate")
tabs = st.tabs([table.title for table in TABLES], key="tab", bind="query-params", on_change="rerun")
for tab, table in zip(tabs, TABLES, strict=True):
    if tab.open:
        with tab:
            draw_estate_table(table)
