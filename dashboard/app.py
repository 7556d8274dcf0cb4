"""The script behind every page: the gate, the navigation, the frame, then the page itself."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from dashboard.components.frame import draw_frame
from dashboard.instance import current
from dashboard.registry import FIRST, PAGES
from dashboard.security.sessions import COOKIE

st.set_page_config(
    page_title="streamgauge",
    page_icon=str(Path(__file__).with_name("assets") / "icon.svg"),
    layout="wide",
    menu_items={"About": "streamgauge: how mature is this streaming platform, and what proves it"},
)

gate = current().gate
if gate is not None and not gate.admits(st.context.cookies.get(COOKIE)):
    st.error("Your session has ended. Reload the page to sign in again.")
    st.stop()

pages = {entry: st.Page(entry.file, title=entry.title, url_path=entry.path, default=entry is FIRST) for entry in PAGES}
page = st.navigation(list(pages.values()), position="top")
draw_frame(pages)
page.run()
