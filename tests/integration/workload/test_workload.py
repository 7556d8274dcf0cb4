"""The company on the shared stack: what it needs is made once, what it writes arrives, and nothing stays running."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests
from confluent_kafka import ConsumerGroupState, Producer, TopicPartition
from confluent_kafka.admin import AdminClient

from stack.processes import living
from stack.state import PartState, StackState, load_state
from stack.workload import background
from stack.workload.access import grants
from stack.workload.background import PARTS, Role
from stack.workload.committed import committed_offsets
from stack.workload.company import Behaviour, Company
from stack.workload.company_file import load_company
from stack.workload.provision import Changes, provision
from tests.integration.workload.conftest import ends, eventually

NOTHING = Changes(topics=0, acls=0, schemas=0, offsets=0)


@pytest.fixture(scope="module")
def company() -> Company:
    return load_company()


@pytest.fixture(scope="module")
def admin(stack: StackState) -> AdminClient:
    return AdminClient({"bootstrap.servers": stack.kafka.admin_bootstrap})


@pytest.fixture(scope="module")
def running(stack: StackState) -> Iterator[StackState]:
    """The workload at three times its rates, stopped afterwards: enough for its troubles to show within seconds."""
    background.stop(stack.directory)
    yield background.start(stack.directory, lambda _text: None, rate=3.0)
    background.stop(stack.directory)


def test_a_second_run_finds_nothing_to_prepare(stack: StackState, company: Company, admin: AdminClient) -> None:
    provision(company, stack)
    assert provision(company, stack) == NOTHING
    topics = admin.list_topics(timeout=30).topics
    assert {topic.name: len(topics[topic.name].partitions) for topic in company.topics} == {
        topic.name: topic.partitions for topic in company.topics
    }
    assert len(grants(company)) >= 100


def test_one_round_writes_its_records_to_every_stream(stack: StackState, company: Company, admin: AdminClient) -> None:
    background.stop(stack.directory)
    before = _end_offsets(admin, company)
    done = background.once(stack.directory, records=3)
    assert done.records == {stream.name: 3 for stream in company.producers}
    after = _end_offsets(admin, company)
    expected = {
        topic.name: 3 * sum(stream.topic == topic.name for stream in company.producers) for topic in company.topics
    }
    written = {name: after[name] - before[name] for name in expected}
    assert written == expected


def test_groups_keep_up_lag_or_are_orphaned_as_the_company_says(
    running: StackState, company: Company, admin: AdminClient
) -> None:
    orphaned = {reader.group for reader in company.consumers if reader.behaviour is Behaviour.ORPHANED}
    joined = {reader.group for reader in company.consumers} - orphaned

    def all_joined() -> bool:
        groups = {group.group_id: group.state for group in admin.list_consumer_groups().result(timeout=30).valid}
        return all(groups.get(group) is ConsumerGroupState.STABLE for group in joined)

    eventually(all_joined, "every group with members is stable")
    groups = {group.group_id: group.state for group in admin.list_consumer_groups().result(timeout=30).valid}
    assert {group: groups[group] for group in orphaned} == dict.fromkeys(orphaned, ConsumerGroupState.EMPTY)
    eventually(lambda: _lag(admin, running, "basket-loader") > 50, "the slow group falls behind")
    eventually(lambda: 0 <= _lag(admin, running, "capture-worker") < 50, "a quick group is near the end")


def test_poison_ends_in_the_dead_letter_topic_of_the_group_that_cannot_read_it(
    running: StackState, admin: AdminClient
) -> None:
    def buried() -> int:
        return sum(
            ends(admin, [TopicPartition("payments.dlq.card-terminal.v1", number) for number in range(3)]).values()
        )

    eventually(lambda: buried() > 0, "a broken terminal reading was dead-lettered")


def test_prometheus_hears_what_the_reference_consumers_do(running: StackState) -> None:
    query = 'sum(consumer_records_total{job="workload",group="settlement",outcome="handled"})'

    def handled() -> bool:
        answer = requests.get(f"{running.prometheus_url}/api/v1/query", params={"query": query}, timeout=10).json()
        result = answer["data"]["result"]
        return bool(result) and float(result[0]["value"][1]) > 0

    eventually(handled, "records handled by the settlement group are in Prometheus")


def test_a_team_may_write_what_its_applications_write_and_nothing_else(stack: StackState, company: Company) -> None:
    provision(company, stack)
    assert _written(stack, "loyalty", "customers.events.points.v1") is None
    assert _written(stack, "loyalty", "payments.events.refund.v1") is None, "the grant that should not be there"
    assert _written(stack, "loyalty", "orders.events.order.v1") == "TOPIC_AUTHORIZATION_FAILED"


def test_a_stopped_workload_leaves_no_process_and_no_target_behind(stack: StackState) -> None:
    background.start(stack.directory, lambda _text: None, rate=0.0)
    assert set(living(stack.directory)) >= set(PARTS.values())
    background.stop(stack.directory)
    assert not set(living(stack.directory)) & set(PARTS.values())
    assert not [background.target_file(stack, role) for role in Role if background.target_file(stack, role).exists()]


def test_a_workload_that_ends_by_itself_is_stopped_and_not_lost(stack: StackState) -> None:
    background.stop(stack.directory)
    background.start(stack.directory, lambda _text: None, rate=1.0, duration=10.0, roles=(Role.PRODUCERS,))
    part = PARTS[Role.PRODUCERS]

    def recorded() -> tuple[PartState, int | None]:
        found = load_state(stack.directory).part(part)
        return found.state, found.pid

    eventually(lambda: recorded() == (PartState.STOPPED, None), "the stack's record says that it has stopped")
    eventually(lambda: part not in living(stack.directory), "its process is gone")
    report = background.status(stack.directory)["producers"]["report"]
    assert sum(stream["acked"] for stream in report.values()) > 0


def _end_offsets(admin: AdminClient, company: Company) -> dict[str, int]:
    asked = [TopicPartition(topic.name, number) for topic in company.topics for number in range(topic.partitions)]
    sums: dict[str, int] = {topic.name: 0 for topic in company.topics}
    for place, end in ends(admin, asked).items():
        sums[place.topic] += end
    return sums


def _lag(admin: AdminClient, stack: StackState, group: str) -> int:
    """Records between the group's committed offsets and the ends; −1 when it has committed nothing."""
    committed = committed_offsets(stack.kafka.admin_bootstrap, [group]).get(group, {})
    if not committed:
        return -1
    last = {
        (place.topic, place.partition): end
        for place, end in ends(admin, [TopicPartition(*at) for at in committed]).items()
    }
    return sum(last[place] - offset for place, offset in committed.items())


def _written(stack: StackState, user: str, topic: str) -> str | None:
    """Write one record as that user; the name of the error, None when it was acknowledged."""
    producer = Producer({**stack.client(user), "acks": "all"})
    errors: list[str | None] = []
    producer.produce(
        topic, b"{}", b"key", on_delivery=lambda error, _message: errors.append(error.name() if error else None)
    )
    producer.flush(30)
    (answer,) = errors
    return answer
