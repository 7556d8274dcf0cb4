"""What is left of an error budget against time: how this window's was spent, and what the tile showed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.burndown import Stretch, stretches
from dashboard.charts.downsampling import chosen_points
from dashboard.charts.marks import Mark, drawn
from dashboard.charts.template import MARGIN, TEXT_SIZE, template
from dashboard.theme import Palette
from dashboard.verdict import BAND_TONES, verdict
from scoring.slo.budget import Threshold
from scoring.slo.series import BurnDown, RollingRemaining, Times
from scoring.slo.slices import MinuteState, Values

HEIGHT = 420
TOP = 106.0
"""Percent at the upper edge: a line along 100 % keeps its width."""

_SMALLEST_NAMED = 130.0
"""Percent that the axis may span for each zone to have room for its own name."""

_LINE = 62
"""Characters of a query on one line of a hover box."""


def burn_down_figure(
    burn: BurnDown, bad: Values, total: Values, query: str, marks: Sequence[Mark], palette: Palette
) -> go.Figure:
    """Remaining budget of this window against time, with the ideal line and the policy's zones.

    bad, total: float64[n + 1], counted since the window's start, for the hover box. query: PromQL with %{MINUTES} and
    %{UNTIL} for how long the window had been and when. At most MOST_POINTS points are drawn.
    """
    share = burn.remaining * 100
    points = chosen_points(share)
    minutes = np.arange(len(share), dtype=np.float64)
    until = burn.times.astype("datetime64[s]").astype(np.int64).astype(np.float64)
    layout = _layout(share, burn.status.policy.thresholds, marks, burn.times[[0, -1]], palette)
    unknown, down = (
        stretches(burn, states) for states in ((MinuteState.PENDING, MinuteState.UNKNOWN), (MinuteState.DOWN,))
    )
    hatching = {"shape": "/", "fgcolor": palette.muted, "bgcolor": "rgba(0,0,0,0)", "size": 9, "solidity": 0.25}
    traces = [
        *_boxes(unknown, layout, "nobody observed this", opacity=0.5, fillpattern=hatching),
        *_boxes(down, layout, "platform down, estimated", opacity=0.9, fillcolor=palette.lockdown),
        {
            "type": "scatter",
            "x": [_moment(burn.times[0]), _moment(burn.times[-1])],
            "y": [100.0, 0.0],
            "mode": "lines",
            "line": {"color": palette.muted, "width": 1.5, "dash": "dot"},
            "hoverinfo": "skip",
            "name": "ideal",
        },
        {
            "type": "scatter",
            "x": burn.times[points].astype("datetime64[ms]"),
            "y": share[points],
            "customdata": np.column_stack((bad, total, minutes, until))[points],
            "mode": "lines",
            "line": {"color": palette.accent, "width": 3},
            "name": "left",
            "hovertemplate": _hover(query),
        },
        _end(burn.times[-1], float(share[-1]), palette.tone(verdict(burn.status).tone)),
    ]
    return go.Figure({"data": traces, "layout": layout})


def rolling_figure(
    rolling: RollingRemaining, thresholds: tuple[Threshold, ...], colour: str, palette: Palette
) -> go.Figure:
    """What the tile showed at each moment; a gap where too little was known."""
    share = rolling.remaining * 100
    known = np.flatnonzero(~np.isnan(share))
    chosen = known[chosen_points(share[known])] if len(known) else known
    gaps = known[1:][np.diff(known) > 1] - 1
    points = np.union1d(chosen, gaps)
    traces = [
        {
            "type": "scatter",
            "x": rolling.times[points].astype("datetime64[ms]"),
            "y": share[points],
            "mode": "lines",
            "line": {"color": palette.accent, "width": 3},
            "connectgaps": False,
            "name": "left",
            "hovertemplate": (
                "%{x|%Y-%m-%d %H:%M} UTC<br><b>%{y:.1f} % left</b><br>of the window that ended then<extra></extra>"
            ),
        }
    ]
    if len(known):
        traces.append(_end(rolling.times[known[-1]], float(share[known[-1]]), colour))
    return go.Figure({"data": traces, "layout": _layout(share[known], thresholds, (), rolling.times[[0, -1]], palette)})


def _layout(
    share: Values, thresholds: tuple[Threshold, ...], marks: Sequence[Mark], span: Times, palette: Palette
) -> dict[str, Any]:
    """What both lines stand in. share: percent, for the axis to hold all of it. span: first and last moment."""
    lowest = float(share.min()) if len(share) else 0.0
    bottom = min(0.0, float(np.floor(lowest / 10) * 10) - (5 if lowest < 0 else 0))
    shapes, names = _zones(thresholds, bottom, palette)
    ticks = _ticks(bottom)
    heights = [f"{tick:g} %".replace("-", "−") for tick in ticks]
    start, end = (_moment(at).replace(tzinfo=UTC) for at in span)
    around = drawn(marks, start, end, palette)
    return {
        "template": template(palette),
        "height": HEIGHT,
        "hovermode": "closest",
        "uirevision": "kept",
        "shapes": shapes + around["shapes"],
        "annotations": names + around["annotations"],
        "margin": MARGIN | {"l": 8 + 8 * max(map(len, heights)), "t": around["top"]},
        "yaxis": {
            "range": [bottom, TOP],
            "tickvals": ticks,
            "ticktext": heights,
        },
        "xaxis": {"range": [start, end], "nticks": 7, "tickformat": "%b %-d"},
    }


def _ticks(bottom: float) -> list[float]:
    if bottom >= -20:
        return [0, 25, 50, 75, 100]
    step = max(50, round(-bottom / 4 / 50) * 50)
    return sorted([*(-float(at) for at in range(step, int(-bottom) + 1, step)), 0, 50, 100])


def _zones(
    policy: tuple[Threshold, ...], bottom: float, palette: Palette
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The policy's bands as faint zones, each named at the right edge; in one label where they are too narrow."""
    edges = [bottom, *(float(threshold.share * 100) for threshold in policy)]
    shapes = [
        {
            "type": "rect",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": low,
            "y1": high,
            "line": {"width": 0},
            "fillcolor": palette.tone(BAND_TONES[threshold.band]),
            "opacity": 0.10,
            "layer": "below",
        }
        for low, high, threshold in zip(edges, edges[1:], policy, strict=False)
    ]
    named = [
        (
            max(low, 0.0 if index else low),
            high,
            f"{threshold.band} < {high:g} %",
            palette.tone(BAND_TONES[threshold.band]),
        )
        for index, (low, high, threshold) in enumerate(zip(edges, edges[1:], policy, strict=False))
    ]
    if TOP - bottom > _SMALLEST_NAMED or min(high - low for low, high, _, _ in named) < 5:
        named = [(0.0, edges[-1], "<br>".join(str(one.band) for one in reversed(policy)), palette.muted)]
    return shapes, [
        {
            "xref": "paper",
            "x": 1,
            "xshift": 8,
            "xanchor": "left",
            "y": (low + high) / 2,
            "yanchor": "middle",
            "text": escape(text, quote=False).replace("&lt;br&gt;", "<br>"),
            "showarrow": False,
            "align": "left",
            "font": {"size": TEXT_SIZE - 1, "color": colour},
        }
        for low, high, text, colour in named
    ]


def _boxes(parts: Sequence[Stretch], layout: dict[str, Any], words: str, **look: Any) -> list[dict[str, Any]]:
    """Stretches of time as one trace of boxes over the whole height; none where there are none."""
    low, high = layout["yaxis"]["range"]
    xs: list[datetime | None] = []
    ys: list[float | None] = []
    for part in parts:
        left, right = _moment(part.start), _moment(part.end)
        xs += [left, left, right, right, left, None]
        ys += [low, high, high, low, low, None]
    boxes = {
        "type": "scatter",
        "x": xs,
        "y": ys,
        "mode": "lines",
        "line": {"width": 0},
        "fill": "toself",
        "name": words,
        "text": words,
        "hoverinfo": "text",
        "hoveron": "fills",
        **look,
    }
    return [boxes] if parts else []


def _end(at: np.datetime64, share: float, colour: str) -> dict[str, Any]:
    """The point that the tile's number is."""
    return {
        "type": "scatter",
        "x": [_moment(at)],
        "y": [share],
        "mode": "markers",
        "marker": {"size": 12, "color": colour},
        "hoverinfo": "skip",
        "name": "now",
        "cliponaxis": False,
    }


def _hover(query: str) -> str:
    """The box of a point: when, how much is left, of what, and the query that repeats it."""
    filled = (
        escape(query, quote=False).replace("%{MINUTES}", "%{customdata[2]:d}").replace("%{UNTIL}", "%{customdata[3]:d}")
    )
    return (
        "%{x|%Y-%m-%d %H:%M} UTC<br><b>%{y:.1f} % left</b><br>"
        "%{customdata[0]:,.0f} bad of %{customdata[1]:,.0f} since the window began<br>"
        f"<i>{_wrapped(filled)}</i><extra></extra>"
    )


def _wrapped(text: str) -> str:
    """Broken after commas and blanks, so that a hover box stays on a screen."""
    lines, line = [], ""
    for word in text.replace(",", ", ").split(" "):
        if line and len(line) + len(word) > _LINE:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}" if line else word
    return "<br>".join([*lines, line])


def _moment(at: np.datetime64) -> datetime:
    """UTC, without saying so: a chart draws times as they are written."""
    moment: datetime = at.astype("datetime64[ms]").item()
    return moment
