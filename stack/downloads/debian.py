"""Programs out of Debian packages, unpacked into the cache: no root, and no service started as installing would.

apt verifies the archive's signatures; the package's SHA-256 is then compared with the signed index once more.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

from stack.downloads.cached import DownloadError, cache_dir, finished, sha256


def unpacked(package: str) -> Path:
    """The folder that holds the files of `package` as they would lie under `/`."""
    release = platform.freedesktop_os_release()
    name = f"{release.get('ID', 'unknown')}-{release.get('VERSION_ID', '0')}-{package}"
    return finished(name, f"the Debian package {package}", lambda folder: _fetch(package, folder))


def _fetch(package: str, folder: Path) -> None:
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        raise DownloadError(f"{package} comes out of a Debian package, and this system has no apt-get.")
    try:
        _download(package, folder, options=[])
    except DownloadError:
        # The system's package lists are absent, or older than the archive. Refreshing those takes root; ours do not.
        with tempfile.TemporaryDirectory(prefix=".apt.", dir=cache_dir()) as scratch:
            _download(package, folder, options=_own_lists(Path(scratch)))
    (archive,) = folder.glob("*.deb")
    _run(["dpkg-deb", "--extract", str(archive), str(folder)])
    archive.unlink()


def _own_lists(scratch: Path) -> list[str]:
    """apt options that read package lists kept in `scratch`, fetched now from the system's own sources."""
    lists, archives = scratch / "lists", scratch / "cache"
    for folder in (lists / "partial", archives / "archives" / "partial"):
        folder.mkdir(parents=True)
    # apt drops to its own user for downloads, who may not enter a home folder.
    options = [f"-oDir::State::Lists={lists}", f"-oDir::Cache={archives}", "-oAPT::Sandbox::User="]
    _run(["apt-get", *options, "update"])
    return options


def _download(package: str, folder: Path, options: list[str]) -> None:
    """Put the candidate version of `package` into `folder`, its hash compared with the index."""
    index = _run(["apt-cache", *options, "show", "--no-all-versions", package])
    fields = dict(line.split(": ", 1) for line in index.splitlines() if ": " in line and not line.startswith(" "))
    if "SHA256" not in fields:
        raise DownloadError(f"apt knows no package {package} to download.")
    _run(["apt-get", *options, "download", f"{package}={fields['Version']}"], cwd=folder)
    (archive,) = folder.glob("*.deb")
    if sha256(archive) != fields["SHA256"]:
        archive.unlink()
        raise DownloadError(f"{archive.name} is not the file that apt's signed index describes.")


def _run(command: list[str], cwd: Path | None = None) -> str:
    """Run one of apt's tools and return what it printed; its own words when it fails."""
    done = subprocess.run(
        command, cwd=cwd, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, env=_environment()
    )
    if done.returncode:
        raise DownloadError(f"{' '.join(command)} failed: {done.stderr.strip()}")
    return done.stdout


def _environment() -> dict[str, str]:
    """The surroundings with messages in one language and no question asked."""
    return os.environ | {"LC_ALL": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
