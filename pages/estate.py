"""Estate: what is there, and since when."""

import streamlit as st

from dashboard.components.catalogue import TABLES
from dashboard.components.estate_table import draw_estate_table
from dashboard.components.selection import selected
from dashboard.components.side_panel import open_side_panel
from dashboard.context import page_context

st.title("Estate")
tabs = st.tabs([table.title for table in TABLES], key="tab", bind="query-params", on_change="rerun")
for tab, table in zip(tabs, TABLES, strict=True):
    if tab.open:
        with tab:
            draw_estate_table(table)

item = selected()
if item is not None:
    open_side_panel(page_context(), item)
