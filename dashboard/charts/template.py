"""What every figure looks like, in either theme: nothing coloured that states nothing, text that reads on a wall."""

from __future__ import annotations

from functools import cache
from typing import Any

import plotly.graph_objects as go

from dashboard.theme import Palette

TEXT_SIZE = 15
"""Pixels; ticks and labels are read from the other end of a meeting room."""

FONT = '"Source Sans", "Source Sans Pro", sans-serif'

MARGIN = {"l": 48, "r": 112, "t": 12, "b": 37}
"""Pixels around every plot: room for its tick labels, up to `100 %`, and on the right for what its lines are named.

Were the labels measured in the browser (`automargin`), each chart would be drawn twice.
"""

CONFIG: dict[str, Any] = {"displayModeBar": False, "responsive": True, "scrollZoom": False}
"""The options of every chart on a page: what matters is written in the figure, so there is no toolbar."""


@cache
def template(palette: Palette) -> go.layout.Template:
    """The template for one theme."""
    axis = {
        "gridcolor": palette.border,
        "linecolor": palette.muted,
        "tickcolor": palette.muted,
        "tickfont": {"size": TEXT_SIZE, "color": palette.text},
        "title": {"font": {"size": TEXT_SIZE, "color": palette.text}},
        "zeroline": False,
        "automargin": False,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": TEXT_SIZE, "color": palette.text},
            "paper_bgcolor": palette.page,
            "plot_bgcolor": palette.page,
            "colorway": [palette.accent, palette.muted, palette.text],
            "xaxis": axis | {"showgrid": False, "ticks": "outside"},
            "yaxis": axis,
            "showlegend": False,
            "margin": MARGIN,
            "hoverlabel": {
                "bgcolor": palette.surface,
                "bordercolor": palette.border,
                "font": {"size": TEXT_SIZE, "color": palette.text},
            },
        }
    )
