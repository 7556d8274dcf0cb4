"""Folders that are fetched once, appear whole or not at all, and are hashed again before they are used."""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

MANIFEST = "manifest.json"

log = logging.getLogger(__name__)


class DownloadError(Exception):
    """Something that the local platform runs could not be fetched; the text names the next step."""


def cache_dir() -> Path:
    """Where downloads are kept: `streamgauge` in the user's cache folder."""
    home = os.environ.get("XDG_CACHE_HOME")
    return (Path(home) if home else Path.home() / ".cache") / "streamgauge"


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def hashes(folder: Path) -> dict[str, str]:
    """Relative path → SHA-256 of every file under `folder`, its manifest apart. A link stands for its target's name."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink():
            found[name] = f"link to {path.readlink()}"
        elif path.is_file() and name != MANIFEST:
            found[name] = sha256(path)
    return found


def is_whole(folder: Path) -> bool:
    """True when `folder` holds exactly the files that were in it when it was finished, byte for byte."""
    try:
        expected = json.loads((folder / MANIFEST).read_text())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    return bool(expected == hashes(folder))


def finished(name: str, what: str, fetch: Callable[[Path], None]) -> Path:
    """The cached folder `name`, verified; fetched first when it is absent or damaged.

    what: what is being fetched, in words, for the progress line.
    fetch: fills an empty folder that it is given, and raises DownloadError when it cannot.

    The folder gets its name only when it is complete, so a fetch that is killed leaves nothing that looks finished.
    """
    folder = cache_dir() / name
    if is_whole(folder):
        return folder
    with _only_one():
        if is_whole(folder):
            return folder
        _remove_leftovers(folder)
        log.info("Fetching %s", what)
        partial = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            fetch(partial)
            (partial / MANIFEST).write_text(json.dumps(hashes(partial), indent=1, sort_keys=True))
            partial.chmod(0o755)
            partial.rename(folder)
        finally:
            shutil.rmtree(partial, ignore_errors=True)
    return folder


@contextmanager
def _only_one() -> Iterator[None]:
    """Hold the cache's lock, which the system releases even when its holder is killed.

    One lock for everything: Maven's own local repository is not safe for two writers either.
    """
    cache_dir().mkdir(parents=True, exist_ok=True)
    with (cache_dir() / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _remove_leftovers(folder: Path) -> None:
    """Take away a damaged folder and what killed fetches of it left; the caller holds the lock."""
    if folder.exists():
        log.warning("%s is damaged: files differ from what was downloaded", folder)
    folder.parent.mkdir(parents=True, exist_ok=True)
    for path in [folder, *folder.parent.glob(f".{folder.name}.*")]:
        if path.exists():
            shutil.rmtree(path)
