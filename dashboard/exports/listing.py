"""A table as a file: the rows that are shown, in the shape that the command line prints."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from dashboard.shapes import Shape

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def as_json(shapes: Sequence[Shape]) -> bytes:
    """The rows as a JSON list."""
    return json.dumps(list(shapes), indent=2, ensure_ascii=False).encode()


def as_csv(shapes: Sequence[Shape]) -> bytes:
    """The rows as CSV with a header; unknown is empty, lists are separated by spaces.

    A text that a spreadsheet would run as a formula gets a quote before it: names come from whoever may create topics.
    """
    text = io.StringIO(newline="")
    if shapes:
        writer = csv.DictWriter(text, fieldnames=list(shapes[0]))
        writer.writeheader()
        writer.writerows({name: _cell(value) for name, value in shape.items()} for shape in shapes)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, list):
        value = " ".join(str(item) for item in value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
