"""Asking a source for one part of the estate, so that what fails is absent with its reason."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, TypeVar

from data.sources.failures import SourceFailure
from data.store.failures import StoreError
from scoring.catalog.estate import Absent, FailureKind, Part, Present

log = logging.getLogger(__name__)

T = TypeVar("T")


def attempt(what: str, read: Callable[[], Present[T]]) -> Part[T]:
    """A part of the estate, absent when it could not be read.

    Nothing that a source's answer does to us may stop the other parts, so that even an error of our own in reading
    it becomes an absence; its traceback goes to the log. Raises StoreError alone, for what reads and writes in one.
    """
    try:
        return read()
    except SourceFailure as failure:
        return failure.absent()
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - see above
        return _surprise(what, error)


def _surprise(what: str, error: Exception) -> Absent:
    log.exception("reading %s failed in a way that nobody foresaw", what)
    sentence = f"Reading {what} failed unexpectedly ({type(error).__name__})."
    return Absent(FailureKind.BAD_ANSWER, sentence, "Look into the collector's log and report it.")


def following(first: Part[Any], what: str, read: Callable[[Any], Present[T]]) -> Part[T]:
    """A part that is read for what another part lists; absent with the other, and no more complete than it."""
    if isinstance(first, Absent):
        return first
    found = attempt(what, lambda: read(first.value))
    if isinstance(found, Absent) or not first.missing:
        return found
    return Present(found.value, found.observed_at, found.query, (*first.missing, *found.missing))
