"""A chart as a picture: SVG text drawn on the server, which a browser shows at once.

A chart library would be 5 MB of scripts that take longer than the whole page. What such a picture lacks is the tooltip,
so everything that matters is written into it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from numpy.typing import NDArray

from dashboard.theme import Palette

TEXT_SIZE = 15
"""Pixels; ticks and labels are read from the other end of a meeting room."""

LINE_HEIGHT = 19
FONT = "'Source Sans', 'Source Sans Pro', system-ui, sans-serif"

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Size:
    """A picture's size in pixels and the margins around what is plotted."""

    width: int
    height: int
    left: int = 68
    right: int = 124
    top: int = 28
    bottom: int = 34

    @property
    def plot_width(self) -> int:
        """Pixels between the left and the right margin."""
        return self.width - self.left - self.right

    @property
    def plot_height(self) -> int:
        """Pixels between the top and the bottom margin."""
        return self.height - self.top - self.bottom


SIZES = {"narrow": Size(350, 320), "medium": Size(700, 400), "wide": Size(1080, 420)}
"""By the class that `frame.css` shows on screens of that width: text keeps its size while the plot takes the room."""


@dataclass(slots=True)
class Picture:
    """A plot whose points are given in the units of its axes.

    x, y: what the plot's left and right, and its lower and upper edge stand for.
    """

    size: Size
    palette: Palette
    x: tuple[float, float]
    y: tuple[float, float]
    parts: list[str] = field(default_factory=list)

    def across(self, value: float) -> float:
        """Pixels from the left edge."""
        low, high = self.x
        return self.size.left + (value - low) / (high - low) * self.size.plot_width

    def down(self, value: float) -> float:
        """Pixels from the upper edge."""
        low, high = self.y
        return self.size.top + (high - value) / (high - low) * self.size.plot_height

    def box(self, x: tuple[float, float], y: tuple[float, float], fill: str, opacity: float = 1.0) -> None:
        """A filled rectangle from corner to corner."""
        left, right, top, bottom = self.across(x[0]), self.across(x[1]), self.down(y[1]), self.down(y[0])
        self.parts.append(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{max(right - left, 1):.1f}" height="{bottom - top:.1f}" '
            f'fill="{fill}" fill-opacity="{opacity:g}"/>'
        )

    def line(
        self, x: NDArray[np.float64], y: NDArray[np.float64], colour: str, width: float, dash: str | None = None
    ) -> None:
        """A line through points."""
        points = " ".join(f"{self.across(at):.1f},{self.down(value):.1f}" for at, value in zip(x, y, strict=True))
        dashed = "" if dash is None else f' stroke-dasharray="{dash}"'
        self.parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width:g}" '
            f'stroke-linejoin="round"{dashed}/>'
        )

    def dot(self, x: float, y: float, colour: str) -> None:
        """The point that a label speaks of."""
        self.parts.append(f'<circle cx="{self.across(x):.1f}" cy="{self.down(y):.1f}" r="6" fill="{colour}"/>')

    def text(
        self, x: float, y: float, words: str, colour: str, anchor: Anchor = "start", *, bold: bool = False
    ) -> None:
        """A line of text, its middle at these pixels."""
        weight = ' font-weight="bold"' if bold else ""
        self.parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" dy="0.35em" fill="{colour}" text-anchor="{anchor}"{weight}>'
            f"{escape(words)}</text>"
        )

    def beside(self, y: float, lines: Iterable[str], colour: str, *, bold: bool = False) -> None:
        """Lines of text in the right margin, around the height that they belong to, inside the picture."""
        texts = list(lines)
        half = LINE_HEIGHT * len(texts) / 2
        middle = min(max(self.down(y), half), self.size.height - self.size.bottom - half)
        for number, words in enumerate(texts):
            height = middle - half + LINE_HEIGHT * (number + 0.5)
            self.text(self.size.width - self.size.right + 12, height, words, colour, bold=bold)

    def svg(self) -> str:
        """The whole picture."""
        size, palette = self.size, self.palette
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size.width} {size.height}" '
            f'width="{size.width}" height="{size.height}" font-family={quoteattr(FONT)} font-size="{TEXT_SIZE}">'
            f'<defs><pattern id="hatch" width="9" height="9" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="9" stroke="{palette.muted}" '
            f'stroke-opacity="0.45" stroke-width="2.5"/></pattern></defs>{"".join(self.parts)}</svg>'
        )


HATCH = "url(#hatch)"
"""The fill of what nobody observed."""
