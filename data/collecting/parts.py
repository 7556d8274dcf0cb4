"""What is read alone, on a cadence of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from data.clock import Clock
from data.store import CollectorStore
from data.store.observations import RunOutcome
from scoring.catalog.estate import ClusterEstate, ClusterName, Part


@dataclass(frozen=True, slots=True)
class OnePart:
    """One part of the estate. part: its field in ClusterEstate. read: asks for it and answers also when it fails."""

    cluster: ClusterName
    part: str
    scope: str
    every: float
    read: Callable[[], Part[Any]]
    clock: Clock

    def run(self, store: CollectorStore) -> list[RunOutcome]:
        """Read the part and write it."""
        started = self.clock()
        found: dict[str, Any] = {self.part: self.read()}
        return store.observations.append(ClusterEstate(self.cluster, started, **found), started)
