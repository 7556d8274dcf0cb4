"""The canary on the shared stack, which is left as it was found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.monitoring import canary_targets
from stack.state import StackState
from tests.integration.canary.running import Running, canary, delete_topic


@pytest.fixture
def watched(stack: StackState) -> Iterator[StackState]:
    """The stack, without the canary's topic and scrape target afterwards: other tests count topics and targets."""
    yield stack
    for file in canary_targets(stack).glob("*.json"):
        file.unlink()
    delete_topic(stack)


@pytest.fixture
def running(watched: StackState, tmp_path: Path) -> Iterator[Running]:
    """A quick canary that has written and read."""
    with canary(watched, tmp_path) as found:
        found.has_written()
        yield found
