"""The stateful processor against real brokers: its state lives in the changelog and comes back from there."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from stack.state import StackState
from stack.workload.processor import Processor, Topology
from tests.integration.workload.conftest import eventually

PARTITIONS = 3


@pytest.fixture
def topology(stack: StackState) -> Iterator[Topology]:
    """A processor's topics, fresh, deleted afterwards."""
    name = f"tracker-{uuid.uuid4().hex[:8]}"
    made = Topology(name, (f"{name}-source",), f"{name}-repartition", f"{name}-changelog", f"{name}-output")
    admin = AdminClient({"bootstrap.servers": stack.kafka.admin_bootstrap})
    names = [*made.sources, made.repartition, made.changelog, made.output]
    topics = [NewTopic(topic, PARTITIONS, 3) for topic in names]
    for future in admin.create_topics(topics, operation_timeout=30).values():
        future.result(timeout=60)
    yield made
    for future in admin.delete_topics(names, operation_timeout=30).values():
        future.result(timeout=60)


@contextmanager
def processing(stack: StackState, topology: Topology) -> Iterator[Processor]:
    kafka = {"bootstrap.servers": stack.kafka.admin_bootstrap}
    processor = Processor(
        topology, kafka, lambda data: json.loads(data or b""), lambda value: json.dumps(value).encode()
    )
    stop = threading.Event()
    thread = threading.Thread(target=processor.run, args=(stop,))
    thread.start()
    try:
        yield processor
    finally:
        stop.set()
        thread.join(60)
    assert not thread.is_alive()


def write(stack: StackState, topology: Topology, *values: dict[str, Any]) -> None:
    producer = Producer({"bootstrap.servers": stack.kafka.admin_bootstrap})
    for value in values:
        producer.produce(topology.sources[0], json.dumps(value).encode(), b"whatever")
    assert producer.flush(30) == 0


def scan(order: str, step: str) -> dict[str, Any]:
    return {"order_id": order, "step": step, "hub": "Bergen"}


def placed(order: str) -> dict[str, Any]:
    return {"data": {"order_id": order}}


def states_of(processor: Processor, order: str) -> list[tuple[str, int, int]]:
    stores = [processor.store(partition) for partition in range(PARTITIONS)]
    return [
        (state.status, state.orders_seen, state.scans_seen)
        for store in stores
        for key, state in store.items()
        if key == order
    ]


def processed(processor: Processor, records: int) -> Callable[[], bool]:
    return lambda: processor.processed >= records


def test_a_second_processor_goes_on_with_the_state_that_the_first_one_left_in_the_changelog(
    stack: StackState, topology: Topology
) -> None:
    write(stack, topology, placed("o-1"), placed("o-2"), scan("o-1", "PICKED"), scan("o-1", "SORTED"))
    with processing(stack, topology) as first:
        eventually(processed(first, 4), "four records aggregated")
        assert first.restored == 0

    write(stack, topology, scan("o-1", "HANDED_OVER"), scan("o-3", "PICKED"))
    with processing(stack, topology) as second:
        eventually(processed(second, 2), "two more aggregated")
        assert second.processed == 2, "what the first one committed is not read again"
        assert second.restored == 4
        assert states_of(second, "o-1") == [("delivered", 1, 3)]
        assert states_of(second, "o-2") == [("placed", 1, 0)]
        assert states_of(second, "o-3") == [("packed", 0, 1)]
