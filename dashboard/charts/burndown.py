"""The burn-down: how an SLO's error budget was spent over its window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from dashboard.charts.downsampling import chosen_points
from dashboard.charts.template import TEXT_SIZE, template
from dashboard.theme import ICONS, Palette, Tone
from dashboard.verdict import BAND_TONES, verdict
from dashboard.wording import percents, plural
from scoring.slo.budget import POLICY
from scoring.slo.slices import MinuteState
from scoring.slo.status import BurnDown

HEIGHT = 400
_LABELLED_MINUTES = 12 * 60
"""A shorter stretch without data is hatched without a word in it: there is no room for one."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive minutes in one condition; start and end as datetime64[s]."""

    start: np.datetime64
    end: np.datetime64
    minutes: int


def burn_down_figure(burn: BurnDown, palette: Palette) -> go.Figure:
    """Remaining budget against time, with the ideal line, the policy's zones, and what is not known."""
    share = burn.remaining * 100
    bottom = min(0.0, float(np.floor(share.min() / 10) * 10) - (5 if share.min() < 0 else 0))
    figure = go.Figure(layout={"template": template(palette), "height": HEIGHT})
    _zones(figure, burn, palette, bottom)
    _hatch(figure, stretches(burn, (MinuteState.PENDING, MinuteState.UNKNOWN)), palette, bottom)
    _down(figure, burn, palette)
    _line(figure, burn, share, palette)
    figure.update_xaxes(range=[_text(burn.times[0]), _text(burn.times[-1])], nticks=7)
    ticks = _ticks(bottom)
    words = [f"{tick:.0f} %" for tick in ticks]
    figure.update_yaxes(range=[bottom, 106], tickvals=ticks, ticktext=words, fixedrange=True)
    figure.update_layout(hovermode="x unified", margin={"l": 8, "r": 110, "t": 26, "b": 8})
    return figure


def burn_down_alt(burn: BurnDown) -> str:
    """The figure in words, from its own numbers."""
    remaining = burn.remaining
    lost = float(remaining[0] - remaining[-1])
    steepest = int(np.argmin(np.diff(remaining[:: min(60, len(remaining) - 1)]))) * 60
    sentences = [
        f"Error budget of {burn.status.title} over {burn.status.window}, {burn.status.cluster}: "
        f"{percents(float(remaining[-1]), 1)} left, {percents(max(lost, 0.0), 1)} spent."
    ]
    if lost > 0:
        sentences.append(f"The costliest hour began {_words(burn.times[steepest])} UTC.")
    unseen = sum(stretch.minutes for stretch in stretches(burn, (MinuteState.PENDING, MinuteState.UNKNOWN)))
    down = sum(stretch.minutes for stretch in stretches(burn, (MinuteState.DOWN,)))
    if unseen:
        sentences.append(f"Without data: {plural(unseen, 'minute')}.")
    if down:
        sentences.append(f"Platform down: {plural(down, 'minute')}.")
    return " ".join(sentences)


def stretches(burn: BurnDown, states: tuple[MinuteState, ...]) -> list[Stretch]:
    """The runs of minutes that are in any of the states, in order."""
    inside = np.concatenate(([False], np.isin(burn.states, states), [False]))
    edges = np.flatnonzero(inside[1:] != inside[:-1])
    return [
        Stretch(burn.times[low], burn.times[high], int(high - low))
        for low, high in zip(edges[::2], edges[1::2], strict=True)
    ]


def _line(figure: go.Figure, burn: BurnDown, share: NDArray[np.float64], palette: Palette) -> None:
    """The ideal line, the remaining budget, and its last point with the number that the tile shows."""
    start, end = burn.times[0], burn.times[-1]
    figure.add_scatter(
        x=[start, end],
        y=[100, 0],
        mode="lines",
        line={"color": palette.muted, "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
    )
    drawn = chosen_points(share)
    figure.add_scatter(
        x=burn.times[drawn],
        y=share[drawn],
        mode="lines",
        line={"color": palette.accent, "width": 3},
        hovertemplate="%{y:.2f} % left<extra></extra>",
    )
    tone = verdict(burn.status).tone
    figure.add_scatter(
        x=[end],
        y=[share[-1]],
        mode="markers",
        marker={"color": palette.tone(tone), "size": 11},
        hoverinfo="skip",
        cliponaxis=False,
    )
    _label(
        figure,
        float(share[-1]),
        f"<b>{ICONS[tone]} {percents(float(burn.remaining[-1]), 1)} left</b>",
        palette.tone(tone),
    )


def _zones(figure: go.Figure, burn: BurnDown, palette: Palette, bottom: float) -> None:
    """The policy's bands as faint zones, each named at the right edge unless the line's own label stands there."""
    edges = [bottom, *(float(threshold.share * 100) for threshold in POLICY)]
    last = float(burn.remaining[-1] * 100)
    for low, high, threshold in zip(edges, edges[1:], POLICY, strict=False):
        tone = BAND_TONES[threshold.band]
        colour = palette.tone(tone)
        figure.add_hrect(y0=low, y1=high, fillcolor=colour, opacity=0.10, line_width=0, layer="below")
    top = float(POLICY[-1].share * 100)
    if last > top + 12:
        _label(figure, top / 2, "halt, incident,<br>lockdown", palette.muted)


def _hatch(figure: go.Figure, parts: list[Stretch], palette: Palette, bottom: float) -> None:
    """Stretches without data: hatched, and named where there is room. Unknown is neither green nor a gap."""
    for part in parts:
        figure.add_scatter(
            x=[part.start, part.end, part.end, part.start, part.start],
            y=[bottom, bottom, 106, 106, bottom],
            mode="lines",
            line={"width": 0},
            fill="toself",
            fillcolor="rgba(0,0,0,0)",
            fillpattern={"shape": "/", "fgcolor": palette.muted, "fgopacity": 0.45, "size": 9, "solidity": 0.15},
            hoverinfo="skip",
        )
        if part.minutes >= _LABELLED_MINUTES:
            middle = part.start + (part.end - part.start) // 2
            _note(figure, middle, 50, "no data", palette.muted, palette)


def _down(figure: go.Figure, burn: BurnDown, palette: Palette) -> None:
    """Stretches in which the platform answered nothing; the longest is named at the top, on its side with more room."""
    parts = stretches(burn, (MinuteState.DOWN,))
    for part in parts:
        figure.add_vrect(
            x0=part.start,
            x1=part.end,
            fillcolor=palette.lockdown,
            opacity=0.35,
            line_width=1,
            line_color=palette.lockdown,
        )
    if parts:
        longest = max(parts, key=lambda part: part.minutes)
        more = f" (+{len(parts) - 1})" if len(parts) > 1 else ""
        early = longest.start < burn.times[0] + (burn.times[-1] - burn.times[0]) // 2
        figure.add_annotation(
            x=_text(longest.start),
            xanchor="left" if early else "right",
            y=1,
            yref="paper",
            yanchor="bottom",
            text=f"{ICONS[Tone.LOCKDOWN]} down {longest.minutes} min{more}",
            showarrow=False,
            font={"size": TEXT_SIZE, "color": palette.lockdown},
        )


def _note(
    figure: go.Figure, x: np.datetime64, y: float, text: str, colour: str, palette: Palette, anchor: str = "center"
) -> None:
    """A label inside the plot; anchor: the side of it that stands at x."""
    figure.add_annotation(
        x=_text(x),
        y=y,
        text=text,
        xanchor=anchor,
        showarrow=False,
        font={"size": TEXT_SIZE, "color": colour},
        bgcolor=palette.page,
    )


def _label(figure: go.Figure, y: float, text: str, colour: str) -> None:
    """A label in the right margin, beside the height it belongs to."""
    figure.add_annotation(
        x=1.01,
        xref="paper",
        xanchor="left",
        y=y,
        text=text,
        showarrow=False,
        align="left",
        font={"size": TEXT_SIZE, "color": colour},
    )


def _ticks(bottom: float) -> list[float]:
    return [0, 25, 50, 75, 100] if bottom >= -20 else [float(round(bottom / 50) * 50), 0, 50, 100]


def _text(at: np.datetime64) -> str:
    return str(at.astype("datetime64[s]"))


def _words(at: np.datetime64) -> str:
    return _text(at)[:16].replace("T", " ")
