"""By how much the budgets of the running product fall between two minute edges."""

from __future__ import annotations

import time
from collections.abc import Callable
from fractions import Fraction

from dashboard.definitions import definitions
from scoring.slo.definition import SloDefinition
from tests.integration.live.product import Product, last_edge
from tests.waiting import eventually


def defined(name: str) -> SloDefinition:
    """The shipped SLO of that name."""
    (found,) = (one for one in definitions() if one.id == name)
    return found


def fallen(product: Product, name: str, start: float, end: float) -> tuple[Fraction, Fraction]:
    """By how much bad and total grew between two edges, once the collector has judged the last minute."""
    definition = defined(name)
    eventually(lambda: product.closed(end, definition), f"the collector should judge the last minute of {name}")
    before, after = (product.status(edge, definition).tally for edge in (start, end))
    return after.bad - before.bad, after.total - before.total


def past(moment: float) -> Callable[[], bool]:
    """True when the monotonic clock is past a moment."""
    return lambda: time.monotonic() > moment


def next_edge() -> float:
    """Waits for the end of the running minute."""
    edge = last_edge() + 60
    eventually(lambda: time.time() > edge, "the minute should end")
    return edge
