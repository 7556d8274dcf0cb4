"""What a review says about the one before it: bands that changed, SLOs that came, went or mean something else. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from dashboard.reviewing_rows import Told, band_of, points
from dashboard.theme import Tone
from scoring.meetings.comparing import Presence, SubjectChange


def change_lines(changes: Iterable[SubjectChange]) -> list[tuple[Tone, str]]:
    """One line for each SLO about which there is something to say, with the tone of its present band."""
    lines = []
    for change in changes:
        words = _words(change)
        if words:
            shown = change.after or change.before or {}
            tone = Tone.NO_DATA if change.after is None else band_of(change.after).tone or Tone.NO_DATA
            lines.append((tone, f"{shown.get('title') or change.subject}: {words}"))
    return lines


def _words(change: SubjectChange) -> str:
    if change.presence is Presence.NEW:
        return "new"
    if change.presence is Presence.REMOVED:
        return "no longer there"
    parts = []
    if change.band_changed and change.before and change.after:
        parts.append(f"{_band(change.before)} → {_band(change.after)}")
        if change.remaining is not None:
            parts.append(points(change.remaining))
    if change.redefined:
        parts.append("redefined, so the two numbers answer different questions")
    return ", ".join(parts)


def _band(numbers: object) -> str:
    told: Told = band_of(numbers)  # type: ignore[arg-type]
    return told.words
