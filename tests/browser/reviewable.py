"""Two clusters with all six platform SLOs, each in another trouble: what an SLO review has to look at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dashboard.definitions import definitions, produce_success
from data.health.questions import HealthKey
from data.health.readings import HealthReading, HealthValue
from data.store import open_store
from data.store.slices import SliText
from data.store.states import OK
from scoring.catalog.estate import ClusterName
from scoring.slo.definition import SloDefinition
from scoring.slo.rules.conventions import BAND, BAND_ALERT, BURN_ALERT, INVARIANT_ALERT, PAIR, SEVERITY, SLO
from scoring.slo.slices import GROUP, MINUTES_PER_DAY, MinuteState, SliceDay
from tests.browser.believable import fill

CLUSTERS = ("prod-eu", "dr-west")
DAYS = 32
MINUTES = DAYS * MINUTES_PER_DAY

Counts = NDArray[np.float64]


def reviewable(folder: Path, now: datetime | None = None) -> dict[str, str]:
    """Fill a database in `folder` with an estate that ends at `now`; returns the variables that name it."""
    url = f"sqlite:///{folder / 'reviewable.sqlite'}"
    fill_reviewable(url, now or datetime.now(UTC))
    return {"STREAMGAUGE_DATABASE_URL": url}


def fill_reviewable(url: str, now: datetime) -> None:
    """Write the estate, produce success of it, and a month of every other SLO."""
    fill(url, now, produce_success(), clusters=CLUSTERS, topics=12, groups=6, sample=False, bad_minutes=45)
    store = open_store(url, clock=lambda: now)
    try:
        for cluster in map(ClusterName, CLUSTERS):
            lease = store.leases.acquire(cluster, "reviewable")
            assert lease is not None
            for definition in definitions():
                components = counted(definition, now, healthy=cluster != CLUSTERS[0])
                if components:
                    days = list(_days(definition, cluster, now, components))
                    store.collecting(lease).slices.merge(
                        SliText(definition.sli.hash, definition.id, "reviewable"), days
                    )
            if cluster == CLUSTERS[0]:
                store.collecting(lease).observations.looked_at_health([alerts(now)], {"health": OK}, now)
            store.leases.release(lease)
    finally:
        store.close()


def alerts(now: datetime) -> HealthReading:
    """What Prometheus fires: of one SLO two alerts, of another one, of the third none; there are no other rules."""
    names = {"alertname": BURN_ALERT, PAIR: "3d/6h", SEVERITY: "ticket"}, {"alertname": BAND_ALERT, BAND: "halt"}
    fire = [HealthValue({SLO: "replication-lag", SEVERITY: "ticket", **labels}, 1.0) for labels in names]
    violated = HealthValue({SLO: "data-durability", "alertname": INVARIANT_ALERT, SEVERITY: "page"}, 1.0)
    there = [HealthValue({SLO: name}, 0.0) for name in ("replication-lag", "data-durability", "broker-availability")]
    return HealthReading(HealthKey.ALERTS, "ALERTS", "generated rules", now, (*fire, violated, *there))


def counted(definition: SloDefinition, now: datetime, *, healthy: bool) -> Mapping[str, Counts]:
    """What each component counts a minute; nothing for produce success, which is written already."""
    ago = _passed(now) - np.arange(MINUTES)
    constant = np.ones(MINUTES)
    if definition.id == "consume-latency":
        slow = np.where((ago > 600) & (ago < 3_000), 5.0, 0.1) if not healthy else 0.05 * constant
        return {"0.5": 60 - np.round(slow), "+Inf": 60 * constant}
    if definition.id == "data-durability":
        lost = np.where(ago == 5_000, 3.0, 0.0) if not healthy else 0 * constant
        return {"lost": lost, "acknowledged": 60 * constant}
    if definition.id == "schema-violations" and healthy:
        return {"invalid schemas": 0 * constant, "invalid records": 0 * constant, "sampled records": 20 * constant}
    if definition.id == "broker-availability":
        gone = (ago > 9_000) & (ago < 9_055) & (not healthy)
        return {f"scrape of broker-{number}": np.where(gone & (number == 2), 0.0, 1.0) for number in (1, 2, 3)}
    if definition.id == "replication-lag":
        behind = np.where((ago > 100) & (ago < 1_900) & (not healthy), 4_000.0, 12.0)
        return {f"replicas on broker {number}": behind for number in (1, 2, 3)}
    return {}


def _days(
    definition: SloDefinition, cluster: ClusterName, now: datetime, components: Mapping[str, Counts]
) -> Iterator[SliceDay]:
    states = np.full(MINUTES, MinuteState.COVERED, dtype=np.uint8)
    states[_passed(now) :] = MinuteState.PENDING
    for component, values in {GROUP: np.zeros(MINUTES), **components}.items():
        for day in range(DAYS):
            part = slice(day * MINUTES_PER_DAY, (day + 1) * MINUTES_PER_DAY)
            at = _first(now).date() + timedelta(days=day)
            kept = np.where(states[part] == MinuteState.COVERED, values[part], 0.0)
            yield SliceDay(definition.sli.hash, cluster, "", component, at, kept, states[part])


def _first(now: datetime) -> datetime:
    return datetime.combine((now - timedelta(days=31)).date(), time(), UTC)


def _passed(now: datetime) -> int:
    return int((now - timedelta(minutes=1) - _first(now)).total_seconds() // 60)
