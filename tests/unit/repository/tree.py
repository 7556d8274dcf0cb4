"""The files of the repository, as a clone has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
MADE = {".git", ".venv", ".stack", "shots", "build", "__pycache__", ".idea", ".vscode", "streamgauge.yaml"}
CACHES = ("_cache", ".hypothesis", ".egg-info", ".sqlite", ".sqlite-wal", ".sqlite-shm")


def is_made(path: Path) -> bool:
    """True for what a run leaves behind; what git ignores, told without git so that an unpacked archive passes too."""
    return path.name in MADE or path.name.endswith(CACHES)


def files(folder: Path = ROOT) -> Iterator[Path]:
    """Every file that belongs to the repository."""
    for path in sorted(folder.iterdir()):
        if is_made(path):
            continue
        if path.is_dir():
            yield from files(path)
        else:
            yield path
