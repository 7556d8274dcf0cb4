"""Faults on the shared stack: each has its effect, which Prometheus sees, and is mended again."""

from __future__ import annotations

import pytest
import requests
from confluent_kafka.admin import PartitionMetadata

from stack.cluster import admin_client
from stack.state import StackState
from tests.integration.stack.asking import fault, number, produce_answers, query, stack_command, status
from tests.waiting import eventually


@pytest.mark.fault(order=10)
@pytest.mark.parametrize(
    ("kind", "error", "failed_requests"),
    [
        ("isr", "NOT_ENOUGH_REPLICAS", 12),
        ("permission", "TOPIC_AUTHORIZATION_FAILED", 0),
        ("too-large", "MESSAGE_TOO_LARGE", 0),
    ],
)
def test_a_known_number_of_produces_fails(stack: StackState, kind: str, error: str, failed_requests: int) -> None:
    before = produce_answers(stack, error)
    failed_before = number(stack, "sum(kafka_server_brokertopicmetrics_failedproducerequests_total)")
    outcome = fault(stack, "produce-failure", kind, "--count", "12")
    assert (outcome["count"], outcome["error"], outcome["counted_by_brokers"]) == (12, error, 12)
    eventually(lambda: produce_answers(stack, error) == before + 12, f"Prometheus should see 12 {error} more")
    failed = number(stack, "sum(kafka_server_brokertopicmetrics_failedproducerequests_total)") - failed_before
    assert failed == failed_requests  # The metric that everybody uses misses permission and size.


@pytest.mark.fault(order=11)
def test_a_short_in_sync_set_leaves_nothing_behind(stack: StackState) -> None:
    fault(stack, "produce-failure", "isr", "--count", "1")
    assert fault(stack, "heal")["target"] == "nothing"
    eventually(
        lambda: number(stack, "sum(kafka_server_replicamanager_underminisrpartitioncount)") == 0,
        "no partition should be below its minimum",
    )


@pytest.mark.fault(order=12)
def test_a_stopped_broker_is_missed_and_returns(stack: StackState) -> None:
    outcome = fault(stack, "stop-broker", "2")
    assert "has noticed" in outcome["effect"]
    assert status(stack)["broker-2"] == "stopped"
    eventually(lambda: number(stack, 'up{job="kafka",cluster="main",broker="2"}') == 0, "broker 2 should be down")
    eventually(lambda: query(stack, 'ALERTS{alertname="ScrapeProblem",broker="2"}'), "the alert should be pending")
    assert led(stack) == {1, 3}
    assert "in sync" in fault(stack, "start-broker", "2")["effect"]
    assert led(stack) == {1, 2, 3}
    assert not moved_leaders(stack)
    eventually(lambda: number(stack, 'up{job="kafka",cluster="main",broker="2"}') == 1, "broker 2 should be up")


def led(stack: StackState) -> set[int]:
    """The brokers that lead a partition, of those with several copies; the company has a topic with one."""
    return {one.leader for one in partitions(stack).values() if len(one.replicas) > 1}


def moved_leaders(stack: StackState) -> dict[str, int]:
    """Partitions that another broker leads than the first of their replicas."""
    return {name: one.leader for name, one in partitions(stack).items() if one.leader != one.replicas[0]}


def partitions(stack: StackState) -> dict[str, PartitionMetadata]:
    """Every partition, as a new client is told."""
    topics = admin_client(stack.kafka).list_topics(timeout=30).topics
    return {f"{name}-{number}": one for name, topic in topics.items() for number, one in topic.partitions.items()}


@pytest.mark.fault(order=13)
def test_a_paused_broker_hangs_and_goes_on(stack: StackState) -> None:
    fault(stack, "pause-broker", "3")
    assert status(stack)["broker-3"] == "paused"
    fault(stack, "resume-broker", "3")
    assert status(stack)["broker-3"] == "running"
    assert led(stack) == {1, 2, 3}
    assert not moved_leaders(stack)


@pytest.mark.fault(order=14)
def test_heal_mends_whatever_is_broken(stack: StackState) -> None:
    fault(stack, "registry", "stop")
    fault(stack, "kill-broker", "1")
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{stack.registry_url}/subjects", timeout=10)
    outcome = fault(stack, "heal")
    assert outcome["started"] == ["broker-1", "registry"]
    assert requests.get(f"{stack.registry_url}/subjects", timeout=10).ok
    assert set(status(stack).values()) <= {"running", "stopped"}


@pytest.mark.fault(order=15)
def test_prometheus_comes_back_with_its_past(stack: StackState) -> None:
    eventually(lambda: number(stack, "count(up)") > 0, "there should be a past")
    fault(stack, "prometheus", "stop")
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{stack.prometheus_url}/-/ready", timeout=10)
    fault(stack, "prometheus", "start")
    assert number(stack, 'count(last_over_time(up{job="kafka",cluster="main"}[1h]))') == 3


def test_a_broker_that_does_not_exist_is_refused(stack: StackState) -> None:
    done = stack_command(stack.directory, "fault", "stop-broker", "4")
    assert done.returncode != 0
    assert status(stack)["broker-1"] == "running"
