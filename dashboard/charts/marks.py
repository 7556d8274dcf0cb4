"""What people say happened, as numbered marks on a time axis: the number leads to the words below the chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.charts.template import MARGIN, TEXT_SIZE
from dashboard.theme import Palette

LANE = 22
"""Pixels between two rows of labels."""

MOST_LANES = 3

_ROOM = 0.3
"""Share of the axis that a label takes on the narrowest screen."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened. number: as in the list below. end: None at one moment."""

    number: int
    kind: str
    start: datetime
    end: datetime | None


def lanes(marks: Sequence[Mark], start: datetime, end: datetime) -> list[int | None]:
    """The row of each mark's label, so that none lies on another; None where there is no room in MOST_LANES rows."""
    whole = (end - start).total_seconds()
    free = [float("-inf")] * MOST_LANES
    found: list[int | None] = []
    for mark in marks:
        at = (max(mark.start, start) - start).total_seconds() / whole
        left = min(at, 1 - _ROOM)
        lane = next((row for row, until in enumerate(free) if until <= left), None)
        if lane is not None:
            free[lane] = left + _ROOM
        found.append(lane)
    return found


def drawn(marks: Sequence[Mark], start: datetime, end: datetime, palette: Palette) -> dict[str, Any]:
    """Shapes and annotations of a figure's layout, with the top margin that the labels need."""
    rows = lanes(marks, start, end)
    shapes: list[dict[str, Any]] = []
    labels: list[dict[str, Any]] = []
    for mark, row in zip(marks, rows, strict=True):
        first, last = max(mark.start, start), min(mark.end or mark.start, end)
        shapes.append(
            {
                "type": "rect" if last > first else "line",
                "x0": first,
                "x1": last,
                "y0": 0,
                "y1": 1,
                "yref": "paper",
                "line": {"color": palette.muted, "width": 1.5, "dash": "dot"},
                **({"fillcolor": palette.muted, "opacity": 0.25} if last > first else {}),
            }
        )
        if row is not None:
            late = (first - start) / (end - start) > 1 - _ROOM
            labels.append(
                {
                    "x": first,
                    "y": 1,
                    "yref": "paper",
                    "yshift": LANE * (row + 0.5),
                    "text": f"{mark.number} {mark.kind}",
                    "showarrow": False,
                    "xanchor": "right" if late else "left",
                    "yanchor": "middle",
                    "font": {"size": TEXT_SIZE, "color": palette.text},
                }
            )
    used = max((row for row in rows if row is not None), default=-1) + 1
    return {"shapes": shapes, "annotations": labels, "top": MARGIN["t"] + LANE * used}
