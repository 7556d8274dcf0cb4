"""Matchers as Alertmanager's configuration writes them: severity="critical", team=~"a|b", or bare words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scoring.evidence.alert_routing import Matcher

_ONE = re.compile(
    r"""\s*(?P<label>"(?:[^"\\]|\\.)*"|[^\s=!~,{}"]+)\s*(?P<operator>=~|!~|!=|=)\s*"""
    r"""(?P<value>"(?:[^"\\]|\\.)*"|[^,{}"]*?)\s*(?:,|$)"""
)


class MatcherError(ValueError):
    """A text is no list of matchers."""


def parse_matchers(text: str) -> Iterator[Matcher]:
    """The matchers of one entry, which may hold several in braces. Raises MatcherError."""
    inner = text.strip()
    if inner.startswith("{") and inner.endswith("}"):
        inner = inner[1:-1].strip()
    place = 0
    while place < len(inner):
        found = _ONE.match(inner, place)
        if found is None:
            raise MatcherError(f"{text!r} is no matcher, such as severity=critical")
        yield Matcher(_plain(found["label"]), found["operator"], _plain(found["value"]))
        place = found.end()


def _plain(word: str) -> str:
    """A word without its quotes and escapes."""
    if not word.startswith('"'):
        return word
    return re.sub(r"\\(.)", lambda escaped: "\n" if escaped[1] == "n" else escaped[1], word[1:-1])
