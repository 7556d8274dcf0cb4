"""One SLO's status and its burn-down, from one ledger: tile, chart, CLI and gate agree, for nothing else adds up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from scoring.catalog.estate import ClusterName
from scoring.slo.budget import POLICY, Band, Budget
from scoring.slo.definition import EventsSli, SloDefinition, SloId
from scoring.slo.ledger import Ledger, Tally, exact_sum, keep_ledger
from scoring.slo.slices import MINUTE, MinuteState, SliceDay, States, Values, edge, last_edge

BURN_WINDOWS: Mapping[str, timedelta] = {"1h": timedelta(hours=1), "6h": timedelta(hours=6), "3d": timedelta(days=3)}
"""Look-back windows of the burn rates on screen: the long windows of the multi-window alerts for 30 days (Google SRE
Workbook, "Alerting on SLOs")."""


class SloState(StrEnum):
    """Whether the numbers of an SLO mean anything."""

    OK = "ok"
    NO_TRAFFIC = "no_traffic"
    """Observed well enough, and idle."""
    NO_DATA = "no_data"
    """Not one minute of the window says anything."""
    INSUFFICIENT = "insufficient"
    """Coverage under the definition's min_coverage; the numbers are shown, the band is not given."""


@dataclass(frozen=True, slots=True)
class SloStatus:
    """One SLO of one cluster (and group) over the window that ends at `as_of`.

    budget: the exact numbers behind bad, total, sli and remaining. burn: times faster than sustainable; None where the
    window was not observed. estimated: events of down minutes that nobody could count, part of bad and total.
    client_faults: left out of both. by_component: events counted in the window. down_since: start of the run of down
    minutes that lasts until the newest known minute. observed_until: end of the newest covered or down minute.
    notes: what the numbers cannot see, with what to do about it.
    """

    id: SloId
    title: str
    labels: Mapping[str, str]
    cluster: ClusterName
    group: str
    kind: str
    objective: Decimal | None
    window: str
    state: SloState
    budget: Budget
    coverage: float
    band: Band
    burn: Mapping[str, float | None]
    as_of: datetime
    estimated: float
    client_faults: float
    down_minutes: int
    by_component: Mapping[str, float]
    down_since: datetime | None
    observed_until: datetime | None
    notes: tuple[str, ...]

    @property
    def bad(self) -> float:
        """Bad events in the window, estimates included."""
        return float(self.budget.bad)

    @property
    def total(self) -> float:
        """Events in the window, estimates included."""
        return float(self.budget.total)

    @property
    def sli(self) -> float | None:
        """Good share of what was observed; None when there was nothing."""
        return self.budget.good_share

    @property
    def remaining(self) -> float | None:
        """Share of the budget left, never on another side of a band's edge than the band; None without traffic."""
        return self.budget.remaining()

    def as_json(self) -> dict[str, object]:
        """The object that `streamgauge slo status --json` prints; its schema is slo_status.schema.json."""
        return {
            "id": self.id,
            "labels": dict(self.labels),
            "kind": self.kind,
            "objective": None if self.objective is None else float(self.objective),
            "window": self.window,
            "state": self.state.value,
            "bad": _number(self.budget.bad),
            "total": _number(self.budget.total),
            "sli": self.sli,
            "remaining": self.remaining,
            "coverage": self.coverage,
            "band": self.band.value,
            "burn": dict(self.burn),
            "as_of": self.as_of.isoformat().replace("+00:00", "Z"),
        }


@dataclass(frozen=True, slots=True, eq=False)
class BurnDown:
    """How the budget of the window was spent; the last point is the tile's number.

    times: datetime64[s] (UTC), the window's start and then the end of each minute, n + 1 points. remaining: float64,
    share of the whole window's budget not yet spent at that time. states: uint8[n], how each minute was observed.
    """

    times: NDArray[np.datetime64]
    remaining: Values
    states: States
    status: SloStatus


def slo_status(
    definition: SloDefinition, days: Iterable[SliceDay], now: datetime, cluster: ClusterName, group: str = ""
) -> SloStatus:
    """The status of one cluster (and group) at `now`.

    days: all components, at least the window's days; one day more gives down minutes at the window's start their
    estimate. Days of other clusters, groups and SLIs are passed over.
    """
    return _judge(definition, days, now, cluster, group)[0]


def slo_statuses(
    definition: SloDefinition, days: Iterable[SliceDay], now: datetime, clusters: Iterable[ClusterName]
) -> list[SloStatus]:
    """One status a cluster and group, in order; a cluster without any day has one, which says that there is no data."""
    days = [day for day in days if day.sli == definition.sli.hash]
    statuses: list[SloStatus] = []
    for cluster in clusters:
        groups = sorted({day.group for day in days if day.cluster == cluster}) or [""]
        statuses.extend(slo_status(definition, days, now, cluster, group) for group in groups)
    return statuses


def burn_down(
    definition: SloDefinition, days: Iterable[SliceDay], now: datetime, cluster: ClusterName, group: str = ""
) -> BurnDown | None:
    """The chart's series for the same window as `slo_status`; None where that has no budget to burn (no traffic)."""
    status, ledger = _judge(definition, days, now, cluster, group)
    remaining = status.remaining
    if remaining is None:
        return None
    end = last_edge(now)
    start = definition.window.at(end).start
    span = slice(start - ledger.start, end - ledger.start)
    spent = np.cumsum(ledger.bad[span] + ledger.estimates()[span])
    shares = np.concatenate(([1.0], 1 - spent / float(status.budget.allowed)))
    shares[-1] = remaining
    times = np.arange(start, end + 1, dtype=np.int64) * 60
    return BurnDown(times.astype("datetime64[s]"), shares, ledger.states[span], status)


def _judge(
    definition: SloDefinition, days: Iterable[SliceDay], now: datetime, cluster: ClusterName, group: str
) -> tuple[SloStatus, Ledger]:
    end = last_edge(now)
    start = definition.window.at(end).start
    whose = (definition.sli.hash, cluster, group)
    if not isinstance(definition.sli, EventsSli) or definition.objective is None:
        raise TypeError(f"{definition.id} counts no events")
    ledger = keep_ledger(
        definition.sli, [day for day in days if (day.sli, day.cluster, day.group) == whose], start, end
    )
    tally = ledger.tally(start, end)
    budget = Budget(tally.bad, tally.total, definition.objective)
    state = _state(definition, tally)
    span = slice(start - ledger.start, end - ledger.start)
    counted = {name: float(exact_sum(values[span])) for name, values in sorted(ledger.components.items())}
    status = SloStatus(
        id=definition.id,
        title=definition.title,
        labels={**definition.labels, "cluster": cluster, **({"group": group} if group else {})},
        cluster=cluster,
        group=group,
        kind=definition.kind,
        objective=definition.objective,
        window=definition.window.text,
        state=state,
        budget=budget,
        coverage=float(tally.coverage),
        band=budget.band(POLICY) if state is SloState.OK else Band.NO_DATA,
        burn={name: _burn(ledger.tally(end - window // MINUTE, end), budget) for name, window in BURN_WINDOWS.items()},
        as_of=edge(end),
        estimated=float(tally.estimated),
        client_faults=float(tally.client),
        down_minutes=tally.down,
        by_component={name: count for name, count in counted.items() if count},
        down_since=_down_since(ledger),
        observed_until=_observed_until(ledger),
        notes=_notes(definition, counted),
    )
    return status, ledger


def _state(definition: SloDefinition, tally: Tally) -> SloState:
    if not tally.observed:
        return SloState.NO_DATA
    if tally.coverage < Fraction(definition.min_coverage):
        return SloState.INSUFFICIENT
    return SloState.OK if tally.total else SloState.NO_TRAFFIC


def _burn(tally: Tally, budget: Budget) -> float | None:
    """Burn rate: bad share ÷ allowed share; 0 when observed and idle, None when not observed."""
    if not tally.observed:
        return None
    return float(tally.bad / tally.total / (1 - Fraction(budget.objective))) if tally.total else 0.0


def _down_since(ledger: Ledger) -> datetime | None:
    """Start of the down run that the newest known minute belongs to; None when that minute is not down."""
    known = np.flatnonzero(ledger.states != MinuteState.PENDING)
    newest = ledger.start + int(known[-1]) if len(known) else None
    return next((edge(run.start) for run in ledger.down_runs if newest is not None and run.end == newest + 1), None)


def _observed_until(ledger: Ledger) -> datetime | None:
    seen = np.flatnonzero((ledger.states == MinuteState.COVERED) | (ledger.states == MinuteState.DOWN))
    return edge(ledger.start + int(seen[-1]) + 1) if len(seen) else None


def _notes(definition: SloDefinition, counted: Mapping[str, float]) -> tuple[str, ...]:
    """What the dialects that counted in this window cannot see, once each, in the definition's order."""
    used = [definition.sli.dialect_of(component) for component, count in counted.items() if count]
    seen = (dialect for dialect in definition.sli.dialects if dialect in used and dialect.misses)
    return tuple(f"{dialect.misses} {dialect.advice}".strip() for dialect in seen)


def _number(exact: Fraction) -> int | float:
    """A count for JSON: an integer where it is one."""
    return int(exact) if exact.denominator == 1 else float(exact)
