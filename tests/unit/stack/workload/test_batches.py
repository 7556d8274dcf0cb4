"""Batched admin calls: the answer of every item is read."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from types import SimpleNamespace
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from stack.workload.batches import BatchError, commit_for_groups, settle


def done(result: Any = None, error: Exception | None = None) -> Future[Any]:
    future: Future[Any] = Future()
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)
    return future


class Coordinator:
    """Answers a commit partition by partition, as `answer(group, partition, how often it was asked)` says."""

    def __init__(self, answer: Callable[[str, int, int], int | None]) -> None:
        self.written: set[tuple[str, int]] = set()
        self._answer = answer
        self._asked: dict[tuple[str, int], int] = {}

    def alter_consumer_group_offsets(self, request: list[Any], request_timeout: float) -> dict[str, Future[Any]]:
        assert request_timeout > 0
        (one,) = request
        answers = []
        for place in one.topic_partitions:
            key = (one.group_id, place.partition)
            self._asked[key] = self._asked.get(key, 0) + 1
            code = self._answer(*key, self._asked[key])
            if code is None:
                self.written.add(key)
            error = KafkaError(code) if code is not None else None
            answers.append(SimpleNamespace(topic=place.topic, partition=place.partition, error=error))
        return {one.group_id: done(SimpleNamespace(topic_partitions=answers))}


OFFSETS = {group: [TopicPartition("t", partition, 1) for partition in range(3)] for group in ("a", "b")}
ALL = {(group, partition) for group in ("a", "b") for partition in range(3)}


def test_what_a_loading_coordinator_did_not_write_is_sent_again_until_it_is_written() -> None:
    def answer(group: str, partition: int, asked: int) -> int | None:
        return KafkaError.COORDINATOR_LOAD_IN_PROGRESS if (group, partition) == ("b", 1) and asked < 3 else None

    coordinator = Coordinator(answer)
    told: list[int] = []
    commit_for_groups(coordinator, OFFSETS, progress=told.append)  # type: ignore[arg-type]
    assert coordinator.written == ALL
    assert told == [1, 1, 2]


def test_an_error_on_one_partition_that_will_not_pass_is_raised_although_the_call_raised_nothing() -> None:
    coordinator = Coordinator(lambda group, partition, _asked: 30 if (group, partition) == ("a", 2) else None)
    with pytest.raises(BatchError, match=r"1 groups not written: a \(GROUP_AUTHORIZATION_FAILED"):
        commit_for_groups(coordinator, OFFSETS)  # type: ignore[arg-type]


def test_a_coordinator_that_never_comes_is_given_up_when_the_patience_is_over() -> None:
    coordinator = Coordinator(lambda *_: KafkaError.COORDINATOR_NOT_AVAILABLE)
    with pytest.raises(BatchError, match="2 groups not written"):
        commit_for_groups(coordinator, OFFSETS, patience=0.0)  # type: ignore[arg-type]


def test_every_refused_item_of_a_batch_is_counted_and_the_first_are_named() -> None:
    refusal = KafkaException(KafkaError(KafkaError.POLICY_VIOLATION))
    futures = {f"topic-{number}": done(error=refusal) for number in range(7)} | {"good": done()}
    with pytest.raises(BatchError, match=r"7 of 8 refused: topic-0 \(POLICY_VIOLATION.* and 2 more"):
        settle(futures, "Creating topics")
