"""A rubric as small as one can be, and a company's changes to it, to be broken in one place at a time."""

from __future__ import annotations

from pathlib import Path

EXAMPLES = Path(__file__).parent / "examples"

SMALL, OVERLAY, TRANSLATION = (
    (EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8") for name in ("small", "overlay", "translation")
)


def folder(at: Path, **documents: str) -> Path:
    """A folder with a file for each document."""
    for name, text in documents.items():
        (at / f"{name}.yaml").write_text(text, encoding="utf-8")
    return at


def broken(text: str, old: str, new: str) -> str:
    """The text with one place changed; the place is there once."""
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    return text.replace(old, new)
