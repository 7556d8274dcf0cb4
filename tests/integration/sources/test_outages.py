"""Clients that were connected when their service went away, and when it came back."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from data.settings import ClusterSettings
from data.sources.failures import SourceFailure
from data.sources.kafka import KafkaSource
from data.sources.prometheus import PrometheusSource
from data.sources.schema_registry import SchemaRegistrySource
from scoring.catalog.estate import FailureKind, Topic
from stack.faults.brokers import start_kafka, stop_kafka
from stack.faults.services import start_service, stop_service
from stack.state import PartName, StackState, load_state
from tests.waiting import eventually

LONG = 60.0
SOON = 25.0
"""Far below LONG: giving up early is what is shown, on a busy machine too."""


def failure(call: Callable[[], object]) -> tuple[SourceFailure, float]:
    started = time.monotonic()
    with pytest.raises(SourceFailure) as raised:
        call()
    return raised.value, time.monotonic() - started


def read_again(source: KafkaSource, topics: tuple[Topic, ...]) -> bool:
    try:
        names = {topic.name for topic in source.topics().value}
        return names == {topic.name for topic in topics} and source.end_offsets(topics).missing == ()
    except SourceFailure:
        return False


@pytest.mark.fault(order=30)
def test_a_registry_that_hangs_is_a_time_out_and_one_that_is_gone_is_unreachable(
    stack: StackState, cluster: ClusterSettings
) -> None:
    assert cluster.registry is not None
    source = SchemaRegistrySource(cluster.registry, timeout=8.0)
    before = source.subjects().value
    pid = load_state(stack.directory).part("registry").pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    try:
        hanging, _ = failure(source.subjects)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert hanging.kind is FailureKind.TIMEOUT
    stop_service(load_state(stack.directory), PartName("registry"))
    try:
        gone, _ = failure(source.subjects)
    finally:
        start_service(load_state(stack.directory), PartName("registry"))
    assert gone.kind is FailureKind.UNREACHABLE
    assert SchemaRegistrySource(cluster.registry).subjects().value == before


@pytest.mark.fault(order=31)
def test_prometheus_that_comes_back_is_asked_again_by_the_same_client(
    stack: StackState, cluster: ClusterSettings
) -> None:
    assert cluster.prometheus is not None
    source = PrometheusSource(cluster.prometheus)
    source.ping()
    stop_service(load_state(stack.directory), PartName("prometheus"))
    try:
        gone, _ = failure(source.ping)
    finally:
        start_service(load_state(stack.directory), PartName("prometheus"))
    assert gone.kind is FailureKind.UNREACHABLE
    assert [series.values.tolist() for series in source.query("vector(7)", datetime.now(UTC))] == [[7.0]]


@pytest.mark.fault(order=32)
def test_a_cluster_that_stops_is_unreachable_within_seconds_and_read_again_when_it_is_back(
    stack: StackState, cluster: ClusterSettings
) -> None:
    source = KafkaSource(cluster, timeout=LONG)
    topics = source.topics().value
    stop_kafka(load_state(stack.directory))
    try:
        for part in (source.topics, lambda: source.end_offsets(topics)):
            found, seconds = failure(part)
            assert found.kind is FailureKind.UNREACHABLE
            assert seconds < SOON
    finally:
        start_kafka(load_state(stack.directory))
    # A broker that has just started knows no passwords yet.
    eventually(lambda: read_again(source, topics), "the brokers are back and should be read")
