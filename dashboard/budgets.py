"""The budgets on screen and in the terminal: read slices, hand them to the one function that judges."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from data.store.read import ReadModel
from scoring.catalog.estate import ClusterName
from scoring.slo.definition import SloDefinition
from scoring.slo.gate import badness
from scoring.slo.judging import PLAIN_TERMS, Judgement, Terms, judge, judge_all
from scoring.slo.series import BurnDown, burn_down
from scoring.slo.slices import SliceDay
from scoring.slo.status import SloStatus

_BEFORE = timedelta(days=8)
"""Read before the window: tells since when an SLO is in its band, up to a week back, and gives down minutes at the
window's start an hour to be estimated from."""


def slices_of(
    read: ReadModel, definition: SloDefinition, cluster: ClusterName | None, moment: datetime
) -> list[SliceDay]:
    """The slices that judging the definition needs at `moment`."""
    return read.slice_days(definition.sli.hash, cluster, reach(definition, moment).date(), moment.date())


def judgements_of(
    read: ReadModel,
    definition: SloDefinition,
    cluster: ClusterName | None,
    moment: datetime,
    terms: Terms = PLAIN_TERMS,
) -> list[Judgement]:
    """One judgement for each cluster (and group), the worst first."""
    found = judged_each(read, [definition], cluster, moment, terms)
    return sorted(found, key=lambda one: badness(one.status))


def judged_each(
    read: ReadModel,
    definitions: Iterable[SloDefinition],
    cluster: ClusterName | None,
    moment: datetime,
    terms: Terms = PLAIN_TERMS,
) -> Iterator[Judgement]:
    """The judgements of several SLOs, one definition after the other, so that nobody has to keep all their minutes."""
    clusters = [row.name for row in read.clusters() if cluster in (None, row.name)]
    for definition in definitions:
        days = slices_of(read, definition, cluster, moment)
        yield from judge_all(definition, days, moment, clusters, terms, reach(definition, moment))


def statuses_of(
    read: ReadModel,
    definition: SloDefinition,
    cluster: ClusterName | None,
    moment: datetime,
    terms: Terms = PLAIN_TERMS,
) -> list[SloStatus]:
    """One status for each cluster (and group), the worst first."""
    return [one.status for one in judgements_of(read, definition, cluster, moment, terms)]


def burn_down_of(
    read: ReadModel, definition: SloDefinition, status: SloStatus, moment: datetime, terms: Terms = PLAIN_TERMS
) -> BurnDown | None:
    """The series behind one status; None where there is no budget to burn."""
    days = slices_of(read, definition, status.cluster, moment)
    return burn_down(judge(definition, days, moment, status.cluster, status.group, terms))


def reach(definition: SloDefinition, moment: datetime) -> datetime:
    """Where the slices begin that judging needs: a whole day, so that the first known minute is the same all day."""
    start = moment - definition.window.longest - _BEFORE
    return start.replace(hour=0, minute=0, second=0, microsecond=0)
