"""How the brokers do, read from Prometheus."""

from __future__ import annotations

from dataclasses import dataclass

from data.clock import Clock
from data.collecting.attempts import attempt
from data.health.asking import ask_health
from data.health.questions import QUESTIONS
from data.sources.prometheus import PrometheusSource
from data.store import CollectorStore
from data.store.observations import RunOutcome
from data.store.states import answer_of
from scoring.catalog.estate import Absent, ClusterName, Present


@dataclass(frozen=True, slots=True)
class HealthLook:
    """Every question about a cluster's health; when Prometheus does not answer, the earlier answers stay and age."""

    cluster: ClusterName
    source: PrometheusSource
    every: float
    clock: Clock
    scope: str = "health"

    def run(self, store: CollectorStore) -> list[RunOutcome]:
        """Ask, and keep the answers with the run that brought them."""
        started = self.clock()
        query = f"{len(QUESTIONS)} queries"
        found = attempt("the brokers' health", lambda: Present(ask_health(self.source, started), started, query))
        readings = [] if isinstance(found, Absent) else found.value
        return [store.observations.looked_at_health(readings, {self.scope: answer_of(found)}, started)]
