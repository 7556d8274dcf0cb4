"""The order of the tests on the shared stack: those that break a part of it come last, each at its own place.

They wait more than they compute. In a run of several processes one of them has the stack to itself, and all tests that
need none run beside it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

HERE = Path(__file__).parent
WITHOUT_PLATFORM = {"slo", "slo_rules", "store"}


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a platform together; those marked `fault(order=N)` come behind all others, lowest N first.

    Before pytest-xdist looks at the groups.
    """
    for item in items:
        if item.path.is_relative_to(HERE) and item.path.relative_to(HERE).parts[0] not in WITHOUT_PLATFORM:
            item.add_marker(pytest.mark.xdist_group("platform"))
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
