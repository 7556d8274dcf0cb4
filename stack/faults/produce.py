"""Produces that fail for real, a known number of them, each with the error that the brokers count.

Every record is sent alone (linger 0, retries 0, one flush each), so that one record is one answer of a broker.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from confluent_kafka import KafkaError, Message, Producer

from stack.cluster import admin_client
from stack.faults import short_isr
from stack.faults.counters import produce_answers
from stack.faults.outcome import Outcome, Stopwatch
from stack.faults.topics import fault_topic
from stack.processes import wait_until
from stack.state import StackError, StackState
from stack.users import OUTSIDER

COUNTED_SECONDS = 60.0
SMALLEST_LIMIT = 1000
"""max.message.bytes of the topic that refuses what is too large."""


class ProduceFault(StrEnum):
    """Why produces should fail."""

    ISR = "isr"
    PERMISSION = "permission"
    TOO_LARGE = "too-large"


@dataclass(frozen=True, slots=True)
class _Attempt:
    """How to provoke a fault once its topic stands.

    client: as whom. size: bytes of each record. error: the answer as brokers count it; code: as the client sees it.
    """

    client: Mapping[str, str | int | bool]
    topic: str
    size: int
    error: str
    code: int


def fail_produces(state: StackState, fault: ProduceFault, count: int) -> Outcome:
    """Make exactly `count` produces fail; StackError when any went through or failed for another reason.

    The details say what the client was told and by how much the brokers' own counters went up meanwhile (more than
    `count` when somebody else failed in the same way).
    """
    watch = Stopwatch()
    with _prepared(state, fault, count) as attempt:
        before = produce_answers(state)[attempt.error]
        told = _send(attempt, count)
        if told != {attempt.code: count}:
            seen = {KafkaError(code).name(): number for code, number in told.items()}
            raise StackError(f"{count} produces should have failed with {attempt.error}; the client saw {seen}.")
        wait_until(
            lambda: produce_answers(state)[attempt.error] - before >= count,
            f"the brokers should count {count} {attempt.error}",
            COUNTED_SECONDS,
        )
        counted = produce_answers(state)[attempt.error] - before
    return Outcome(
        fault=f"produce-failure {fault}",
        target=attempt.topic,
        effect=f"{count} produces failed with {attempt.error}",
        seconds=watch.seconds,
        details={"count": count, "error": attempt.error, "counted_by_brokers": counted},
    )


@contextmanager
def _prepared(state: StackState, fault: ProduceFault, count: int) -> Iterator[_Attempt]:
    """The circumstances in which produces fail, undone afterwards."""
    admin_user: dict[str, str | int | bool] = {"bootstrap.servers": state.kafka.admin_bootstrap}
    admin = admin_client(state.kafka)
    if fault is ProduceFault.ISR:
        with short_isr.topic_below_minimum(state, admin, count) as topic:
            yield _Attempt(admin_user, topic, 100, "NOT_ENOUGH_REPLICAS", KafkaError.NOT_ENOUGH_REPLICAS)
    elif fault is ProduceFault.PERMISSION:
        with fault_topic(admin, "permission") as topic:
            outsider = {**state.client(OUTSIDER)}
            yield _Attempt(outsider, topic, 100, "TOPIC_AUTHORIZATION_FAILED", KafkaError.TOPIC_AUTHORIZATION_FAILED)
    else:
        with fault_topic(admin, "too-large", {"max.message.bytes": str(SMALLEST_LIMIT)}) as topic:
            size = 5 * SMALLEST_LIMIT
            yield _Attempt(admin_user, topic, size, "MESSAGE_TOO_LARGE", KafkaError.MSG_SIZE_TOO_LARGE)


def _send(attempt: _Attempt, count: int) -> Counter[int]:
    """What became of `count` records sent one by one, by the client's error code; 0 for those that went through."""
    seen: Counter[int] = Counter()

    def delivered(error: KafkaError | None, _message: Message) -> None:
        seen[error.code() if error else 0] += 1

    producer = _producer(attempt)
    for _ in range(count):
        if attempt.code == KafkaError.TOPIC_AUTHORIZATION_FAILED:
            producer = _producer(attempt)  # Once refused, a client asks no more.
        producer.produce(attempt.topic, b"x" * attempt.size, on_delivery=delivered)
        producer.flush(30)
    return seen


def _producer(attempt: _Attempt) -> Producer:
    return Producer(
        {
            **attempt.client,
            "linger.ms": 0,
            "message.send.max.retries": 0,
            "enable.idempotence": False,
            "acks": "all",
            "log_level": 0,
        }
    )
