"""When an error budget was spent: hour by hour as a strip of days, and as the good share of each hour."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.template import TEXT_SIZE, template
from dashboard.theme import Palette
from dashboard.wording import goal_words
from scoring.slo.series import SpendGrid, Times
from scoring.slo.slices import Values

STRIP_HEIGHT = 300
SLI_HEIGHT = 260


def spend_figure(grid: SpendGrid, zone: str, palette: Palette) -> go.Figure:
    """Share of the window's budget that each local hour of each day spent; what nobody observed stays blank.

    Columns are days, rows are hours. The dearest hour says its share.
    """
    share = grid.share.T * 100
    known = np.isfinite(share)
    most = float(np.nanmax(share)) if known.any() else 0.0
    days = [f"{day:%Y-%m-%d}" for day in grid.days]
    strip = {
        "type": "heatmap",
        "z": share,
        "x": days,
        "y": np.arange(24),
        "zmin": 0,
        "zmax": max(most, 0.1),
        "colorscale": [
            [0.0, palette.surface],
            [0.0001, _mixed(palette.surface, palette.accent, 0.25)],
            [1.0, palette.accent],
        ],
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "hoverongaps": False,
        "hovertemplate": "%{x|%Y-%m-%d} %{y}:00 " + zone + "<br><b>%{z:.2f} %</b> of the budget<extra></extra>",
    }
    hours = {"tickvals": [0, 6, 12, 18], "ticktext": ["0 h", "6 h", "12 h", "18 h"]}
    layout = {
        "template": template(palette),
        "height": STRIP_HEIGHT,
        "uirevision": "kept",
        "yaxis": {"autorange": "reversed", "showgrid": False, **hours},
        "xaxis": {"type": "date", "nticks": 6, "tickformat": "%b %-d", "tickangle": 0},
        "annotations": [_dearest(share, days, palette)] if most >= 0.1 else [],
    }
    return go.Figure({"data": [strip], "layout": layout})


def _dearest(share: Values, days: list[str], palette: Palette) -> dict[str, Any]:
    """Says what the dearest hour took. share: percent by hour and day, NaN where nobody observed it."""
    hour, day = np.unravel_index(int(np.nanargmax(share)), share.shape)
    return {
        "x": days[day],
        "y": int(hour),
        "text": f"{share[hour, day]:.1f} %",
        "showarrow": True,
        "arrowcolor": palette.text,
        "arrowhead": 2,
        "ax": 44 if day < len(days) / 2 else -44,
        "ay": -30 if hour > 6 else 30,
        "bgcolor": palette.page,
        "bordercolor": palette.border,
        "font": {"size": TEXT_SIZE, "color": palette.text},
    }


def sli_figure(times: Times, share: Values, objective: Decimal, palette: Palette) -> go.Figure:
    """The good share of each hour, in percent, with what was promised."""
    goal = float(objective) * 100
    good = share * 100
    known = good[np.isfinite(good)]
    lowest = min(float(known.min()) if len(known) else goal, goal)
    room = max((100 - lowest) * 0.08, 1e-6)
    line = {
        "type": "scatter",
        "x": times.astype("datetime64[ms]"),
        "y": good,
        "mode": "lines",
        "line": {"color": palette.accent, "width": 2, "shape": "hv"},
        "connectgaps": False,
        "hovertemplate": "hour from %{x|%Y-%m-%d %H:%M} UTC<br><b>%{y:.4f} % good</b><extra></extra>",
    }
    promised = {
        "type": "line",
        "xref": "x domain",
        "x0": 0,
        "x1": 1,
        "y0": goal,
        "y1": goal,
        "line": {"color": palette.text, "width": 1.5, "dash": "dash"},
    }
    named = {
        "xref": "paper",
        "x": 1,
        "xshift": 8,
        "xanchor": "left",
        "y": goal,
        "yanchor": "middle",
        "text": f"promised<br>{goal_words(objective)}",
        "align": "left",
        "showarrow": False,
        "font": {"size": TEXT_SIZE - 1, "color": palette.text},
    }
    layout = {
        "template": template(palette),
        "height": SLI_HEIGHT,
        "uirevision": "kept",
        "yaxis": {"range": [lowest - room, 100 + room], "ticksuffix": " %", "nticks": 5, "automargin": True},
        "xaxis": {"nticks": 7, "tickformat": "%b %-d"},
        "shapes": [promised],
        "annotations": [named],
    }
    return go.Figure({"data": [line], "layout": layout})


def _mixed(one: str, other: str, share: float) -> str:
    """A colour between two, `share` of the way to the other."""
    pairs = zip((one[at : at + 2] for at in (1, 3, 5)), (other[at : at + 2] for at in (1, 3, 5)), strict=True)
    return "#" + "".join(f"{round(int(a, 16) * (1 - share) + int(b, 16) * share):02X}" for a, b in pairs)
