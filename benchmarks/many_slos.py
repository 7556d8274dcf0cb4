"""A store with a hundred SLOs and 39 days of slices of each, in several kinds of trouble, for what reads them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import numpy as np
from numpy.typing import NDArray

from data.definitions.slo_files import load_slos
from data.store import Store
from data.store.clusters import ClusterFacts
from data.store.read import Meta
from data.store.slices import SliText
from data.store.states import OK
from data.store.store import COLLECTOR
from scoring.catalog.estate import ClusterName, SourceName
from scoring.slo.definition import SloDefinition, SloId
from scoring.slo.slices import GROUP, MINUTES_PER_DAY, MinuteState, SliceDay

CLUSTER = ClusterName("bench")
NUMBER = 100
DAYS = 39
"""The window's 30 days and the 8 before them that the review reads, from midnight to midnight."""

MINUTES = DAYS * MINUTES_PER_DAY

Counts = NDArray[np.float64]


def many_slos() -> tuple[SloDefinition, ...]:
    """The six that ship and 94 more of their kinds, each counted apart."""
    shipped = load_slos()
    more = (_another(shipped[number % len(shipped)], number) for number in range(len(shipped), NUMBER))
    return (*shipped, *more)


def _another(shipped: SloDefinition, number: int) -> SloDefinition:
    dialects = tuple(
        replace(one, presence=replace(one.presence, labels={**one.presence.labels, "service": f"service-{number}"}))
        for one in shipped.sli.dialects
    )
    name = f"{shipped.id}-{number}"
    return replace(
        shipped, id=SloId(name), title=f"{shipped.title} {number}", sli=replace(shipped.sli, dialects=dialects)
    )


def write_slices(store: Store, definitions: tuple[SloDefinition, ...], last_day: datetime) -> int:
    """Write the whole days up to the one of `last_day`, all minutes closed; the number of days of components."""
    store.registry.register(COLLECTOR, [ClusterFacts(CLUSTER, "prod", "eu-central-1", tuple(SourceName))])
    store.registry.describe(COLLECTOR, Meta(sample=False, recorded_at=None))
    first = datetime.combine((last_day - timedelta(days=DAYS - 1)).date(), time(), UTC)
    lease = store.leases.acquire(CLUSTER, "bench")
    assert lease is not None
    slices = store.collecting(lease).slices
    written = 0
    for number, definition in enumerate(definitions):
        days = list(_days(definition, number, first))
        slices.merge(SliText(definition.sli.hash, definition.id, "bench"), days)
        written += len(days)
    store.leases.release(lease)
    return written


def look_again(store: Store, at: datetime) -> None:
    """Tell of one more look at Prometheus, after which everything that was read before is out of date."""
    lease = store.leases.acquire(CLUSTER, "bench")
    assert lease is not None
    store.collecting(lease).observations.attempted(SourceName.PROMETHEUS, "slices", {"slices": OK}, at)
    store.leases.release(lease)


def _days(definition: SloDefinition, number: int, first: datetime) -> Iterator[SliceDay]:
    """A month with a night that nobody observed, a short outage of everything, and incidents of its own."""
    states = np.full(MINUTES, MinuteState.COVERED, dtype=np.uint8)
    unseen, down = (number * 37) % 20_000 + 15_000, (number * 53) % 30_000 + 20_000
    states[unseen : unseen + 600] = MinuteState.UNKNOWN
    if number % 3 == 0:
        states[down : down + 4] = MinuteState.DOWN
    counted = states == MinuteState.COVERED
    for component, values in {GROUP: np.zeros(MINUTES), **_counts(definition, number)}.items():
        kept = np.where(counted, values, 0.0)
        for day in range(DAYS):
            part = slice(day * MINUTES_PER_DAY, (day + 1) * MINUTES_PER_DAY)
            at = first.date() + timedelta(days=day)
            yield SliceDay(definition.sli.hash, CLUSTER, "", component, at, kept[part], states[part])


def _counts(definition: SloDefinition, number: int) -> Mapping[str, Counts]:
    """What each component counts a minute: traffic with the hours of the day, and every tenth SLO in real trouble."""
    random = np.random.default_rng(number)
    minute = np.arange(MINUTES)
    traffic = random.poisson(600 + 400 * np.sin(2 * np.pi * minute / MINUTES_PER_DAY)).astype(float)
    begin = (number * 211) % 25_000 + 20_000
    incident = (minute >= begin) & (minute < begin + (300 if number % 10 == 0 else 12))
    some = np.where(incident, np.floor(traffic / 20), 0.0) + (random.random(MINUTES) < 0.002)
    kind = definition.id.rstrip("-0123456789")
    if kind == "produce-success":
        refused = random.poisson(0.02, MINUTES).astype(float)
        errors = {"NOT_ENOUGH_REPLICAS": some, "REQUEST_TIMED_OUT": np.floor(some / 3)}
        return {"NONE": traffic, **errors, "TOPIC_AUTHORIZATION_FAILED": refused}
    if kind == "consume-latency":
        shares = {"0.05": 0.5, "0.1": 0.8, "0.25": 0.97, "0.5": 1.0, "1.0": 1.0}
        reads = np.floor(traffic / 10)
        slow = np.minimum(reads, some)
        return {**{le: np.floor((reads - slow) * share) for le, share in shares.items()}, "+Inf": reads}
    if kind == "data-durability":
        return {"lost": np.where(minute == begin, float(number % 4 == 0), 0.0), "acknowledged": traffic}
    if kind == "schema-violations":
        sampled = np.floor(traffic / 30)
        return {"invalid schemas": np.zeros(MINUTES), "invalid records": np.zeros(MINUTES), "sampled records": sampled}
    if kind == "broker-availability":
        return {f"scrape of broker-{one}": np.where(incident & (one == 2), 0.0, 1.0) for one in (1, 2, 3)}
    lag = np.where(incident, 4_000.0, random.poisson(12, MINUTES).astype(float))
    return {f"replicas on broker {one}": lag for one in (1, 2, 3)}
