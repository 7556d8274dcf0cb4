"""The burn-down: how an SLO's error budget was spent over its window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dashboard.charts.downsampling import chosen_points
from dashboard.charts.picture import HATCH, Picture, Size
from dashboard.theme import ICONS, Palette, Tone
from dashboard.verdict import BAND_TONES, verdict
from dashboard.wording import percents, plural
from scoring.slo.budget import Threshold
from scoring.slo.series import BurnDown
from scoring.slo.slices import MinuteState

TOP = 106.0
"""Percent at the upper edge: a line along 100 % keeps its width."""
_LABELLED_PIXELS = 60
"""A narrower stretch without data is hatched without a word in it: there is no room for one."""
_TICK_PIXELS = 80
"""What a date needs on the time axis."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Consecutive minutes in one condition; start and end as datetime64[s]."""

    start: np.datetime64
    end: np.datetime64
    minutes: int


def burn_down_picture(burn: BurnDown, palette: Palette, size: Size) -> str:
    """Remaining budget against time as SVG, with the ideal line, the policy's zones, and what is not known."""
    share = burn.remaining * 100
    bottom = min(0.0, float(np.floor(share.min() / 10) * 10) - (5 if share.min() < 0 else 0))
    seconds = _seconds(burn.times)
    picture = Picture(size, palette, (float(seconds[0]), float(seconds[-1])), (bottom, TOP))
    _zones(picture, burn.status.policy.thresholds, float(share[-1]), bottom)
    _heights(picture, bottom)
    _dates(picture, burn)
    _hatch(picture, stretches(burn, (MinuteState.PENDING, MinuteState.UNKNOWN)))
    _down(picture, burn)
    picture.line(seconds[[0, -1]], np.array([100.0, 0.0]), palette.muted, 1.5, dash="2 4")
    drawn = chosen_points(share)
    picture.line(seconds[drawn], share[drawn], palette.accent, 3)
    tone = verdict(burn.status).tone
    picture.dot(float(seconds[-1]), float(share[-1]), palette.tone(tone))
    left = f"{ICONS[tone]} {percents(float(burn.remaining[-1]), 1)}"
    picture.beside(float(share[-1]), [left, "left"], palette.tone(tone), bold=True)
    return picture.svg()


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


def _zones(picture: Picture, policy: tuple[Threshold, ...], last: float, bottom: float) -> None:
    """The policy's bands as faint zones, named at the right edge unless the line's own label stands there."""
    edges = [bottom, *(float(threshold.share * 100) for threshold in policy)]
    for low, high, threshold in zip(edges, edges[1:], policy, strict=False):
        picture.box(picture.x, (low, high), picture.palette.tone(BAND_TONES[threshold.band]), 0.10)
    top = float(policy[-1].share * 100)
    if last > top + 12:
        picture.beside(top / 2, ["halt,", "incident,", "lockdown"], picture.palette.muted)


def _heights(picture: Picture, bottom: float) -> None:
    """The scale on the left, and a thin line across for each of its steps."""
    palette, left = picture.palette, picture.size.left
    for tick in [0, 25, 50, 75, 100] if bottom >= -20 else [round(bottom / 50) * 50, 0, 50, 100]:
        picture.line(np.array(picture.x), np.array([float(tick)] * 2), palette.border, 1)
        picture.text(left - 8, picture.down(tick), f"{tick} %".replace("-", "−"), palette.text, "end")


def _dates(picture: Picture, burn: BurnDown) -> None:
    """Midnights, or hours in a window of a few days, as many as there is room for."""
    start, end = burn.times[0], burn.times[-1]
    room = max(2, picture.size.plot_width // _TICK_PIXELS)
    hours = int((end - start) / np.timedelta64(1, "h"))
    step = next(each for each in _STEPS if hours // each <= room)
    first = start.astype("datetime64[D]").astype("datetime64[s]")
    below = picture.size.height - picture.size.bottom
    for at in np.arange(first, end, np.timedelta64(step, "h")):
        if at >= start:
            moment = at.astype("datetime64[s]").item()
            words = f"{moment:%H:%M}" if step < _DAY else f"{moment:%b} {moment.day}"
            x = picture.across(float(_seconds(at)))
            picture.parts.append(f'<path d="M{x:.1f} {below}v6" stroke="{picture.palette.muted}"/>')
            picture.text(x, below + 18, words, picture.palette.text, "middle")


_DAY = 24
_STEPS = (1, 3, 6, 12, *(_DAY * days for days in (1, 2, 5, 7, 10, 14, 28, 90, 365, 3650)))
"""Hours between two dates on the time axis."""


def _hatch(picture: Picture, parts: list[Stretch]) -> None:
    """Stretches without data: hatched, and named where there is room. Unknown is neither green nor a gap."""
    bottom, _ = picture.y
    for part in parts:
        low, high = float(_seconds(part.start)), float(_seconds(part.end))
        picture.box((low, high), (bottom, TOP), HATCH)
        if picture.across(high) - picture.across(low) >= _LABELLED_PIXELS:
            middle = (picture.across(low) + picture.across(high)) / 2
            picture.text(middle, picture.down(50), "no data", picture.palette.muted, "middle")


def _down(picture: Picture, burn: BurnDown) -> None:
    """Stretches in which the platform answered nothing; the longest is named at the top, on its side with more room."""
    parts = stretches(burn, (MinuteState.DOWN,))
    colour = picture.palette.lockdown
    for part in parts:
        picture.box((float(_seconds(part.start)), float(_seconds(part.end))), (picture.y[0], TOP), colour, 0.45)
    if parts:
        longest = max(parts, key=lambda part: part.minutes)
        more = f" (+{len(parts) - 1})" if len(parts) > 1 else ""
        early = longest.start < burn.times[0] + (burn.times[-1] - burn.times[0]) // 2
        words = f"{ICONS[Tone.LOCKDOWN]} down {longest.minutes} min{more}"
        x = picture.across(float(_seconds(longest.start)))
        picture.text(x, picture.size.top / 2, words, colour, "start" if early else "end")


def _seconds(at: np.datetime64 | NDArray[np.datetime64]) -> NDArray[np.float64]:
    """Seconds since the epoch."""
    return np.asarray(at).astype("datetime64[s]").astype(np.int64).astype(np.float64)


def _words(at: np.datetime64) -> str:
    return str(at.astype("datetime64[s]"))[:16].replace("T", " ")
