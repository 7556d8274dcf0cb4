"""The canary on real brokers: what it promises to see, seen; and nothing that is not there."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from confluent_kafka import Producer

from stack.cluster import admin_client
from stack.monitoring import scrape_canary
from stack.ports import free_ports
from stack.state import CANARY_TOPIC, StackState
from tests.integration.canary.running import PREFIX, QUICK, Running, canary
from tests.integration.stack.asking import number
from tests.waiting import eventually

FAULTS = ("lost", "unverified", "duplicated", "reordered", "corrupt")


def faults(running: Running) -> dict[str, float]:
    """What went wrong with records, by kind; those that did not occur are left out."""
    found = {name: running.total(f"canary_{name}_total") for name in FAULTS}
    return {name: count for name, count in found.items() if count}


def test_each_broker_leads_a_partition_and_everything_that_was_promised_is_read(
    watched: StackState, running: Running
) -> None:
    scrape_canary(watched)
    running.has_written(60)
    assert {labels[0] for labels in running.values("streamgauge_canary_attempts_total")} == {"1", "2", "3"}
    eventually(
        lambda: running.total("canary_end_to_end_latency_seconds_count") >= 90, "what is acknowledged should be read"
    )
    assert faults(running) == {}
    assert running.total("canary_failures_total") == 0
    assert running.values("streamgauge_canary_broker_reachable") == {("1",): 1, ("2",): 1, ("3",): 1}
    # Three copies of three partitions, each asked of the broker that holds it.
    lag = running.values("streamgauge_canary_replica_lag")
    assert len(lag) == 9
    assert max(lag.values()) <= 5
    eventually(lambda: running.total("canary_commit_latency_seconds_count") >= 1, "a commit should have been timed")
    assert running.total("canary_commit_failures_total") == 0
    eventually(lambda: number(watched, 'sum(up{job="streamgauge-canary"})') == 1, "Prometheus should scrape it")


def test_its_topic_lives_under_the_clusters_own_rules(watched: StackState, running: Running) -> None:
    topic = admin_client(watched.kafka).list_topics(CANARY_TOPIC, timeout=10).topics[CANARY_TOPIC]
    replicas = [part.replicas for _, part in sorted(topic.partitions.items())]
    assert sorted(copies[0] for copies in replicas) == [1, 2, 3]
    assert all(sorted(copies) == [1, 2, 3] for copies in replicas)  # default.replication.factor is 3


def test_a_record_that_somebody_else_wrote_is_corrupt_and_costs_nothing_else(
    watched: StackState, running: Running
) -> None:
    producer = Producer({"bootstrap.servers": watched.kafka.admin_bootstrap})
    for _ in range(3):
        producer.produce(CANARY_TOPIC, b"hello", partition=0)
    assert producer.flush(30) == 0
    eventually(lambda: faults(running) == {"corrupt": 3.0}, "three corrupt records should be counted")
    running.has_written(20)
    assert faults(running) == {"corrupt": 3.0}


@pytest.mark.long
def test_a_canary_that_was_killed_starts_again_without_losing_what_it_never_saw(
    watched: StackState, tmp_path: Path
) -> None:
    for _ in range(3):
        with canary(watched, tmp_path) as running:
            running.has_written(20)
            assert faults(running) == {}
            running.process.send_signal(signal.SIGKILL)
            running.process.wait()
    (port,) = free_ports(1, None)
    beside = QUICK | {f"{PREFIX}PORT": str(port)}
    with canary(watched, tmp_path) as running, canary(watched, tmp_path, beside) as other:
        running.has_written(40)
        other.has_written(40)
        assert (faults(running), faults(other)) == ({}, {})


def test_a_deleted_topic_is_made_anew_and_nothing_in_it_is_called_lost(watched: StackState, running: Running) -> None:
    admin = admin_client(watched.kafka)
    admin.delete_topics([CANARY_TOPIC], operation_timeout=30)[CANARY_TOPIC].result()
    eventually(lambda: running.total("canary_failures_total") >= 3, "attempts should fail while it is gone")
    eventually(lambda: running.total("canary_topic_ready") == 1, "the topic should be made anew")
    running.has_written(60)
    eventually(lambda: running.total("canary_topic_ready") == 1, "every partition should be written to again")
    assert set(faults(running)) <= {"unverified"}
    seen = running.total("canary_end_to_end_latency_seconds_count")
    unverified = running.total("canary_unverified_total")
    assert seen + unverified >= running.total("canary_acknowledged_total") - 9  # at most a few are under way
