"""The slices of every SLO, counted from Prometheus."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from data.clock import Clock
from data.collecting.attempts import attempt
from data.slice_rounds import refresh_each
from data.slices import SliceRefresh
from data.sources.prometheus import PrometheusSource
from data.store import CollectorStore
from data.store.observations import RunOutcome
from data.store.slices import SliSlices, SliText
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
    dialects: dict[str, str] = field(default_factory=dict)

    def run(self, store: CollectorStore) -> list[RunOutcome]:
        """Refresh each SLO's slices; one that fails does not keep the others from theirs.

        Which dialect an SLO is counted by is noted with the run in which it changed.
        """
        started = self.clock()
        last = self.asked_again_at
        again = last is None or (started - last).total_seconds() >= UNKNOWN_AGAIN_SECONDS

        def slices_of(definition: SloDefinition) -> SliSlices:
            sli = definition.sli
            return store.slices.of(SliText(sli.hash, definition.id, sli.canonical))

        found = refresh_each(self.source, slices_of, self.definitions, self.cluster, started, retry_unknown=again)
        answer = overall(_answer(slo, result) for slo, result in found.items())
        if again and answer.succeeded:
            self.asked_again_at = started
        picked = {
            slo: result.dialect.name
            for slo, result in found.items()
            if isinstance(result, SliceRefresh) and result.dialect
        }
        news: dict[str, str] = {slo: name for slo, name in picked.items() if self.dialects.get(slo) != name}
        self.dialects |= news
        detail = {"dialects": news} if news else {}
        return [store.observations.attempted(SourceName.PROMETHEUS, self.scope, {self.scope: answer}, started, detail)]


def _answer(slo: str, result: SliceRefresh | Exception) -> Answer:
    def read() -> Present[None]:
        if isinstance(result, Exception):
            raise result
        dropped = result.dropped_groups
        refused = (f"{slo} has more groups than it may have: {len(dropped)} of them have no budget",) if dropped else ()
        return Present(None, result.closed_until, slo, refused)

    found = attempt(f"the slices of {slo}", read)
    return answer_of(found) if isinstance(found, Absent) else OK
