"""Batched admin calls, some in flight at once, every item's own answer read."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar

from confluent_kafka import KafkaError, KafkaException

from data.sources.kafka_client import Deadline, KafkaClient

K = TypeVar("K")

RETRY_FOR = 10.0
"""Seconds for which an item is asked for again while its coordinator is moving or loading."""

RETRY_EVERY = 0.25

_COORDINATOR_MOVES = {
    KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    KafkaError.COORDINATOR_NOT_AVAILABLE,
    KafkaError.NOT_COORDINATOR,
}


@dataclass(frozen=True, slots=True)
class Batching(Generic[K]):
    """How to ask for many items: `ask` starts one call for up to `per_call` of them, `at_once` calls are in flight."""

    ask: Callable[[Sequence[K]], Mapping[K, Future[Any]]]
    per_call: int
    at_once: int


def ask_each(
    client: KafkaClient,
    items: Iterable[K],
    batching: Batching[K],
    keep: Callable[[K, Any], None],
    deadline: Deadline,
) -> dict[K, KafkaError]:
    """Give every item's answer to `keep`; returns the error of each item that has none.

    Raises SourceFailure when nothing at all was answered, with what the first item's error means.
    """
    retry_until = Deadline(min(RETRY_FOR, deadline.left()))
    refused: dict[K, KafkaError] = {}
    kept = 0
    pending: Iterable[K] = items
    while True:
        moving: dict[K, KafkaError] = {}
        for item, future in _answers(client, pending, batching, deadline):
            try:
                answer = future.result()
            except KafkaException as raised:  # any other exception is a fault of ours
                error: KafkaError = raised.args[0]
            else:
                keep(item, answer)
                kept += 1
                continue
            if error.code() in _COORDINATOR_MOVES:
                moving[item] = error
            else:
                refused[item] = error
        if not moving or retry_until.left() == 0:
            break
        time.sleep(RETRY_EVERY)
        pending = list(moving)
    refused |= moving
    if refused and not kept:
        raise client.failure(next(iter(refused.values())))
    return refused


def _answers(
    client: KafkaClient, items: Iterable[K], batching: Batching[K], deadline: Deadline
) -> Iterator[tuple[K, Future[Any]]]:
    """Each item with its settled future; a call's futures are let go before the next call starts, to bound memory."""
    rest = iter(items)
    flying: deque[Mapping[K, Future[Any]]] = deque()
    while True:
        while len(flying) < batching.at_once and (some := list(islice(rest, batching.per_call))):
            flying.append(batching.ask(some))
        if not flying:
            return
        answered = flying.popleft()
        client.settle(answered.values(), deadline)
        yield from answered.items()
