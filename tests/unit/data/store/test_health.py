"""Health of the brokers in the store: the latest answer stays until a newer one comes, with its own age."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.health.questions import HealthKey
from data.health.readings import HealthReading, HealthValue
from data.store import Store
from data.store.clusters import ClusterFacts
from data.store.failures import LeaseLostError
from data.store.read import SourceCondition
from data.store.states import OK, Answer
from data.store.store import COLLECTOR
from scoring.catalog.estate import ClusterName, SourceName
from tests.unit.data.store.estates import Clock

PROD = ClusterName("prod")


@pytest.fixture
def prod(store: Store) -> Store:
    store.registry.register(COLLECTOR, [ClusterFacts(PROD, "prod", "", (SourceName.PROMETHEUS,))])
    return store


def keep(store: Store, clock: Clock, *readings: HealthReading, answer: Answer = OK) -> None:
    lease = store.leases.acquire(PROD, "test")
    assert lease is not None
    store.collecting(lease).observations.looked_at_health(readings, {"health": answer}, clock.now)
    store.leases.release(lease)


def reading(clock: Clock, key: HealthKey, *values: float, dialect: str = "strimzi-jmx") -> HealthReading:
    return HealthReading(key, "sum(x)", dialect, clock.now, tuple(HealthValue({"n": "1"}, one) for one in values))


def absent(clock: Clock, key: HealthKey) -> HealthReading:
    return HealthReading(key, "sum(y)", "", clock.now, None)


def test_an_answer_comes_back_as_it_was_given_in_the_order_of_the_questions(prod: Store, clock: Clock) -> None:
    given = [absent(clock, HealthKey.LATENCY), reading(clock, HealthKey.BROKERS, 3.0, 2.5)]
    keep(prod, clock, *given)
    assert [row.reading for row in prod.read.health(PROD)] == given[::-1]
    assert {row.cluster for row in prod.read.health()} == {PROD}


def test_a_newer_answer_takes_the_place_of_the_earlier_one_and_only_of_that(prod: Store, clock: Clock) -> None:
    first = reading(clock, HealthKey.BROKERS, 3.0)
    keep(prod, clock, first, reading(clock, HealthKey.OFFLINE, 1.0))
    clock.now += timedelta(minutes=1)
    newer = absent(clock, HealthKey.OFFLINE)
    keep(prod, clock, newer)
    assert [row.reading for row in prod.read.health(PROD)] == [first, newer]


def test_a_prometheus_that_does_not_answer_leaves_the_earlier_answer_to_grow_old(prod: Store, clock: Clock) -> None:
    first = reading(clock, HealthKey.BROKERS, 3.0)
    keep(prod, clock, first)
    clock.now += timedelta(minutes=5)
    keep(prod, clock, answer=Answer(SourceCondition.UNREACHABLE, "refused", "start it"))
    assert [row.reading for row in prod.read.health(PROD)] == [first]
    assert prod.read.source_states(PROD)[0].state is SourceCondition.UNREACHABLE


def test_as_of_a_moment_before_the_latest_answer_there_is_none(prod: Store, clock: Clock) -> None:
    before = clock.now
    clock.now += timedelta(minutes=1)
    keep(prod, clock, reading(clock, HealthKey.BROKERS, 3.0))
    assert prod.read.health(PROD, before) == []
    assert len(prod.read.health(PROD, clock.now)) == 1


def test_whoever_lost_the_lease_writes_nothing(prod: Store, clock: Clock) -> None:
    lost = prod.leases.acquire(PROD, "first")
    assert lost is not None
    prod.leases.release(lost)
    assert prod.leases.acquire(PROD, "second") is not None
    with pytest.raises(LeaseLostError):
        prod.collecting(lost).observations.looked_at_health(
            [reading(clock, HealthKey.BROKERS, 3.0)], {"health": OK}, clock.now
        )
    assert prod.read.health(PROD) == []
