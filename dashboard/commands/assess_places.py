"""The line of a JSON text that a value begins on, looked up only when something is wrong with the value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

Way = tuple[str | int, ...]
"""The way to a value: keys of objects and places in lists."""

_MARK = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+')


def line_of(text: str, way: Way) -> int:
    """The line, from 1, of the value at the end of the way, or of the last one before it that exists."""
    places = dict(_values(text))
    while way not in places:
        way = way[:-1]
    return _line(text, places[way])


def given_twice(text: str) -> tuple[Way, int] | None:
    """The first value whose key its object has already, and its line; None when every key is given once."""
    seen: set[Way] = set()
    for way, place in _values(text):
        if way in seen:
            return way, _line(text, place)
        seen.add(way)
    return None


def words(way: Way) -> str:
    """A way as it is written: [0].ratings[2].Technology."""
    return "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in way).removeprefix(".")


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1


def _values(text: str) -> Iterator[tuple[Way, int]]:
    """Every value of a valid JSON text and where it begins, an object or list before what is in it."""
    way: list[str | int | None] = []
    for found in _MARK.finditer(text):
        mark = found[0]
        if mark in ("}", "]"):
            way.pop()
        elif mark == ",":
            last = way[-1]
            way[-1] = last + 1 if isinstance(last, int) else None
        elif mark != ":" and way and way[-1] is None:
            way[-1] = json.loads(mark)
        elif mark != ":":
            yield tuple(one for one in way if one is not None), found.start()
            if mark in ("{", "["):
                way.append(None if mark == "{" else 0)
