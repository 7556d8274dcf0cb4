"""Registry, Connect and Prometheus as they really answer."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
import requests

from data.settings import ClusterSettings
from data.sources.connect import ConnectSource
from data.sources.prometheus import PrometheusSource
from data.sources.schema_registry import SchemaRegistrySource
from scoring.catalog.estate import Connector, SchemaReference, SubjectName
from stack.state import StackState
from tests.waiting import eventually

WITHIN = 10.0
HELD_BACK = "kept-from-everybody"


@pytest.fixture
def registered(stack: StackState) -> Iterator[Callable[..., SubjectName]]:
    """Registers schemas under new subjects, and deletes those after the test, newest first."""
    made: list[str] = []

    def register(schema: str, **more: object) -> SubjectName:
        name = f"sources-{uuid.uuid4().hex}"
        answer = requests.post(
            f"{stack.registry_url}/subjects/{name}/versions", json={"schema": schema, **more}, timeout=WITHIN
        )
        answer.raise_for_status()
        made.append(name)
        return SubjectName(name)

    yield register
    for name in reversed(made):
        for parameters in ({}, {"permanent": "true"}):  # one that is only hidden still holds on to what it refers to
            address = f"{stack.registry_url}/subjects/{name}"
            requests.delete(address, params=parameters, timeout=WITHIN).raise_for_status()


def record(name: str, kind: str = "string") -> str:
    return json.dumps({"type": "record", "name": name, "namespace": "x", "fields": [{"name": "f", "type": kind}]})


def test_a_subjects_own_level_is_told_from_the_inherited_one(
    cluster: ClusterSettings, stack: StackState, registered: Callable[..., SubjectName]
) -> None:
    inherits, own = registered(record("A")), registered(record("B"))
    requests.put(
        f"{stack.registry_url}/config/{own}", json={"compatibility": "FULL_TRANSITIVE"}, timeout=WITHIN
    ).raise_for_status()
    assert cluster.registry is not None
    source = SchemaRegistrySource(cluster.registry)
    assert source.global_level() == "BACKWARD"
    levels = {subject.name: subject.compatibility for subject in source.subjects().value}
    assert (levels[inherits], levels[own]) == (None, "FULL_TRANSITIVE")


def test_a_subject_comes_with_its_schema_type_and_references(
    cluster: ClusterSettings, registered: Callable[..., SubjectName]
) -> None:
    money = registered(record("Money"))
    references = [{"name": "x.Money", "subject": money, "version": 1}]
    order = registered(record("Order", "x.Money"), references=references)
    document = registered('{"type": "object", "properties": {"a": {"type": "string"}}}', schemaType="JSON")
    assert cluster.registry is not None
    found = {subject.name: subject for subject in SchemaRegistrySource(cluster.registry).subjects().value}
    assert found[order].latest.references == (SchemaReference("x.Money", money, 1),)
    assert (found[order].schema_type, found[order].versions) == ("AVRO", (1,))
    assert json.loads(found[order].latest.text)["name"] == "Order"
    assert found[document].schema_type == "JSON"


def test_a_connectors_secrets_are_covered_and_its_state_is_known(cluster: ClusterSettings, stack: StackState) -> None:
    name = f"sources-{uuid.uuid4().hex}"
    config = {
        "connector.class": "org.apache.kafka.connect.file.FileStreamSinkConnector",
        "file": str(stack.directory / f"{name}.out"),
        "topics": "platform.events.notice.v1",
        "database.password": HELD_BACK,
        "database.url": f"jdbc:postgresql://u:{HELD_BACK}@db/shop",
        "consumer.override.client.id": name,
    }
    assert cluster.connect is not None
    source = ConnectSource(cluster.connect)

    def ours() -> Connector | None:
        return next((one for one in source.connectors().value if one.name == name), None)

    url = f"{stack.connect_url}/connectors/{name}"
    requests.put(f"{url}/config", json=config, timeout=30).raise_for_status()
    try:
        eventually(lambda: (found := ours()) and found.tasks == ("RUNNING",), "the connector should run")
        found = ours()
        assert found is not None
        assert (found.kind, found.state) == ("sink", "RUNNING")
        assert "platform.events.notice.v1" in found.topics
        assert found.config["database.password"] == "[redacted]"
        assert found.config["database.url"] == "jdbc:postgresql://[redacted]@db/shop"
        assert found.config["file"] == config["file"]
        assert HELD_BACK not in repr(found)
    finally:
        requests.delete(url, timeout=30).raise_for_status()


def test_a_range_of_real_samples_agrees_with_instant_queries_of_the_same_moments(cluster: ClusterSettings) -> None:
    assert cluster.prometheus is not None
    source = PrometheusSource(cluster.prometheus)
    query = 'sum by (instance) (kafka_server_replicamanager_partitioncount{job="kafka"})'
    end = datetime.now(UTC).replace(microsecond=0) - timedelta(seconds=10)
    start = end - timedelta(seconds=20)
    ranged = {one.labels["instance"]: one for one in source.query_range(query, start, end, timedelta(seconds=10))}
    assert len(ranged) == 3
    for moment in (start, start + timedelta(seconds=10), end):
        for instant in source.query(query, moment):
            series = ranged[instant.labels["instance"]]
            (at,) = np.flatnonzero(series.times == moment.timestamp())
            assert series.values[at] == instant.values[0]


def test_prometheus_tells_its_time_targets_retention_and_metrics(cluster: ClusterSettings) -> None:
    assert cluster.prometheus is not None
    source = PrometheusSource(cluster.prometheus)
    before = time.time()
    assert before - 1 <= source.server_time() <= time.time() + 1
    targets, information = source.targets(), source.status("runtimeinfo")
    assert targets is not None
    assert information is not None
    assert {target["labels"]["job"] for target in targets["activeTargets"]} >= {"kafka", "prometheus"}
    assert information["storageRetention"] == "45d"
    now = datetime.now(UTC)
    jobs = source.label_values("job", "up", now - timedelta(minutes=5), now)
    assert {"kafka", "prometheus"} <= set(jobs)
    brokers = source.series('up{job="kafka"}', now - timedelta(minutes=5), now)
    assert {labels["broker"] for labels in brokers} == {"1", "2", "3"}
    help_text = source.metadata("prometheus_build_info")
    assert help_text is not None
    assert help_text["prometheus_build_info"][0]["type"] == "gauge"
