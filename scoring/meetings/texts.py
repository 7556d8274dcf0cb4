"""What people write: taken as it is, or refused with what to do instead."""

from __future__ import annotations

from urllib.parse import urlsplit

LONGEST = 4_000
"""Characters of what a person writes in one place: several minutes of dictation, and still one screen."""


class RefusedError(Exception):
    """What a person asked for cannot be done; the message says what to do next."""


class MeetingError(RefusedError):
    """A meeting cannot do what was asked."""


class TextError(RefusedError):
    """A text that cannot be kept as it was written."""


def written(name: str, text: str, *, needed: bool = False) -> str:
    """A person's text without the white space around it.

    name: what it is, for the message. Raises TextError when it is needed and empty, too long, or holds characters
    that are no text (a NUL, half of a surrogate pair).
    """
    text = text.strip()
    if needed and not text:
        raise TextError(f"The {name} is empty; write it.")
    if len(text) > LONGEST:
        raise TextError(f"The {name} has {len(text)} characters; {LONGEST} fit. Link to a document instead.")
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise TextError(f"The {name} holds a character that is no text; type it anew instead of pasting it.")
    return text


def linked(name: str, text: str, *, needed: bool = False) -> str:
    """A link that a browser may open. Raises TextError for anything but http and https, and as `written` does."""
    text = written(name, text, needed=needed)
    if not text:
        return text
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise TextError(f"The {name} is no link; write one that begins with https://.")
    return text
