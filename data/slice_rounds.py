"""One refresh of the slices of several SLOs: what they read alike is asked once, and one that fails stops no other."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from data.slice_history import SliceStore
from data.slice_source import PrometheusSource, SharedAnswers
from data.slices import LATE_SAMPLES, SliceRefresh, history_of, refresh_slices
from scoring.catalog.estate import ClusterName
from scoring.slo.definition import SloDefinition, SloId
from scoring.slo.slices import SliHash

READERS = 4
"""SLIs that are read side by side: enough to keep Prometheus at work while an answer is parsed, too few to hurt it."""


def refresh_each(
    prometheus: PrometheusSource,
    store_of: Callable[[SloDefinition], SliceStore],
    definitions: Iterable[SloDefinition],
    cluster: ClusterName,
    now: datetime,
    *,
    late: timedelta = LATE_SAMPLES,
    retry_unknown: bool = False,
    readers: int = READERS,
) -> Mapping[SloId, SliceRefresh | Exception]:
    """What `refresh_slices` did for each SLO, or what it raised.

    SLOs that count the same share one history; it reaches back as far as the longest of their windows needs.
    """
    shared = SharedAnswers(prometheus)
    by_sli: dict[SliHash, list[SloDefinition]] = {}
    for definition in definitions:
        by_sli.setdefault(definition.sli.hash, []).append(definition)

    def refresh(alike: list[SloDefinition]) -> SliceRefresh | Exception:
        longest = max(alike, key=history_of)
        try:
            return refresh_slices(
                shared, store_of(longest), longest, cluster, now, late=late, retry_unknown=retry_unknown
            )
        except Exception as error:  # noqa: BLE001 - whatever one SLO meets is told in its place and stops no other
            return error

    with ThreadPoolExecutor(readers, thread_name_prefix="slices") as pool:
        results = pool.map(refresh, by_sli.values())
        return {one.id: result for alike, result in zip(by_sli.values(), results, strict=True) for one in alike}
