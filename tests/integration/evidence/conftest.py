"""A small company on the shared stack, and observers of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from data.store import Store, open_store
from stack.state import StackState
from tests.integration.evidence.observing import Company, Observer, file_of, settings_of

Observe = Callable[..., Observer]


@pytest.fixture
def company(stack: StackState) -> Iterator[Company]:
    """Nothing yet; whatever the test makes is gone afterwards."""
    made = Company(stack)
    yield made
    made.close()


@pytest.fixture
def observe(stack: StackState, company: Company, tmp_path: Path) -> Iterator[Observe]:
    """Makes observers that have seen nothing yet.

    without: sections of the settings to leave out. login: another user and password. The rest goes to the patterns.
    """
    stores: list[Store] = []

    def make(without: tuple[str, ...] = (), login: tuple[str, str] | None = None, **patterns: object) -> Observer:
        store = open_store(file_of(tmp_path))
        stores.append(store)
        return Observer(store, settings_of(stack, without, login), company.patterns(**patterns), company.tag)

    yield make
    for store in stores:
        store.close()
