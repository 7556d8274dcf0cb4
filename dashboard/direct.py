"""Budgets straight from a Prometheus, without the store: the same slices, judged by the same function."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from dashboard.budgets import reach
from data.settings import PrometheusSettings
from data.slice_memory import MemorySlices
from data.slice_rounds import refresh_each
from data.slices import SliceRefresh
from data.sources.failures import SourceFailure
from data.sources.prometheus import PrometheusSource
from scoring.catalog.estate import ClusterName
from scoring.slo.definition import SloDefinition, SloId
from scoring.slo.gate import badness
from scoring.slo.judging import PLAIN_TERMS, Terms, judge_all
from scoring.slo.status import SloStatus


@dataclass(frozen=True, slots=True)
class DirectBudgets:
    """statuses: the worst first, with what was picked to count them by among their notes. failures: by SLO, why."""

    statuses: tuple[SloStatus, ...]
    failures: Mapping[SloId, SourceFailure]


def budgets_from(
    settings: PrometheusSettings,
    definitions: Iterable[SloDefinition],
    cluster: ClusterName,
    moment: datetime,
    terms: Terms = PLAIN_TERMS,
) -> DirectBudgets:
    """Reads and judges every SLO as of `moment`. Raises SourceFailure when nothing could be read at all."""
    definitions = tuple(definitions)
    slices = MemorySlices()
    source = PrometheusSource(settings)
    try:
        found = refresh_each(source, lambda _: slices, definitions, cluster, moment)
    finally:
        source.close()
    failures: dict[SloId, SourceFailure] = {}
    statuses: list[SloStatus] = []
    for definition in definitions:
        result = found[definition.id]
        if isinstance(result, SourceFailure):
            failures[definition.id] = result
            continue
        if isinstance(result, Exception):
            raise result
        start = reach(definition, moment)
        days = slices.slice_days(definition.sli.hash, cluster, start.date(), moment.date())
        judged = judge_all(definition, days, moment, [cluster], terms, start)
        statuses.extend(replace(one.status, notes=_notes(one.status, result)) for one in judged)
    if failures and not statuses:
        raise next(iter(failures.values()))
    return DirectBudgets(tuple(sorted(statuses, key=badness)), failures)


def _notes(status: SloStatus, refresh: SliceRefresh) -> tuple[str, ...]:
    """The status's notes behind what was picked, what that cannot see, and groups that were left out."""
    if refresh.dialect is None:
        return ("This Prometheus has none of the metrics that this SLO is counted by.", *status.notes)
    picked = (f"Counted by {refresh.dialect.name}.", f"{refresh.dialect.misses} {refresh.dialect.advice}".strip())
    dropped = (
        (f"{len(refresh.dropped_groups)} groups beyond the limit have no budget.",) if refresh.dropped_groups else ()
    )
    return tuple(dict.fromkeys(filter(None, (*picked, *dropped, *status.notes))))
