"""The budgets on screen and in the terminal: read slices, hand them to the one function that judges."""

from __future__ import annotations

from datetime import datetime, timedelta

from data.store.read import ReadModel
from scoring.catalog.estate import ClusterName
from scoring.slo.budget import Band
from scoring.slo.definition import SloDefinition
from scoring.slo.judging import judge, slo_statuses
from scoring.slo.series import BurnDown, burn_down
from scoring.slo.slices import SliceDay
from scoring.slo.status import SloStatus

_ESTIMATE_DAY = timedelta(days=1)
"""Read before the window, so that down minutes at its start have an hour to be estimated from."""

_WORST_FIRST = (Band.LOCKDOWN, Band.INCIDENT, Band.HALT, Band.NO_DATA, Band.HEALTHY)


def slices_of(
    read: ReadModel, definition: SloDefinition, cluster: ClusterName | None, moment: datetime
) -> list[SliceDay]:
    """The slices that the definition's window needs at `moment`."""
    start = moment - definition.window.longest - _ESTIMATE_DAY
    return read.slice_days(definition.sli.hash, cluster, start.date(), moment.date())


def statuses_of(
    read: ReadModel, definition: SloDefinition, cluster: ClusterName | None, moment: datetime
) -> list[SloStatus]:
    """One status for each cluster (and group), the worst first."""
    clusters = [row.name for row in read.clusters() if cluster in (None, row.name)]
    found = slo_statuses(definition, slices_of(read, definition, cluster, moment), moment, clusters)
    return sorted(found, key=_badness)


def burn_down_of(read: ReadModel, definition: SloDefinition, status: SloStatus, moment: datetime) -> BurnDown | None:
    """The series behind one status; None where there is no budget to burn."""
    days = slices_of(read, definition, status.cluster, moment)
    return burn_down(judge(definition, days, moment, status.cluster, status.group))


def _badness(status: SloStatus) -> tuple[int, float, str]:
    remaining = status.remaining
    return _WORST_FIRST.index(status.band), 0.0 if remaining is None else remaining, status.cluster
