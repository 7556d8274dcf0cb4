"""The views that a page is looked at in: two themes, three sizes."""

from __future__ import annotations

import pytest

from tests.browser.watching import SIZES, THEMES

FIRST = ((THEMES[0], SIZES[0]), (THEMES[1], SIZES[-1]))

VIEWS = [
    pytest.param(
        theme,
        size,
        id=f"{theme}-{size[0]}x{size[1]}",
        marks=[pytest.mark.long] if (theme, size) not in FIRST else [],
    )
    for theme in THEMES
    for size in SIZES
]
"""All six; first a wall in one theme and a phone in the other: a theme moves nothing, and its colours are on both."""
