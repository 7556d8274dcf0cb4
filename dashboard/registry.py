"""Every page, one line each: a new page is one file in `pages/` and one line here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PAGES_FOLDER = Path(__file__).resolve().parents[1] / "pages"


@dataclass(frozen=True, slots=True)
class PageEntry:
    """One page of the navigation, and the question that it answers."""

    path: str
    title: str
    answers: str

    @property
    def file(self) -> Path:
        """The page's script."""
        return PAGES_FOLDER / f"{self.path}.py"

    @property
    def address(self) -> str:
        """Where the page is, below the server's address."""
        return "/" if self is FIRST else f"/{self.path}"


OVERVIEW = PageEntry("overview", "Overview", "Where do we stand?")
SLO_REVIEW = PageEntry("slo_review", "SLO review", "Which budgets need a decision, and what is decided?")
ASSESSMENT = PageEntry("assessment", "Assessment", "How mature is the platform, and what proves it?")
MATURITY = PageEntry("maturity", "Maturity", "At which level are we, and what separates us from the next?")
ROADMAP = PageEntry("roadmap", "Roadmap", "What do we do next, who does it, and does it help?")
SLO_DETAIL = PageEntry("slo_detail", "SLO detail", "Where did the budget go, and what if?")
POLICY = PageEntry("policy", "Policy", "May this release go, and by which rule?")
CLUSTER_HEALTH = PageEntry("cluster_health", "Cluster health", "How do the brokers do?")
ESTATE = PageEntry("estate", "Estate", "What is there, and since when?")
CONNECTIONS = PageEntry("connections", "Connections", "Where do the numbers come from, and do they still come?")

FIRST = OVERVIEW
"""The page at the address without a path."""

PAGES: tuple[PageEntry, ...] = (
    OVERVIEW,
    SLO_REVIEW,
    ASSESSMENT,
    MATURITY,
    ROADMAP,
    SLO_DETAIL,
    POLICY,
    CLUSTER_HEALTH,
    ESTATE,
    CONNECTIONS,
)
