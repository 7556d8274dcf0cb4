"""What is left of an error budget against time: how this window's was spent, and what the tile showed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from html import escape
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dashboard.charts.burndown import stretches
from dashboard.charts.downsampling import chosen_points
from dashboard.charts.marks import Mark, drawn
from dashboard.charts.template import TEXT_SIZE, template
from dashboard.theme import Palette
from dashboard.verdict import BAND_TONES, verdict
from scoring.slo.budget import Threshold
from scoring.slo.series import BurnDown, RollingRemaining
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
    start, end = _moment(burn.times[0]), _moment(burn.times[-1])
    minutes = np.arange(len(share), dtype=np.float64)
    until = burn.times.astype("datetime64[s]").astype(np.int64).astype(np.float64)
    beside = np.column_stack((bad, total, minutes, until))[points]
    figure = _figure(share, burn.status.policy.thresholds, marks, (start, end), palette)
    for states, words, colour, opacity in (
        ((MinuteState.PENDING, MinuteState.UNKNOWN), "nobody observed this", palette.muted, 0.5),
        ((MinuteState.DOWN,), "platform down, estimated", palette.lockdown, 0.9),
    ):
        low, high = figure.layout.yaxis.range
        found = [(one.start, one.end) for one in stretches(burn, states)]
        if found:
            figure.add_trace(_stretches(found, (low, high), words, colour, opacity, hatched=opacity == 0.5))
    figure.add_trace(
        go.Scatter(
            x=[burn.times[0].astype("datetime64[ms]").item(), burn.times[-1].astype("datetime64[ms]").item()],
            y=[100.0, 0.0],
            mode="lines",
            line={"color": palette.muted, "width": 1.5, "dash": "dot"},
            hoverinfo="skip",
            name="ideal",
        )
    )
    figure.add_trace(
        go.Scatter(
            x=burn.times[points].astype("datetime64[ms]"),
            y=share[points],
            customdata=beside,
            mode="lines",
            line={"color": palette.accent, "width": 3},
            name="left",
            hovertemplate=_hover(query),
        )
    )
    figure.add_trace(_end(burn.times[-1], float(share[-1]), palette.tone(verdict(burn.status).tone)))
    return figure


def rolling_figure(
    rolling: RollingRemaining, thresholds: tuple[Threshold, ...], colour: str, palette: Palette
) -> go.Figure:
    """What the tile showed at each moment; a gap where too little was known."""
    share = rolling.remaining * 100
    known = np.flatnonzero(~np.isnan(share))
    chosen = known[chosen_points(share[known])] if len(known) else known
    gaps = known[1:][np.diff(known) > 1] - 1
    points = np.union1d(chosen, gaps)
    start, end = _moment(rolling.times[0]), _moment(rolling.times[-1])
    figure = _figure(share[known], thresholds, (), (start, end), palette)
    figure.add_trace(
        go.Scatter(
            x=rolling.times[points].astype("datetime64[ms]"),
            y=share[points],
            mode="lines",
            line={"color": palette.accent, "width": 3},
            connectgaps=False,
            name="left",
            hovertemplate=(
                "%{x|%Y-%m-%d %H:%M} UTC<br><b>%{y:.1f} % left</b><br>of the window that ended then<extra></extra>"
            ),
        )
    )
    if len(known):
        figure.add_trace(_end(rolling.times[known[-1]], float(share[known[-1]]), colour))
    return figure


def _figure(
    share: Values,
    thresholds: tuple[Threshold, ...],
    marks: Sequence[Mark],
    span: tuple[datetime, datetime],
    palette: Palette,
) -> go.Figure:
    lowest = float(share.min()) if len(share) else 0.0
    bottom = min(0.0, float(np.floor(lowest / 10) * 10) - (5 if lowest < 0 else 0))
    shapes, names = _zones(thresholds, bottom, palette)
    ticks = _ticks(bottom)
    around = drawn(marks, *span, palette)
    layout = go.Layout(
        template=template(palette),
        height=HEIGHT,
        hovermode="closest",
        uirevision="kept",
        shapes=shapes + around["shapes"],
        annotations=names + around["annotations"],
        margin={"l": 8, "r": 112, "t": around["top"], "b": 8},
        yaxis={
            "range": [bottom, TOP],
            "tickvals": ticks,
            "ticktext": [f"{tick:g} %".replace("-", "−") for tick in ticks],
        },
        xaxis={"range": list(span), "nticks": 7, "tickformat": "%b %-d"},
    )
    return go.Figure(layout=layout)


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


def _stretches(
    parts: list[tuple[np.datetime64, np.datetime64]],
    y: tuple[float, float],
    words: str,
    colour: str,
    opacity: float,
    *,
    hatched: bool,
) -> go.Scatter:
    """Stretches of time as one trace of boxes."""
    xs: list[datetime | None] = []
    ys: list[float | None] = []
    for low, high in parts:
        left, right = low.astype("datetime64[ms]").item(), high.astype("datetime64[ms]").item()
        xs += [left, left, right, right, left, None]
        ys += [y[0], y[1], y[1], y[0], y[0], None]
    pattern = {"shape": "/", "fgcolor": colour, "bgcolor": "rgba(0,0,0,0)", "size": 9, "solidity": 0.25}
    return go.Scatter(
        x=xs,
        y=ys,
        mode="lines",
        line={"width": 0},
        fill="toself",
        opacity=opacity,
        name=words,
        text=words,
        hoverinfo="text",
        hoveron="fills",
        **({"fillpattern": pattern} if hatched else {"fillcolor": colour}),
    )


def _end(at: np.datetime64, share: float, colour: str) -> go.Scatter:
    """The point that the tile's number is."""
    return go.Scatter(
        x=[at.astype("datetime64[ms]").item()],
        y=[share],
        mode="markers",
        marker={"size": 12, "color": colour},
        hoverinfo="skip",
        name="now",
        cliponaxis=False,
    )


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
    moment: datetime = at.astype("datetime64[s]").item()
    return moment.replace(tzinfo=UTC)
