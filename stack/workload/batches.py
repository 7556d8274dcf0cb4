"""Batched admin calls whose every item is read: a batch that raises nothing may still have done a part of its work."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from confluent_kafka import ConsumerGroupTopicPartitions, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient

from stack.state import StackError

Item = TypeVar("Item")

TIMEOUT = 30.0
"""Seconds that a request may take. Futures are waited for without a limit of their own: every request has one."""

RETRY_SECONDS = 0.5

COORDINATOR_NOT_YET = frozenset(
    {
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.NOT_COORDINATOR,
        KafkaError.REQUEST_TIMED_OUT,
        KafkaError.UNKNOWN_TOPIC_OR_PART,
        KafkaError._TIMED_OUT,
    }
)
"""What a coordinator answers while it is being made or moved, and brokers just after a topic was created."""


class BatchError(StackError):
    """Items of a batch that Kafka refused for good, each with its reason."""


def settle(futures: Mapping[Item, Future[Any]], what: str, fine: frozenset[int] = frozenset()) -> dict[Item, Any]:
    """Wait for every item; their results, or BatchError naming those that failed. fine: error codes that are none."""
    results: dict[Item, Any] = {}
    failures: dict[Item, KafkaError] = {}
    for item, future in futures.items():
        try:
            results[item] = future.result()
        except KafkaException as error:
            if error.args[0].code() not in fine:
                failures[item] = error.args[0]
    if failures:
        raise BatchError(f"{what}: {len(failures)} of {len(futures)} refused: {_listed(failures)}.")
    return results


def commit_for_groups(
    admin: AdminClient,
    offsets: Mapping[str, Sequence[TopicPartition]],
    patience: float = 60.0,
    progress: Callable[[int], None] = lambda _done: None,
) -> None:
    """Write committed offsets for groups that have no members.

    The call takes one group at a time and puts errors on each partition without raising; both kinds are read here, and
    what failed because a coordinator was not there yet is sent again until `patience` seconds are over.
    progress: told how many groups are done. Raises BatchError with what is still not written.
    """
    limit = time.monotonic() + patience
    left = {group: list(partitions) for group, partitions in offsets.items()}
    while left:
        failures: dict[str, KafkaError] = {}
        again: dict[str, list[TopicPartition]] = {}
        requests = {
            group: admin.alter_consumer_group_offsets(
                [ConsumerGroupTopicPartitions(group, partitions)], request_timeout=TIMEOUT
            )[group]
            for group, partitions in left.items()
        }
        for group, future in requests.items():
            for partition, error in _refused(future, left[group]):
                failures[group] = error
                again.setdefault(group, []).append(partition)
        progress(len(offsets) - len(again))
        final = {group: error for group, error in failures.items() if error.code() not in COORDINATOR_NOT_YET}
        if final or (again and time.monotonic() > limit):
            raise BatchError(f"Committing offsets: {len(again)} groups not written: {_listed(final or failures)}.")
        left = again
        if left:
            time.sleep(RETRY_SECONDS)


def _refused(future: Future[Any], sent: Sequence[TopicPartition]) -> list[tuple[TopicPartition, KafkaError]]:
    """The partitions that were not written, ready to be sent again, with the reason of each."""
    try:
        written = future.result()
    except KafkaException as error:
        return [(partition, error.args[0]) for partition in sent]
    wanted = {(partition.topic, partition.partition): partition for partition in sent}
    return [
        (wanted[partition.topic, partition.partition], partition.error)
        for partition in written.topic_partitions
        if partition.error is not None
    ]


def _listed(failures: Mapping[Any, KafkaError], at_most: int = 5) -> str:
    named = [f"{item} ({error.name()}: {error.str()})" for item, error in list(failures.items())[:at_most]]
    rest = len(failures) - len(named)
    return ", ".join(named) + (f" and {rest} more" if rest else "")
