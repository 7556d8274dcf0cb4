"""A chart's picture on the page, in the size for the screen that it is seen on."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from html import escape

import streamlit as st


def draw_pictures(pictures: Mapping[str, str], alt: str) -> None:
    """One chart. pictures: its SVG by the name of its size; `frame.css` shows the one that fits. alt: it in words."""
    st.html(
        "".join(
            f'<img class="picture {width}" alt="{escape(alt)}" '
            f'src="data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}">'
            for width, svg in pictures.items()
        )
    )
