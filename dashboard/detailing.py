"""Everything that the page of one SLO shows, from one judgement: so that no two parts of it disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

import numpy as np

from dashboard.budgets import judgements_of, reach
from data.store.policy.read import AnnotationRow
from data.store.read import ReadModel
from scoring.catalog.estate import ClusterName
from scoring.slo.definition import SloDefinition
from scoring.slo.forecast import Exhaustion, exhaustion
from scoring.slo.judging import Judgement, Terms
from scoring.slo.series import (
    BurnDown,
    RollingRemaining,
    SpendGrid,
    Times,
    burn_down,
    rolling_remaining,
    sli_per_hour,
    spend_grid,
)
from scoring.slo.slices import Values
from scoring.slo.spending import (
    Contributor,
    CostlyInterval,
    contributors,
    contributors_by_label,
    costliest_intervals,
)
from scoring.slo.whatif import Supposition, WhatIf, supposed_definition, what_if


@dataclass(frozen=True, slots=True, eq=False)
class Detail:
    """One SLO of one cluster and group.

    siblings: every judgement of the SLO that is looked at, the worst first. bad, total: float64[n + 1], counted since
    the window's start, beside the points of `burn`. by_label: for the cluster and each label that groups it, who spent.
    """

    judgement: Judgement
    siblings: tuple[Judgement, ...]
    burn: BurnDown | None
    bad: Values
    total: Values
    rolling: RollingRemaining | None
    hours: Times
    good: Values
    grid: SpendGrid | None
    by_component: tuple[Contributor, ...]
    by_label: dict[str, tuple[Contributor, ...]]
    costliest: tuple[CostlyInterval, ...]
    exhaustion: Exhaustion | None


def detail_of(
    read: ReadModel,
    definition: SloDefinition,
    cluster: ClusterName | None,
    group: str | None,
    moment: datetime,
    terms: Terms,
    zone: tzinfo = UTC,
) -> Detail | None:
    """The detail of the worst cluster (and group) that is looked at; None when no cluster was ever observed.

    group: None for the worst, or the one to look at; one that is not there is taken for None.
    """
    found = judgements_of(read, definition, cluster, moment, terms)
    if not found:
        return None
    return detailed(next((one for one in found if one.status.group == group), found[0]), found, zone)


def detailed(one: Judgement, siblings: Sequence[Judgement], zone: tzinfo = UTC) -> Detail:
    """What is drawn of one judgement."""
    ledger, span = one.ledger, one.standing.span
    inside = ledger.span(span.start, span.end)
    estimates = ledger.estimates()[inside]
    hours, good = sli_per_hour(one)
    statuses = [sibling.status for sibling in siblings]
    labels = [*(["cluster"] if len({status.cluster for status in statuses}) > 1 else []), *one.definition.sli.group_by]
    return Detail(
        judgement=one,
        siblings=tuple(siblings),
        burn=burn_down(one),
        bad=_running(ledger.account.bad[inside] + estimates),
        total=_running(ledger.account.total[inside] + estimates),
        rolling=rolling_remaining(one),
        hours=hours,
        good=good,
        grid=spend_grid(one, zone),
        by_component=contributors(one),
        by_label={label: contributors_by_label(statuses, label) for label in labels},
        costliest=costliest_intervals(one),
        exhaustion=exhaustion(one.definition, ledger, one.standing),
    )


def supposed(read: ReadModel, one: Judgement, moment: datetime, supposition: Supposition, terms: Terms) -> WhatIf:
    """The same stored minutes under another promise. Raises SuppositionError for what they cannot answer.

    Where nothing is supposed to be otherwise the judgement at hand is both.
    """
    status, definition = one.status, one.definition
    other = supposed_definition(definition, supposition)
    if other == definition and not supposition.exemptions:
        return WhatIf(one, one)
    begin = min(reach(definition, moment), reach(other, moment))
    days = read.slice_days(definition.sli.hash, status.cluster, begin.date(), moment.date())
    return what_if(definition, days, moment, status.cluster, status.group, supposition, terms)


def happened(rows: Sequence[AnnotationRow], one: Judgement) -> list[AnnotationRow]:
    """The annotations that touch the judged window, by their beginning."""
    start, end = one.standing.span.start, one.standing.span.end
    inside = (row for row in rows if _minute(row.starts_at) <= end)
    return [row for row in inside if row.ends_at is None or _minute(row.ends_at) >= start]


def _minute(moment: datetime) -> float:
    return moment.timestamp() / 60


def _running(values: Values) -> Values:
    """What was counted before each edge: one number more than there are minutes."""
    return np.concatenate(([0.0], np.cumsum(values)))
