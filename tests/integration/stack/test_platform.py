"""The platform as it stands after `up`: what answers, who may do what, what is measured."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping
from typing import Any

import pytest
import requests
from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka.admin import AdminClient, ConfigResource, ConfigSource, NewTopic

from stack import downloads
from stack.connect import sink_file, source_file
from stack.monitoring import RULES
from stack.state import COLLECTOR, StackState
from tests.integration.stack.asking import number, query, stack_command, status
from tests.waiting import eventually

MEASURED = [
    'kafka_network_requestmetrics_errors_total{request="Produce",error="NONE"}',
    'kafka_network_requestmetrics_totaltimems{request="Produce",quantile="0.99"}',
    'kafka_network_requestmetrics_totaltimems{request="FetchConsumer",quantile="0.99"}',
    'kafka_network_requestmetrics_totaltimems{request="FetchFollower",quantile="0.99"}',
    'kafka_network_requestmetrics_totaltimems_count{request="Produce"}',
    "kafka_server_brokertopicmetrics_totalproducerequests_total",
    "kafka_server_brokertopicmetrics_failedproducerequests_total",
    "kafka_server_brokertopicmetrics_messagesin_total",
    "kafka_server_replicamanager_underreplicatedpartitions",
    "kafka_server_replicamanager_underminisrpartitioncount",
    'kafka_server_replicafetchermanager_maxlag{clientId="Replica"}',
    "kafka_controller_kafkacontroller_activecontrollercount",
    "kafka_controller_kafkacontroller_fencedbrokercount",
    "kafka_controller_controllerstats_uncleanleaderelections_total",
    "kafka_server_raftmetrics_current_leader",
    "kafka_log_logmanager_offlinelogdirectorycount",
    "kafka_server_kafkarequesthandlerpool_requesthandleravgidle_percent",
]

ALERTS = {
    "UnderReplicatedPartitions",
    "AbnormalControllerState",
    "OfflinePartitions",
    "UnderMinIsrPartitionCount",
    "OfflineLogDirectoryCount",
    "ScrapeProblem",
    "ConsumerLag",
}


@pytest.fixture(scope="module")
def admin(stack: StackState) -> AdminClient:
    return AdminClient({"bootstrap.servers": stack.kafka.admin_bootstrap})


@pytest.fixture(scope="module")
def observer(stack: StackState) -> AdminClient:
    """An admin client of the read-only user that the application gets."""
    return AdminClient(_settings(stack))


def _settings(stack: StackState) -> dict[str, str | int | float | bool]:
    return {**stack.client(COLLECTOR)}


def test_every_part_runs(stack: StackState) -> None:
    running = {"broker-1", "broker-2", "broker-3", "registry", "connect", "prometheus", "alertmanager", "lag-exporter"}
    assert {name: state for name, state in status(stack).items() if name in running} == dict.fromkeys(
        running, "running"
    )


def test_up_on_a_running_stack_changes_nothing(stack: StackState) -> None:
    before = json.loads(stack_command(stack.directory, "status", "--json").stdout)
    done = stack_command(stack.directory, "up", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == before


def test_two_copies_must_be_in_sync_by_the_clusters_default(admin: AdminClient) -> None:
    resource = ConfigResource(ConfigResource.Type.TOPIC, "connect-configs")
    entry = admin.describe_configs([resource])[resource].result()["min.insync.replicas"]
    assert (entry.value, ConfigSource(entry.source)) == ("2", ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG)


def test_the_observer_sees_topics_configs_groups_and_acls(observer: AdminClient) -> None:
    topics = observer.list_topics(timeout=30).topics
    assert "connect-configs" in topics
    resource = ConfigResource(ConfigResource.Type.TOPIC, "connect-configs")
    assert observer.describe_configs([resource])[resource].result()["cleanup.policy"].value == "compact"
    groups = observer.list_consumer_groups().result()
    assert "connect-notices-to-file" in {group.group_id for group in groups.valid}
    assert observer.describe_cluster().result().controller is not None


def test_the_observer_may_neither_create_nor_write(stack: StackState, observer: AdminClient) -> None:
    with pytest.raises(KafkaException) as refused:
        observer.create_topics([NewTopic("test.stack.forbidden", 1)])["test.stack.forbidden"].result()
    assert refused.value.args[0].code() == KafkaError.TOPIC_AUTHORIZATION_FAILED
    assert _produce_error(_settings(stack), "connect-configs") == KafkaError.TOPIC_AUTHORIZATION_FAILED


def _produce_error(settings: Mapping[str, str | int | float | bool], topic: str) -> int | None:
    """The error code of one produce, None when it went through."""
    errors: list[int | None] = []
    producer = Producer({**settings})
    producer.produce(topic, b"x", on_delivery=lambda error, _message: errors.append(error.code() if error else None))
    producer.flush(60)
    (error,) = errors
    return error


@pytest.mark.parametrize("series", MEASURED)
def test_prometheus_has_it_from_a_broker(stack: StackState, series: str) -> None:
    eventually(lambda: query(stack, series), series)


def test_there_is_one_controller(stack: StackState) -> None:
    assert number(stack, 'sum(kafka_controller_kafkacontroller_activecontrollercount{cluster="main"})') == 1


def test_the_alerts_are_loaded_and_evaluated(stack: StackState) -> None:
    assert {rule["name"] for rule in _rules(stack) if rule["type"] == "alerting"} == ALERTS
    eventually(lambda: {rule["health"] for rule in _rules(stack)} == {"ok"}, "every rule should be healthy")


def _rules(stack: StackState) -> list[dict[str, Any]]:
    groups = requests.get(f"{stack.prometheus_url}/api/v1/rules", timeout=30).json()["data"]["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_alerts_go_to_the_alertmanager(stack: StackState) -> None:
    wanted = [f"{stack.alertmanager_url}/api/v2/alerts"]
    eventually(lambda: _alertmanagers(stack) == wanted, "Prometheus should know the Alertmanager")


def _alertmanagers(stack: StackState) -> list[str]:
    answer = requests.get(f"{stack.prometheus_url}/api/v1/alertmanagers", timeout=30).json()
    return [found["url"] for found in answer["data"]["activeAlertmanagers"]]


def test_the_rules_pass_prometheus_own_tool() -> None:
    rules = [str(path) for path in RULES.glob("*.yml")]
    done = subprocess.run([downloads.promtool(), "check", "rules", *rules], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_the_registry_keeps_schemas_backward_compatible(stack: StackState) -> None:
    answer = requests.get(f"{stack.registry_url}/config", timeout=30)
    assert answer.json()["compatibilityLevel"] == "BACKWARD"


def test_connect_moves_a_line_from_file_to_file(stack: StackState) -> None:
    line = f"moved by Connect {time.time_ns()}"
    with source_file(stack).open("a", encoding="utf-8") as file:
        file.write(f"{line}\n")
    eventually(lambda: line in sink_file(stack).read_text(encoding="utf-8").splitlines(), "the line should arrive")


def test_whoever_writes_a_target_file_is_scraped(stack: StackState) -> None:
    target = stack.prometheus_url.removeprefix("http://")
    path = stack.targets / "test.json"
    path.write_text(json.dumps([{"targets": [target], "labels": {"application": "test"}}]))
    try:
        eventually(lambda: number(stack, 'sum(up{job="workload",application="test"})') == 1, "the target should be up")
    finally:
        path.unlink()
