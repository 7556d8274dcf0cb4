"""Turns the sources into observations: once, or for as long as the collector runs."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from data.clock import Clock, utc_now
from data.collecting.loops import ClusterLoop
from data.collecting.readings import SourceReadings, evidence_of, readings_of
from data.definitions.slo_files import load_slos
from data.settings import ClusterSettings, Settings
from data.store import Store
from data.store.clusters import ClusterFacts
from data.store.failures import StoreError
from data.store.leases import Lease, this_process
from data.store.read import SourceCondition
from data.store.retention import prune
from data.store.store import COLLECTOR
from scoring.catalog.estate import ClusterName, SourceName
from scoring.slo.definition import SloDefinition

log = logging.getLogger(__name__)

PRUNE_SECONDS = 24 * 3600.0
RETRY_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class RunReport:
    """How one reading ended. state is None when it was not made, or made and not written; error says why."""

    cluster: ClusterName
    source: SourceName
    scope: str
    state: SourceCondition | None
    error: str = ""
    next_step: str = ""
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CollectionReport:
    """What one collection brought. elsewhere: clusters that another running collector holds, and so keeps fresh."""

    runs: tuple[RunReport, ...]
    elsewhere: tuple[ClusterName, ...] = ()

    @property
    def nothing_collected(self) -> bool:
        """True when no source gave anything: the only reason for a non-zero exit."""
        given = any(run.state in (SourceCondition.OK, SourceCondition.PARTIAL) for run in self.runs)
        return not given and not self.elsewhere


def collect_once(settings: Settings, store: Store, clock: Clock = utc_now) -> CollectionReport:
    """Read every part of every source of every cluster once and write it; sources are read side by side, then probed.

    Raises StoreError when the clusters cannot even be registered.
    """
    definitions = load_slos()
    _register(settings, store)
    reports: list[RunReport] = []
    elsewhere: list[ClusterName] = []
    threads: list[threading.Thread] = []
    leases: list[Lease] = []
    for cluster in settings.clusters:
        lease = store.leases.acquire(ClusterName(cluster.name), this_process())
        if lease is None:
            elsewhere.append(ClusterName(cluster.name))
            continue
        leases.append(lease)
        for readings in readings_of(cluster, settings.collect, definitions, clock):
            arguments = (readings, store, lease, reports)
            threads.append(threading.Thread(target=_read_all, args=arguments, name=f"collect {readings.source}"))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    held = {lease.cluster: lease for lease in leases}
    for cluster in settings.clusters:
        if (lease := held.get(ClusterName(cluster.name))) is not None:
            _read_all(evidence_of(cluster, settings.collect, settings.evidence, clock), store, lease, reports)
    for lease in leases:
        store.leases.release(lease)
    order = {source: place for place, source in enumerate(SourceName)}
    reports.sort(key=lambda run: (run.cluster, order[run.source]))
    return CollectionReport(tuple(reports), tuple(elsewhere))


def _read_all(readings: SourceReadings, store: Store, lease: Lease, reports: list[RunReport]) -> None:
    """Read one source once, every part of it; what goes wrong in one part is reported and does not stop the next."""
    writing = store.collecting(lease)
    for reading in readings.readings:
        try:
            reports.extend(
                RunReport(
                    readings.cluster,
                    run.source,
                    run.scope,
                    run.answer.state,
                    run.answer.error,
                    run.answer.next_step,
                    run.counts,
                )
                for run in reading.run(writing)
            )
        except StoreError as error:
            reports.append(RunReport(readings.cluster, readings.source, reading.scope, None, str(error)))
        except Exception as error:  # one reading's fault must not hide what the others brought
            log.exception("%s/%s (%s) could not be written", readings.cluster, readings.source, reading.scope)
            sentence = f"Writing what was read failed unexpectedly ({type(error).__name__}); see the log."
            reports.append(RunReport(readings.cluster, readings.source, reading.scope, None, sentence))
    readings.close()


def collect_forever(settings: Settings, store: Store, stop: threading.Event, clock: Clock = utc_now) -> None:
    """Collect every cluster on its cadences until `stop` is set; the transaction that is open then is finished.

    Waits for the lease of each cluster, so that of several collectors one works and the others stand by. Forgets
    once a day what is older than its retention.
    """
    definitions = load_slos()
    while not stop.is_set():
        try:
            _register(settings, store)
            break
        except StoreError as error:
            log.error("the clusters cannot be written yet: %s", error)  # noqa: TRY400 - the sentence says it all
            stop.wait(RETRY_SECONDS)
    loops = [_loop(cluster, settings, store, definitions, stop, clock) for cluster in settings.clusters]
    for loop in loops:
        loop.thread.start()
    while not stop.is_set():
        _prune(settings, store, clock())
        stop.wait(PRUNE_SECONDS)
    for loop in loops:
        loop.thread.join()


def _loop(
    cluster: ClusterSettings,
    settings: Settings,
    store: Store,
    definitions: tuple[SloDefinition, ...],
    stop: threading.Event,
    clock: Clock,
) -> ClusterLoop:
    def make() -> Sequence[SourceReadings]:
        evidence = evidence_of(cluster, settings.collect, settings.evidence, clock)
        return [*readings_of(cluster, settings.collect, definitions, clock), evidence]

    return ClusterLoop(store, ClusterName(cluster.name), make, stop)


def _register(settings: Settings, store: Store) -> None:
    store.registry.register(COLLECTOR, [_facts(cluster) for cluster in settings.clusters])


def _facts(cluster: ClusterSettings) -> ClusterFacts:
    configured = {
        SourceName.KAFKA: cluster.kafka,
        SourceName.REGISTRY: cluster.registry,
        SourceName.CONNECT: cluster.connect,
        SourceName.PROMETHEUS: cluster.prometheus,
        SourceName.ALERTMANAGER: cluster.alertmanager,
    }
    sources = [source for source, connection in configured.items() if connection is not None]
    return ClusterFacts(ClusterName(cluster.name), cluster.environment, cluster.region, sources)


def _prune(settings: Settings, store: Store, now: datetime) -> None:
    try:
        deleted = prune(store.writer, COLLECTOR, settings.retention, now)
    except StoreError as error:
        log.warning("nothing was forgotten today: %s", error)
        return
    if any(deleted.values()):
        log.info("forgotten: %s", deleted)
