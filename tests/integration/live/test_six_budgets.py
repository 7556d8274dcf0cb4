"""What the canary and the brokers' exporters tell: the other budgets fall by exactly what went wrong."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from random import Random

import pytest
import requests
from confluent_kafka import Producer
from confluent_kafka.admin import NewTopic

from scoring.slo.slices import MinuteState
from stack.plan import BROKER_COUNT, broker_name
from stack.state import StackState, load_state
from stack.workload.company import Format
from stack.workload.encoding import encoder, poison
from stack.workload.registry import HEADERS, Registry
from stack.workload.shapes import Draw, sampler, shape
from tests.integration.canary.running import Running, create_topic, delete_topic
from tests.integration.live import by_hand
from tests.integration.live.falling import defined, fallen, next_edge, past
from tests.integration.live.product import Product, last_edge
from tests.integration.stack.asking import fault
from tests.waiting import eventually

GOOD, POISONED = 40, 7
TOPIC, SHAPE = "payments.events.watched.v1", "refund.avsc"

TOLD = ("consume-latency", "data-durability", "schema-violations", "replication-lag")
"""Told by the canary's process."""

PAUSES, PAUSE_SECONDS = 3, 2.0
"""How often a broker hangs, and for how long: shorter than its session, longer than the 500 ms of the objective."""

DOWN_SECONDS = 100
MAX_LAG = 1000


@pytest.fixture(scope="module")
def contracted(stack: StackState, watching: Running, product: Product) -> Iterator[None]:
    """A topic under contract that the sampler knows, when every SLO that the canary tells of has data."""
    create_topic(stack, NewTopic(TOPIC, num_partitions=3, replication_factor=3))
    Registry(stack.registry_url).register(f"{TOPIC}-value", Format.AVRO, shape(SHAPE))
    eventually(
        lambda: watching.values("streamgauge_schema_records_sampled_total").get((TOPIC,)) == 0,
        "the topic should be found to be under contract",
    )
    eventually(lambda: all(map(partial(covered, product), TOLD)), "a minute of each should be covered")
    yield
    delete_topic(stack, TOPIC)
    requests.delete(f"{stack.registry_url}/subjects/{TOPIC}-value", headers=HEADERS, timeout=30)


def covered(product: Product, name: str) -> bool:
    return MinuteState.COVERED in product.minutes(last_edge() - 180, last_edge(), defined(name))


@pytest.mark.long
@pytest.mark.fault(order=67)
@pytest.mark.timeout(1800)
def test_exactly_the_poisoned_records_violate_and_exactly_the_late_ones_are_late(
    watching: Running, contracted: None, product: Product, stack: StackState
) -> None:
    start = last_edge()
    write(stack)
    eventually(
        lambda: watching.values("streamgauge_schema_records_sampled_total")[TOPIC,] == GOOD + POISONED,
        "every record should be sampled",
    )
    for broker in range(1, PAUSES + 1):
        with hanging(stack, broker):
            eventually(past(time.monotonic() + PAUSE_SECONDS), "the broker should hang for a while")
        watching.has_written(30)
    next_edge()
    end = next_edge()

    violations, _ = fallen(product, "schema-violations", start, end)
    assert violations == POISONED

    late, read = fallen(product, "consume-latency", start, end)
    counted = by_hand.grown(stack, "streamgauge_canary_end_to_end_latency_seconds_count", start, end)
    in_time = by_hand.grown(stack, 'streamgauge_canary_end_to_end_latency_seconds_bucket{le="0.5"}', start, end)
    assert late == counted - in_time
    assert read == counted
    # Each pause delays at least the record that was then under way to that broker.
    assert late >= PAUSES

    lost, _ = fallen(product, "data-durability", start, end)
    assert lost == 0


@pytest.mark.long
@pytest.mark.fault(order=68)
@pytest.mark.timeout(1800)
def test_minutes_without_brokers_are_bad_minutes_of_each_broker_and_of_its_replicas(
    watching: Running, product: Product, stack: StackState
) -> None:
    start = last_edge()
    stopped = time.monotonic()
    fault(stack, "kafka", "stop")
    try:
        eventually(past(stopped + DOWN_SECONDS), "a while should pass")
    finally:
        fault(stack, "heal")
    watching.has_written(30)
    next_edge()
    end = next_edge()

    edges = [start + 60 * minute for minute in range(round((end - start) / 60))]
    brokers = [str(broker) for broker in range(1, BROKER_COUNT + 1)]
    down, _ = fallen(product, "broker-availability", start, end)
    up = by_hand.by_minute(stack, by_hand.BROKERS, start, end)
    without = sum(min(up[broker, edge]) == 0 for broker in brokers for edge in edges)
    assert without >= BROKER_COUNT * (DOWN_SECONDS // 60)
    assert down == without

    behind, _ = fallen(product, "replication-lag", start, end)
    lag = by_hand.by_minute(stack, "streamgauge_canary_replica_lag", start, end)
    told = [[lag[broker, edge] for broker in brokers] for edge in edges]
    assert behind == sum(not all(of_one and max(of_one) < MAX_LAG for of_one in minute) for minute in told) > 0


@contextmanager
def hanging(stack: StackState, broker: int) -> Iterator[None]:
    """SIGSTOP for so short that the cluster does not miss it."""
    pid = load_state(stack.directory).part(broker_name(broker)).pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def write(stack: StackState) -> None:
    """Good records and poisoned ones, as the workload makes them."""
    random = Random(7)
    schema_id = Registry(stack.registry_url).register(f"{TOPIC}-value", Format.AVRO, shape(SHAPE))
    draw, encode = sampler(SHAPE), encoder(Format.AVRO, SHAPE, schema_id)
    values = [encode(draw(Draw.at(random, datetime.now(UTC), "test"))) for _ in range(GOOD + POISONED)]
    producer = Producer({"bootstrap.servers": stack.kafka.admin_bootstrap, "acks": "all"})
    for number, value in enumerate(values):
        producer.produce(TOPIC, value if number < GOOD else poison(value, random))
    assert producer.flush(30) == 0
