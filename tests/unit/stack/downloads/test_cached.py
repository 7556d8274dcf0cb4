"""Cached folders are whole or absent, and damage is noticed."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from stack.downloads.cached import DownloadError, cache_dir, finished


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))


class Fetch:
    """Writes two files and counts how often it was asked to."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, folder: Path) -> None:
        self.times += 1
        (folder / "lib").mkdir()
        (folder / "lib" / "broker.jar").write_bytes(b"broker")
        (folder / "start").write_bytes(b"#!/bin/sh")


def test_the_cache_is_where_the_desktop_standard_puts_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cache_dir() == tmp_path / "streamgauge"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_dir() == tmp_path / "home" / ".cache" / "streamgauge"


def test_a_finished_folder_is_not_fetched_again() -> None:
    fetch = Fetch()
    first = finished("kafka", "jars", fetch)
    assert finished("kafka", "jars", fetch) == first
    assert fetch.times == 1
    assert (first / "lib" / "broker.jar").read_bytes() == b"broker"


@pytest.mark.parametrize("damage", ["changed", "missing", "added", "no manifest"])
def test_a_damaged_folder_is_fetched_again(damage: str) -> None:
    fetch = Fetch()
    folder = finished("kafka", "jars", fetch)
    match damage:
        case "changed":
            (folder / "lib" / "broker.jar").write_bytes(b"brokes")
        case "missing":
            (folder / "start").unlink()
        case "added":
            (folder / "lib" / "another.jar").touch()
        case _:
            (folder / "manifest.json").unlink()
    finished("kafka", "jars", fetch)
    assert fetch.times == 2
    assert sorted(path.name for path in folder.rglob("*")) == ["broker.jar", "lib", "manifest.json", "start"]
    assert (folder / "lib" / "broker.jar").read_bytes() == b"broker"


def test_a_fetch_that_fails_leaves_nothing_that_looks_finished() -> None:
    def half(folder: Path) -> None:
        (folder / "broker.jar").write_bytes(b"bro")
        raise DownloadError("the line went dead")

    with pytest.raises(DownloadError, match="the line went dead"):
        finished("kafka", "jars", half)
    assert [path.name for path in cache_dir().iterdir()] == ["lock"]


def test_what_a_killed_fetch_left_is_cleared_away() -> None:
    left = cache_dir() / ".kafka.x1y2"
    left.mkdir(parents=True)
    (left / "broker.jar").write_bytes(b"bro")
    finished("kafka", "jars", Fetch())
    assert sorted(path.name for path in cache_dir().iterdir()) == ["kafka", "lock"]


def test_two_that_ask_at_once_fetch_once() -> None:
    fetch, started, go_on = Fetch(), threading.Event(), threading.Event()

    def slow(folder: Path) -> None:
        started.set()
        assert go_on.wait(timeout=10)
        fetch(folder)

    found: list[Path] = []
    askers = [threading.Thread(target=lambda: found.append(finished("kafka", "jars", slow))) for _ in range(2)]
    askers[0].start()
    assert started.wait(timeout=10)
    askers[1].start()
    go_on.set()
    for asker in askers:
        asker.join(timeout=10)
    assert fetch.times == 1
    assert found == [cache_dir() / "kafka"] * 2
