"""Markup that meetings share: the theme's colours for their style sheets, and words that state a condition."""

from __future__ import annotations

from html import escape

from dashboard.reviewing_rows import Told
from dashboard.theme import ICONS, Palette, Tone


def variables(palette: Palette, prefix: str) -> str:
    """The theme's colours as `--PREFIX-NAME`, for a style sheet."""
    colours = {
        **{tone.name.lower(): palette.tone(tone) for tone in Tone},
        "border": palette.border,
        "muted": palette.muted,
        "surface": palette.surface,
        "page": palette.page,
        "text": palette.text,
        "accent": palette.accent,
    }
    return f"<style>:root {{ {' '.join(f'--{prefix}-{name}: {value};' for name, value in colours.items())} }}</style>"


def told(words: Told) -> str:
    """Words, with icon and colour where they state a condition. Escaped."""
    if words.tone is None:
        return f"<span>{escape(words.words)}</span>"
    tone = words.tone.name.lower()
    return f'<span class="tone {tone}"><span aria-hidden="true">{ICONS[words.tone]}</span> {escape(words.words)}</span>'
