"""Every page, one line each: a new page is one file in `pages/` and one line here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PAGES_FOLDER = Path(__file__).resolve().parents[1] / "pages"


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page of the navigation; the first one is where an address without a path leads."""

    path: str
    title: str
    answers: str

    @property
    def file(self) -> Path:
        """The page's script."""
        return PAGES_FOLDER / f"{self.path}.py"


OVERVIEW = PageEntry("overview", "Overview", "Where do we stand?")
ESTATE = PageEntry("estate", "Estate", "What is there, and since when?")
CONNECTIONS = PageEntry("connections", "Connections", "Where do the numbers come from, and do they still come?")

PAGES: tuple[PageEntry, ...] = (OVERVIEW, ESTATE, CONNECTIONS)
