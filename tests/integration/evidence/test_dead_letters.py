"""L3.5: a real sink connector, with and without a dead letter queue."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import requests
from confluent_kafka.admin import AclBinding, AclOperation, AclPermissionType, ResourcePatternType, ResourceType

from scoring.evidence.aspects import VerdictState
from scoring.evidence.finding import Outcome
from stack import connect
from stack.state import StackState
from tests.integration.evidence.conftest import Observe
from tests.integration.evidence.observing import Company
from tests.waiting import eventually


@contextmanager
def sink_with(stack: StackState, **changes: str) -> Iterator[None]:
    """The stack's sink connector with other settings (underscores stand for dots); afterwards its own again."""
    url = f"{stack.connect_url}/connectors/{connect.SINK}/config"
    config = requests.get(url, timeout=30).json() | {key.replace("_", "."): value for key, value in changes.items()}
    eventually(lambda: requests.put(url, json=config, timeout=30).ok, "Connect should take the sink")
    try:
        yield
    finally:
        connect.put_connectors(stack)
        eventually(lambda: connect.connectors_run(stack), "both connectors should run again")


def test_a_queue_that_somebody_reads_proves_it_none_refutes_it_and_without_connect_it_is_not_available(
    stack: StackState, company: Company, observe: Observe
) -> None:
    observer = observe()
    refuted = observer.verdict("L3.5")
    assert refuted.state is VerdictState.REFUTED
    assert "None of 1 sink connectors" in refuted.sentence
    (bare,) = [one for one in observer.findings() if one.about.name == connect.SINK]
    assert bare.outcome is Outcome.FALSE
    assert bare.remediation is not None

    unseen = observe(without=("connect",)).verdict("L3.5")
    assert unseen.state is VerdictState.NOT_AVAILABLE
    assert "No Kafka Connect is named" in unseen.sentence

    queue = company.topic("orders.dlq.notice.v1")
    for operation in (AclOperation.WRITE, AclOperation.DESCRIBE):
        rule = AclBinding(
            ResourceType.TOPIC,
            queue,
            ResourcePatternType.LITERAL,
            f"User:{connect.USER}",
            "*",
            operation,
            AclPermissionType.ALLOW,
        )
        company.admin.create_acls([rule])[rule].result(30)
    company.write(queue)
    with sink_with(stack, errors_deadletterqueue_topic_name=queue, errors_tolerance="all"):
        assert observer.verdict("L3.5").state is VerdictState.PARTLY, "nobody reads it"
        with company.reader("replayer", queue):
            proven = observer.verdict("L3.5")
            assert proven.proven, proven.sentence

    with company.reader("looker", queue):
        assert observer.verdict("L3.5").state is VerdictState.PARTLY, "the sink has lost its queue"
