"""What librdkafka makes of addresses where there is no Kafka, in how much time and in which words."""

from __future__ import annotations

import gc
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from types import SimpleNamespace

import pytest
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from data.settings import ClusterSettings, KafkaSettings, SecurityProtocol
from data.sources.failures import SourceFailure
from data.sources.kafka import KafkaSource
from data.sources.kafka_client import KafkaClient
from scoring.catalog.estate import FailureKind

LONG = 60.0
SOON = 20.0
"""Far below LONG, far above what is needed: a bound that a busy machine keeps too."""


def source(servers: str, timeout: float = LONG, protocol: SecurityProtocol = SecurityProtocol.PLAINTEXT) -> KafkaSource:
    kafka = KafkaSettings(bootstrap_servers=servers, security_protocol=protocol)
    return KafkaSource(ClusterSettings(name="x", kafka=kafka), timeout=timeout)


@contextmanager
def listening(says: bytes) -> Iterator[int]:
    """A port that accepts connections and answers whatever it gets with these bytes, or with silence."""
    listener = socket.create_server(("127.0.0.1", 0))
    kept: list[socket.socket] = []

    def serve() -> None:
        with suppress(OSError):  # the listener is closed, or the client left
            while True:
                kept.append(listener.accept()[0])
                if says:
                    kept[-1].recv(65536)
                    kept[-1].sendall(says)

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
        for connection in kept:
            connection.close()


def failure(call: Callable[[], object]) -> tuple[SourceFailure, float]:
    started = time.monotonic()
    with pytest.raises(SourceFailure) as raised:
        call()
    return raised.value, time.monotonic() - started


def test_no_broker_listening_is_unreachable_long_before_the_time_out() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    broken = source(f"127.0.0.1:{port}")
    for part in (broken.brokers, broken.topics, broken.groups):
        found, seconds = failure(part)
        assert found.kind is FailureKind.UNREACHABLE
        assert "Connection refused" in found.sentence
        assert seconds < SOON


def test_a_cluster_that_stays_away_leaves_no_client_behind() -> None:
    away = source("127.0.0.1:1", 3.0)
    gc.collect()
    before = living_clients()
    gc.disable()
    try:
        for call in (away.topics, away.groups, away.topics):
            failure(call)
        deadline = time.monotonic() + SOON
        while living_clients() > before and time.monotonic() < deadline:
            time.sleep(0.1)  # the last question's own time-out
        assert living_clients() == before
    finally:
        gc.enable()


def living_clients() -> int:
    return sum(type(one) is AdminClient for one in gc.get_objects())


def test_a_name_that_does_not_resolve_is_unreachable_and_points_at_the_name() -> None:
    found, seconds = failure(source("nowhere.invalid:9092").brokers)
    assert found.kind is FailureKind.UNREACHABLE
    assert "host names" in found.next_step
    assert seconds < SOON


def test_a_web_server_in_place_of_a_broker_is_a_bad_answer() -> None:
    with listening(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n") as port:
        found, seconds = failure(source(f"127.0.0.1:{port}").brokers)
    assert found.kind is FailureKind.BAD_ANSWER
    assert "does not speak Kafka" in found.sentence
    assert seconds < SOON


def test_tls_at_a_listener_without_it_points_at_the_protocol() -> None:
    with listening(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n") as port:
        found, seconds = failure(source(f"127.0.0.1:{port}", protocol=SecurityProtocol.SSL).brokers)
    assert found.kind is FailureKind.UNREACHABLE
    assert "SSL handshake failed" in found.sentence
    assert "security_protocol" in found.next_step
    assert seconds < SOON


def test_a_broker_that_accepts_and_says_nothing_is_a_time_out() -> None:
    with listening(b"") as port:
        found, seconds = failure(source(f"127.0.0.1:{port}", timeout=1.0).brokers)
    assert found.kind is FailureKind.TIMEOUT
    assert 0.9 < seconds < SOON


@pytest.mark.parametrize("wrap", [lambda error: error, KafkaException])
def test_brokers_that_list_no_groups_because_they_just_started_are_told_in_words(
    monkeypatch: pytest.MonkeyPatch, wrap: Callable[[KafkaError], object]
) -> None:
    listed: Future[object] = Future()
    refusal = wrap(KafkaError(KafkaError.COORDINATOR_LOAD_IN_PROGRESS))
    listed.set_result(SimpleNamespace(valid=[], errors=[refusal]))
    admin = SimpleNamespace(list_consumer_groups=lambda **_: listed, poll=lambda _: 0)
    monkeypatch.setattr(KafkaClient, "_open", lambda _: admin)
    found, _ = failure(source("broker:9092").groups)
    assert found.kind is FailureKind.BAD_ANSWER
    assert "COORDINATOR_LOAD_IN_PROGRESS" in found.sentence
