"""The company at work on the shared stack, and the product that watches it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scoring.slo.slices import MinuteState
from stack.monitoring import canary_targets, scrape_canary
from stack.state import StackState
from stack.workload import background
from tests.integration.canary.running import Running, canary, delete_topic
from tests.integration.live.product import Product, last_edge, running
from tests.waiting import eventually


@pytest.fixture(scope="session")
def company(stack: StackState) -> Iterator[StackState]:
    """The workload at its own rates, so that there is something to lose."""
    yield background.start(stack.directory, lambda _text: None)
    background.stop(stack.directory)


@pytest.fixture(scope="session")
def watching(company: StackState, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A canary that Prometheus scrapes: without it four of the six SLOs have no data."""
    scrape_canary(company)
    try:
        with canary(company, tmp_path_factory.mktemp("canary")) as watching:
            watching.has_written()
            yield watching
    finally:
        for file in canary_targets(company).glob("*.json"):
            file.unlink()
        delete_topic(company)


@pytest.fixture(scope="session")
def product(company: StackState, watching: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """`streamgauge run` and its collector on the company's platform, when they have seen a whole minute."""
    with running(company, tmp_path_factory.mktemp("live")) as product:
        eventually(
            lambda: MinuteState.COVERED in product.minutes(last_edge() - 180, last_edge()), "a minute should be covered"
        )
        yield product
