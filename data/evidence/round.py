"""One round of evidence over one cluster: ask what only probes need, put it together, run the probes, keep it all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from data.clock import Clock
from data.collecting.attempts import attempt
from data.evidence.gathering import NOT_YET, EvidenceScope, gather
from data.evidence.monitoring import ask_alert_rules, ask_flink_jobs, ask_lag_series
from data.settings import ClusterSettings
from data.sources.alertmanager import AlertmanagerSource
from data.sources.prometheus import PrometheusSource
from data.sources.schema_registry import SchemaRegistrySource
from data.store import CollectorStore
from data.store.observations import RunOutcome
from scoring.catalog.estate import Part, Present
from scoring.evidence.finding import Finding
from scoring.evidence.given import ClusterEvidence
from scoring.evidence.naming import Naming
from scoring.evidence.probe import Need, Probe
from scoring.evidence.probes import every_probe

log = logging.getLogger(__name__)

SOON = 2.0
"""Seconds between two looks whether every source has been tried."""

Ask = Callable[[datetime], Part[Any]]


class Questions:
    """What only probes ask of the sources that a cluster's settings name. For one thread at a time."""

    def __init__(self, settings: ClusterSettings) -> None:
        self.asks: dict[Need, Ask] = {}
        self._close: list[Callable[[], None]] = []
        if settings.registry is not None:
            registry = SchemaRegistrySource(settings.registry)
            self._close.append(registry.close)
            self.asks[Need.GLOBAL_LEVEL] = partial(_asked, "the default level", partial(_default_level, registry))
        if settings.prometheus is not None:
            prometheus = PrometheusSource(settings.prometheus)
            self._close.append(prometheus.close)
            self.asks[Need.LAG_SERIES] = partial(_asked, "the lag metrics", partial(ask_lag_series, prometheus))
            self.asks[Need.ALERT_RULES] = partial(_asked, "the alert rules", partial(ask_alert_rules, prometheus))
            self.asks[Need.FLINK_JOBS] = partial(_asked, "Flink's metrics", partial(ask_flink_jobs, prometheus))
        if settings.alertmanager is not None:
            alertmanager = AlertmanagerSource(settings.alertmanager)
            self._close.append(alertmanager.close)
            self.asks[Need.ROUTING] = partial(_asked, "the alert routes", lambda _: alertmanager.routing())

    def answers(self, at: datetime) -> Mapping[Need, Part[Any]]:
        """The answer to each, absent with its reason where there is none."""
        return {need: ask(at) for need, ask in self.asks.items()}

    def close(self) -> None:
        """Let go of the connections."""
        for close in self._close:
            close()


def _asked(what: str, ask: Callable[[datetime], Present[Any]], at: datetime) -> Part[Any]:
    return attempt(what, lambda: ask(at))


def _default_level(registry: SchemaRegistrySource, at: datetime) -> Present[str]:
    return Present(registry.global_level(), at, "GET /config")


@dataclass(slots=True)
class EvidenceRound:
    """Runs every probe over one cluster. Probes see what the collector has stored, never a source itself.

    cadence: seconds between two rounds. The first one waits until every source has been tried, well or not.
    """

    scope_of: EvidenceScope
    questions: Questions
    cadence: float
    clock: Clock
    probes: tuple[Probe, ...] = field(default_factory=every_probe)
    scope: str = "evidence"
    _all_tried: bool = False

    @property
    def every(self) -> float:
        """Seconds to the next round, or to the next look whether the first one can begin."""
        return self.cadence if self._all_tried else min(self.cadence, SOON)

    @classmethod
    def of(cls, settings: ClusterSettings, naming: Naming, every: float, clock: Clock) -> EvidenceRound:
        """The round over a configured cluster."""
        return cls(EvidenceScope.of(settings, naming), Questions(settings), every, clock)

    def run(self, store: CollectorStore) -> list[RunOutcome]:
        """Ask, look and keep. It is no collection run: nothing of the estate is read, so there is none to report.

        Raises StoreError when it could not be written. A probe that fails is an error in the store, and in the log.
        """
        at = self.clock()
        self._all_tried = self._all_tried or self._was_all_tried(store, at)
        if not self._all_tried:
            return []
        store.evidence.readings(self.questions.answers(at), at)
        at = self.clock()
        given = gather(store.evidence.database, self.scope_of, at)
        found = [one for probe in self.probes for one in run_probe(probe, given, at)]
        store.evidence.findings(found, at)
        return []

    def _was_all_tried(self, store: CollectorStore, at: datetime) -> bool:
        """Whether every part of the estate that the probes need was looked at, well or not."""
        given = gather(store.evidence.database, self.scope_of, at)
        return not any(getattr(given, need.value) is NOT_YET for need in Need if need not in self.questions.asks)

    def close(self) -> None:
        """Let go of the connections."""
        self.questions.close()


def run_probe(probe: Probe, given: ClusterEvidence, now: datetime) -> tuple[Finding, ...]:
    """What a probe sees of a cluster; a probe that breaks off gives one finding that says so."""
    try:
        return probe.findings(given, now)
    except Exception as error:  # whatever one probe does, the others still look, and everybody is told
        log.exception("probe %s failed over %s", probe.id, given.cluster)
        reason = f"{type(error).__name__}; the collector's log tells more."
        return (probe.failed(given, now, reason),)
