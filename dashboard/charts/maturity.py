"""Pictures of a result: the ladder of five levels, the profile of five dimensions, and how both went over sessions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from dashboard.charts.picture import HATCH, LINE_HEIGHT, Anchor, Picture, Size
from dashboard.maturity import Told
from dashboard.theme import Palette
from scoring.maturity.rubric import Dimension

RAMP = (
    ("#DCEBFA", "#1B1F24"),
    ("#A9CDF2", "#1B1F24"),
    ("#6AA8E2", "#0E1420"),
    ("#1F6FBF", "#FFFFFF"),
    ("#0B4F94", "#FFFFFF"),
)
"""One blue from light to dark, and what is written on it; the number stands in every field."""

NARROW = 480
SIZES = {
    "narrow": Size(350, 150, left=8, right=8, top=10, bottom=74),
    "medium": Size(900, 150, left=8, right=8, top=10, bottom=74),
    "wide": Size(1700, 160, left=8, right=8, top=10, bottom=74),
}
PROFILE_SIZES = {
    "narrow": Size(350, 400, left=24, right=24, top=34, bottom=34),
    "medium": Size(700, 320, left=150, right=150, top=12, bottom=34),
    "wide": Size(1080, 320, left=170, right=170, top=12, bottom=34),
}
LINE_SIZES = {
    "narrow": Size(350, 260, left=44, right=76, top=16, bottom=34),
    "medium": Size(700, 260, left=52, right=110, top=16, bottom=34),
    "wide": Size(1080, 280, left=52, right=110, top=16, bottom=34),
}


def ladder_picture(told: Told, palette: Palette, size: Size) -> str:
    """The five levels; those confirmed are filled, the next is hatched by its share, the bounds are a bracket."""
    picture = Picture(size, palette, (0, 5), (0, 1))
    share = 0.0 if told.decided["index"] is None else told.decided["index"] - told.level
    for number, level in enumerate(told.rubric.levels):
        confirmed = number < told.level
        fill, ink = RAMP[number] if confirmed else (palette.surface, palette.text)
        picture.box((number + 0.015, number + 0.985), (0, 1), fill)
        if number == told.level and share:
            picture.box((number + 0.015, number + 0.015 + 0.97 * share), (0, 1), palette.accent, 0.35)
            picture.box((number + 0.015, number + 0.015 + 0.97 * share), (0, 1), HATCH)
        _frame(picture, number, palette.accent if confirmed else palette.muted)
        middle = picture.across(number + 0.5)
        words = str(level.number) if size.width < NARROW else f"{level.number} {level.title}"
        picture.text(middle, picture.down(0.5), words, ink, "middle", bold=confirmed)
    _bracket(picture, told)
    return picture.svg()


def _frame(picture: Picture, number: int, colour: str) -> None:
    left, right = picture.across(number + 0.015), picture.across(number + 0.985)
    picture.parts.append(
        f'<rect x="{left:.1f}" y="{picture.down(1):.1f}" width="{right - left:.1f}" '
        f'height="{picture.down(0) - picture.down(1):.1f}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
    )


def _bracket(picture: Picture, told: Told) -> None:
    low, high = told.decided["index"], told.decided["index_high"]
    if low is None or high is None:
        return
    top, foot = picture.down(0) + 8, picture.down(0) + 20
    left, right = picture.across(low), picture.across(high)
    colour = picture.palette.text
    if right - left < 2:
        picture.parts.append(f'<path d="M{left:.1f} {top} V{foot}" stroke="{colour}" stroke-width="3"/>')
        words = [f"index {told.decided['index_words']}"]
    else:
        picture.parts.append(
            f'<path d="M{left:.1f} {top} V{foot} H{right:.1f} V{top}" fill="none" stroke="{colour}" stroke-width="3"/>'
        )
        words = [f"index {told.decided['index_words']} to {told.decided['index_high_words']}", "unknown as no, as yes"]
    half = 88.0
    middle = min(max((left + right) / 2, half), picture.size.width - half)
    for line, text in enumerate(words):
        picture.text(middle, foot + 14 + LINE_HEIGHT * line, text, colour, "middle", bold=line == 0)


def ladder_alt(told: Told) -> str:
    """The ladder in words."""
    low, high = told.decided["index_words"], told.decided["index_high_words"]
    bounds = f"index {low}" if low == high else f"index {low} with unknown as no, {high} with unknown as yes"
    return f"Five levels, {told.level} confirmed, {bounds}. {told.headline}"


def profile_picture(told: Told, palette: Palette, size: Size) -> str:
    """Each dimension's rating and what the next level needs, joined by a line: a dumbbell a dimension."""
    picture = Picture(size, palette, (1, 5), (0, len(Dimension)))
    for rating in range(1, 6):
        x = picture.across(rating)
        picture.parts.append(
            f'<path d="M{x:.1f} {picture.down(len(Dimension)):.1f} V{picture.down(0):.1f}" stroke="{palette.border}"/>'
        )
        picture.text(x, picture.down(0) + 18, str(rating), palette.text, "middle")
    for place, dimension in enumerate(Dimension):
        _dumbbell(picture, told, dimension, len(Dimension) - place - 0.5)
    return picture.svg()


def _dumbbell(picture: Picture, told: Told, dimension: Dimension, at: float) -> None:
    palette, rated, needed = picture.palette, told.medians[dimension], told.needed[dimension]
    y, target = picture.down(at), picture.across(needed)
    words = f"{'not rated' if rated is None else rated}, needs {needed}"
    if picture.size.width < NARROW:
        y += 8
        picture.text(picture.size.left, y - 26, f"{dimension.value}: {words}", palette.text)
    else:
        picture.text(picture.size.left - 18, y, dimension.value, palette.text, "end")
        picture.text(picture.size.width - picture.size.right + 18, y, words, palette.text, bold=(rated or 0) < needed)
    if rated is not None:
        ours = picture.across(rated)
        dashed = "" if rated >= needed else 'stroke-dasharray="2 5"'
        picture.parts.append(
            f'<path d="M{ours:.1f} {y:.1f} H{target:.1f}" stroke="{palette.accent}" stroke-width="4" {dashed}/>'
        )
    picture.parts.append(
        f'<circle cx="{target:.1f}" cy="{y:.1f}" r="11" fill="{palette.page}" stroke="{palette.text}" '
        'stroke-width="2.5"/>'
    )
    if rated is not None:
        picture.parts.append(f'<circle cx="{picture.across(rated):.1f}" cy="{y:.1f}" r="7" fill="{palette.accent}"/>')


def profile_alt(told: Told) -> str:
    """The profile in words."""
    ratings = {one: "not rated" if median is None else f"rated {median}" for one, median in told.medians.items()}
    each = (f"{one.value} {rated}, needs {told.needed[one]}" for one, rated in ratings.items())
    return f"Ratings from 1 to 5 against what level {min(told.level + 1, 5)} needs: {'; '.join(each)}"


@dataclass(frozen=True, slots=True)
class Point:
    """A value on a day. high: its upper bound, the same as `value` without unknowns."""

    day: date
    value: float
    high: float


def line_picture(
    points: Sequence[Point], palette: Palette, size: Size, bounds: tuple[float, float] | None, unit: str = ""
) -> str:
    """Values over days, with their bounds where they have any. bounds: of the axis; None for those of the values."""
    days = [one.day.toordinal() for one in points]
    low, high = bounds or _around([one.value for one in points])
    picture = Picture(size, palette, (days[0] - 0.5, days[-1] + 0.5), (low, high))
    for tick in (low, (low + high) / 2, high):
        y = picture.down(tick)
        picture.parts.append(f'<path d="M{size.left} {y:.1f} H{size.width - size.right}" stroke="{palette.border}"/>')
        picture.text(size.left - 8, y, f"{tick:.3g}", palette.text, "end")
    for one, day in zip(points, days, strict=True):
        if one.high > one.value:
            x = picture.across(day)
            picture.parts.append(
                f'<path d="M{x:.1f} {picture.down(one.value):.1f} V{picture.down(one.high):.1f}" '
                f'stroke="{palette.accent}" stroke-width="6" stroke-opacity="0.4"/>'
            )
    if len(points) > 1:
        picture.line(np.array(days, float), np.array([one.value for one in points]), palette.accent, 3)
    for one, day in zip(points, days, strict=True):
        picture.dot(day, one.value, palette.accent)
    last = points[-1]
    picture.beside(last.value, [f"{last.value:.6g} {unit}".strip()], palette.text, bold=True)
    foot = size.height - size.bottom + 18
    if len(points) > 1:
        picture.text(size.left, foot, f"{points[0].day:%d %b %Y}", palette.text)
    anchor: Anchor = "end" if len(points) > 1 else "middle"
    picture.text(picture.across(days[-1]), foot, f"{last.day:%d %b %Y}", palette.text, anchor)
    return picture.svg()


def _around(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    room = (high - low) / 10 or abs(high) / 10 or 1.0
    return (0.0 if 0 <= low < room * 5 else low - room), high + room


def line_alt(what: str, points: Sequence[Point], unit: str = "") -> str:
    """Such a line in words."""
    each = ", ".join(f"{one.day:%Y-%m-%d}: {one.value:.6g} {unit}".strip() for one in points)
    return f"{what}. {each}"


def group_rows(told: Told) -> list[Mapping[str, str]]:
    """The medians of everybody and of each group, beside what is needed, for the table under the picture."""

    def word(value: int | None) -> str:
        return "not told" if value is None else str(value)

    return [
        {
            "Dimension": one.value,
            "Everybody": "not rated" if told.medians[one] is None else word(told.medians[one]),
            **{name: word(medians[one]) for name, medians in told.groups.items()},
            "Needed next": str(told.needed[one]),
        }
        for one in Dimension
    ]
