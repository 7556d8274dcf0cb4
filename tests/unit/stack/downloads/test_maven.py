"""Maven's files are taken only when they are the ones that the lock names; a stand-in plays `mvn` here."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from stack.downloads import DownloadError, maven


@pytest.fixture
def delivers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose files the stand-in delivers, with a lock for one jar, `kafka.jar`, that says "right"."""
    source, tools = tmp_path / "delivers", tmp_path / "tools"
    source.mkdir()
    tools.mkdir()
    stand_in = tools / "mvn"
    stand_in.write_text(f'#!/bin/sh\nfor last; do :; done\ncp {source}/* "${{last#-DoutputDirectory=}}"\n')
    stand_in.chmod(0o755)
    lock = tmp_path / "pom.sha256"
    lock.write_text(f"{hashlib.sha256(b'right').hexdigest()}  kafka.jar\n")
    monkeypatch.setattr(maven, "LOCK", lock)
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return source


def test_the_locked_jar_is_taken(delivers: Path) -> None:
    (delivers / "kafka.jar").write_bytes(b"right")
    assert (maven.kafka_jars() / "kafka.jar").read_bytes() == b"right"


@pytest.mark.parametrize(
    ("files", "named"),
    [
        ({"kafka.jar": b"wrong"}, "kafka.jar"),
        ({"kafka.jar": b"right", "guest.jar": b"?"}, "guest.jar"),
        ({"guest.jar": b"?"}, "guest.jar, kafka.jar"),
    ],
)
def test_any_other_delivery_is_refused_by_name(delivers: Path, files: dict[str, bytes], named: str) -> None:
    for name, content in files.items():
        (delivers / name).write_bytes(content)
    with pytest.raises(DownloadError, match=f"names: {named}\\."):
        maven.kafka_jars()


def test_a_machine_without_maven_is_told_how_to_get_it(
    delivers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(DownloadError, match="sudo apt-get install --no-install-recommends maven"):
        maven.kafka_jars()


def test_every_line_of_the_lock_is_a_hash_and_a_file() -> None:
    lines = [line.split("  ") for line in maven.LOCK.read_text().splitlines()]
    assert len(lines) == 99
    assert all(len(digest) == 64 and name.endswith((".jar", ".tar.gz")) for digest, name in lines)
