"""The slices of every SLO, counted from Prometheus."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from data.clock import Clock
from data.collecting.attempts import attempt
from data.slices import refresh_slices
from data.sources.prometheus import PrometheusSource
from data.store import CollectorStore
from data.store.observations import RunOutcome
from data.store.slices import SliText
from data.store.states import OK, Answer, answer_of, overall
from scoring.catalog.estate import Absent, ClusterName, Present, SourceName
from scoring.slo.definition import SloDefinition

UNKNOWN_AGAIN_SECONDS = 3600.0
"""How often minutes that Prometheus knew nothing about are asked for again, in case it was refilled."""


@dataclass(slots=True)
class SliceRefreshes:
    """The slices of every SLO, up to the last closed minute."""

    cluster: ClusterName
    source: PrometheusSource
    every: float
    clock: Clock
    definitions: tuple[SloDefinition, ...]
    scope: str = "slices"
    asked_again_at: datetime | None = None

    def run(self, store: CollectorStore) -> list[RunOutcome]:
        """Refresh each SLO's slices; one that fails does not keep the others from theirs."""
        started = self.clock()
        last = self.asked_again_at
        again = last is None or (started - last).total_seconds() >= UNKNOWN_AGAIN_SECONDS
        answers = [self._refresh(store, definition, started, again) for definition in self.definitions]
        answer = overall(answers)
        if again and answer.succeeded:
            self.asked_again_at = started
        return [store.observations.attempted(SourceName.PROMETHEUS, self.scope, {self.scope: answer}, started)]

    def _refresh(self, store: CollectorStore, definition: SloDefinition, now: datetime, again: bool) -> Answer:
        slices = store.slices.of(SliText(definition.sli.hash, definition.id, repr(definition.sli.dialects)))

        def refresh() -> Present[None]:
            refresh_slices(self.source, slices, definition, self.cluster, now, retry_unknown=again)
            return Present(None, now, definition.id)

        found = attempt(f"the slices of {definition.id}", refresh)
        return answer_of(found) if isinstance(found, Absent) else OK
