"""Debian packages are unpacked only when they are the file that the index describes; stand-ins play apt here."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from stack.downloads import DownloadError, debian
from stack.downloads.cached import sha256


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with one program in it, which `apt-get download` delivers and `apt-cache show` describes."""
    content = tmp_path / "content"
    (content / "DEBIAN").mkdir(parents=True)
    control = (
        "Package: prometheus\nVersion: 2.42.0+ds-5\nArchitecture: all\nMaintainer: nobody\nDescription: a server\n"
    )
    (content / "DEBIAN" / "control").write_text(control)
    (content / "usr" / "bin").mkdir(parents=True)
    (content / "usr" / "bin" / "prometheus").write_text("a server")
    built = tmp_path / "prometheus.deb"
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", content, built], check=True, capture_output=True)
    (tmp_path / "programs").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'programs'}:{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    _apt_delivers(built, described_as=sha256(built))
    return built


def _apt_delivers(archive: Path, described_as: str, *, when: str = "true") -> None:
    """Let `apt-get download` deliver the archive when the shell condition holds, and log every call of apt-get."""
    programs, log = archive.parent / "programs", archive.parent / "log"
    scripts = {
        "apt-cache": f"printf 'Package: prometheus\\nVersion: 2.42.0+ds-5\\nSHA256: {described_as}\\n'",
        "apt-get": f'echo "$*" >> {log}\n[[ "$*" == *update* ]] && exit 0\n{when} || {{ echo "404" >&2; exit 100; }}\n'
        f"cp {archive} prometheus_2.42.0.deb",
    }
    for name, script in scripts.items():
        (programs / name).write_text(f"#!/usr/bin/env bash\n{script}\n")
        (programs / name).chmod(0o755)


def test_the_files_of_a_package_are_unpacked_and_nothing_is_installed(archive: Path) -> None:
    folder = debian.unpacked("prometheus")
    assert (folder / "usr" / "bin" / "prometheus").read_text() == "a server"
    assert (archive.parent / "log").read_text() == "download prometheus=2.42.0+ds-5\n"


def test_a_package_that_is_not_the_one_in_the_index_is_refused(archive: Path) -> None:
    _apt_delivers(archive, described_as="0" * 64)
    with pytest.raises(DownloadError, match="not the file that apt's signed index describes"):
        debian.unpacked("prometheus")
    assert [path.name for path in (archive.parent / "cache" / "streamgauge").iterdir() if "prom" in path.name] == []


def test_when_the_lists_of_the_system_are_too_old_own_ones_are_fetched_without_root(archive: Path) -> None:
    _apt_delivers(archive, described_as=sha256(archive), when='[[ "$*" == *Dir::State::Lists=* ]]')
    assert (debian.unpacked("prometheus") / "usr" / "bin" / "prometheus").exists()
    first, update, again = (archive.parent / "log").read_text().splitlines()
    assert first == "download prometheus=2.42.0+ds-5"
    assert update.endswith(" update")
    assert str(archive.parent / "cache") in update
    assert again.endswith(" download prometheus=2.42.0+ds-5")


def test_a_download_that_fails_twice_says_what_apt_said(archive: Path) -> None:
    _apt_delivers(archive, described_as=sha256(archive), when="false")
    with pytest.raises(DownloadError, match=r"apt-get .* failed: 404"):
        debian.unpacked("prometheus")


def test_a_system_without_apt_is_told_so(archive: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    monkeypatch.setenv("PATH", str(bare))
    assert shutil.which("apt-get") is None
    with pytest.raises(DownloadError, match="no apt-get"):
        debian.unpacked("prometheus")
