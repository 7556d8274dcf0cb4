"""The order of the tests on the shared stack: those that break a part of it come last, each at its own place."""

from __future__ import annotations

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests marked `fault(order=N)` behind all others, lowest N first."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[bool, int]:
    """Sorts the harmless first, in the order in which they were collected, then the faults by their number."""
    fault = item.get_closest_marker("fault")
    if fault is None:
        return (False, 0)
    order = fault.kwargs.get("order")
    if not isinstance(order, int):
        raise pytest.UsageError(f"{item.nodeid}: write the place of a fault test as fault(order=10)")
    return (True, order)
