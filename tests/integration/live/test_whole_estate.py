"""The read-only user sees what a super user sees, and `doctor` says so."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import requests
from confluent_kafka.admin import (
    AclBinding,
    AclBindingFilter,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from stack.state import COLLECTOR, StackState
from stack.workload.propagation import all_acls, await_acls, every_broker
from tests.integration.live.product import Product, streamgauge
from tests.waiting import eventually

DESCRIBE_TOPIC_CONFIGS = AclBinding(
    ResourceType.TOPIC,
    "*",
    ResourcePatternType.LITERAL,
    f"User:{COLLECTOR}",
    "*",
    AclOperation.DESCRIBE_CONFIGS,
    AclPermissionType.ALLOW,
)


@pytest.fixture
def admin(stack: StackState) -> AdminClient:
    """A super user."""
    return AdminClient({"bootstrap.servers": stack.kafka.admin_bootstrap})


def asked_directly(stack: StackState, admin: AdminClient) -> dict[str, int]:
    """What Kafka, registry and Connect say of themselves."""
    topics = admin.list_topics(timeout=30).topics.values()
    return {
        "topics": len(topics),
        "partitions": sum(len(topic.partitions) for topic in topics),
        "groups": len(admin.list_consumer_groups(request_timeout=30).result(30).valid),
        "subjects": len(requests.get(f"{stack.registry_url}/subjects", timeout=30).json()),
        "connectors": len(requests.get(f"{stack.connect_url}/connectors", timeout=30).json()),
        "acls": len(all_acls(admin)),
    }


@pytest.mark.fault(order=60)
@pytest.mark.timeout(1200)
def test_the_read_only_user_sees_the_whole_estate(product: Product, stack: StackState, admin: AdminClient) -> None:
    told, there = product.answer("estate")["counts"], asked_directly(stack, admin)
    limit = time.monotonic() + 180
    while told != there and time.monotonic() < limit:  # the company's groups come and go, and so do what others made
        told, there = product.answer("estate")["counts"], asked_directly(stack, admin)
    assert told == there
    assert there["topics"] >= 40
    assert there["groups"] >= 10
    for kind in ("topics", "groups", "subjects", "connectors", "acls"):
        assert len(product.answer("estate", kind)) == there[kind]


@pytest.mark.fault(order=60)
@pytest.mark.timeout(1200)
def test_doctor_finds_everything_within_reach(product: Product) -> None:
    def healthy() -> bool:
        (report,) = product.answer("doctor")
        reached = {source["source"] for source in report["sources"] if source["reachable"]}
        return bool(report["healthy"]) and reached == {"kafka", "registry", "connect", "prometheus", "alertmanager"}

    eventually(healthy, "doctor should find nothing lacking")
    (report,) = product.answer("doctor")
    (prometheus,) = (source for source in report["sources"] if source["source"] == "prometheus")
    verdicts = {check["name"]: check["verdict"] for check in prometheus["checks"]}
    assert verdicts["dialect: JMX exporter with Strimzi's names"] == "ok"


@pytest.fixture
def one_permission_less(stack: StackState, admin: AdminClient) -> Iterator[None]:
    """The collector's user may not read topic settings for as long as the test takes."""
    taken = DESCRIBE_TOPIC_CONFIGS
    chosen = AclBindingFilter(
        taken.restype,
        taken.name,
        taken.resource_pattern_type,
        taken.principal,
        taken.host,
        taken.operation,
        taken.permission_type,
    )
    (answer,) = admin.delete_acls([chosen], request_timeout=30).values()
    assert len(answer.result(30)) == 1
    try:
        yield
    finally:
        (given,) = admin.create_acls([taken], request_timeout=30).values()
        given.result(30)
        await_acls(every_broker(stack.kafka), [taken], 60)


@pytest.mark.fault(order=60)
@pytest.mark.timeout(1200)
def test_doctor_names_a_permission_that_is_missing_with_the_command_that_gives_it(
    product: Product, one_permission_less: None
) -> None:
    def lacking() -> list[dict[str, str]]:
        (report,) = product.answer("doctor")
        (kafka,) = (source for source in report["sources"] if source["source"] == "kafka")
        return [check for check in kafka["checks"] if check["verdict"] == "lacking"]

    eventually(lambda: bool(lacking()), "doctor should miss the permission")
    (check,) = lacking()
    assert check["name"] == "DescribeConfigs --topic '*'"
    assert "Retention" in check["costs"]
    command = "--add --allow-principal 'User:collector' --operation DescribeConfigs --topic '*'"
    assert check["remedy"].startswith("kafka-acls --bootstrap-server ")
    assert check["remedy"].endswith(command)
    printed = streamgauge(product.environ, "doctor").stdout
    assert "DescribeConfigs" in printed
