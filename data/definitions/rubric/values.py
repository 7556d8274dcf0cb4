"""Single values of rubric files: sentences, ids, small whole numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from data.definitions.located import Located
from data.definitions.names import matching

ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")
VERSION = re.compile(r"[A-Za-z0-9]+([.-][A-Za-z0-9]+)*")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def sentence(node: Located, *, allow_empty: bool = False) -> str:
    """A text in one line, however the file folds it. Raises DefinitionError when there is nothing to read in it."""
    text = " ".join(node.text(allow_empty=allow_empty).split())
    if not text and not allow_empty:
        raise node.wrong("must not be empty")
    return text


def id_of(node: Located) -> str:
    """The id of an item."""
    return matching(node, ID, "letters, digits, dash and underscore, in parts with dots between them")


def version_of(node: Located) -> str:
    """The version of a rubric or an overlay."""
    return matching(node, VERSION, "letters and digits in parts with dots or dashes between them, as in 2026.1")


def language_of(node: Located) -> str:
    """A language as BCP 47 writes it."""
    return matching(node, LANGUAGE, "a language tag such as en, de or pt-BR")


def whole(node: Located, allowed: Iterable[int]) -> int:
    """One of some whole numbers."""
    numbers = tuple(allowed)
    number = node.decimal()
    if number not in numbers:
        raise node.wrong(f"must be a whole number from {numbers[0]} to {numbers[-1]}, not {node.text()}")
    return int(number)
