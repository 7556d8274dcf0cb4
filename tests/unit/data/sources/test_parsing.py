"""Parsing leaves the garbage collector as it found it."""

from __future__ import annotations

import gc
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from data.sources import parsing


@pytest.fixture(autouse=True)
def collecting() -> None:
    gc.enable()


def test_no_collection_is_made_while_json_is_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    monkeypatch.setattr(json, "loads", lambda _: seen.append(gc.isenabled()))
    parsing.parse_json(b"1")
    assert seen == [False]
    assert gc.isenabled()


def test_the_collector_comes_back_after_what_is_no_json() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        parsing.parse_json(b"<html>")
    assert gc.isenabled()


def test_a_process_that_collects_nothing_is_left_so() -> None:
    gc.disable()
    try:
        assert parsing.parse_json(b'{"a": [1]}') == {"a": [1]}
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_last_of_several_threads_turns_it_on_again(monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = threading.Barrier(3)

    def loads(_: bytes) -> bool:
        meeting.wait(10)
        return gc.isenabled()

    monkeypatch.setattr(json, "loads", loads)
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(parsing.parse_json, [b""] * 3)) == [False] * 3
    assert gc.isenabled()
