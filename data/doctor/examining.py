"""Examine every cluster, its sources at once, because one that does not answer takes its whole time-out."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from data.doctor.kafka import examine_kafka
from data.doctor.prometheus import examine_prometheus
from data.doctor.report import ClusterReport, SourceReport
from data.doctor.services import examine_alertmanager, examine_connect, examine_registry
from data.settings import ClusterSettings, Settings


def _now() -> datetime:
    return datetime.now(UTC)


def examine(settings: Settings, clock: Callable[[], datetime] = _now) -> list[ClusterReport]:
    """What can be seen of each cluster, in the order of the settings; empty when none is configured."""
    return [_cluster(cluster, clock) for cluster in settings.clusters]


def _cluster(cluster: ClusterSettings, clock: Callable[[], datetime]) -> ClusterReport:
    looks: tuple[Callable[[], SourceReport], ...] = (
        lambda: examine_kafka(cluster),
        lambda: examine_prometheus(cluster, clock),
        lambda: examine_registry(cluster),
        lambda: examine_connect(cluster),
        lambda: examine_alertmanager(cluster),
    )
    with ThreadPoolExecutor(len(looks), thread_name_prefix="doctor") as pool:
        sources = tuple(pool.map(lambda look: look(), looks))
    return ClusterReport(cluster.name, cluster.environment.value, cluster.region, sources)
