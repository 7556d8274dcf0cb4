"""Asking for many items: each item's own answer, coordinators that move, calls in flight. The brokers are futures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from typing import Any

import pytest
from confluent_kafka import KafkaError, KafkaException

from data.settings import KafkaSettings
from data.sources.failures import SourceFailure
from data.sources.kafka_batches import Batching, ask_each
from data.sources.kafka_client import Deadline, KafkaClient
from scoring.catalog.estate import FailureKind

ANSWERED = 0


class Broker:
    """Answers item by item: the codes that were set for it one after the other, then its name in capitals."""

    def __init__(self, **codes: Sequence[int]) -> None:
        self.codes = {name: list(turns) for name, turns in codes.items()}
        self.asked: Counter[str] = Counter()
        self.calls: list[int] = []

    def ask(self, items: Sequence[str]) -> Mapping[str, Future[Any]]:
        self.calls.append(len(items))
        return {item: self._answer(item) for item in items}

    def _answer(self, item: str) -> Future[Any]:
        self.asked[item] += 1
        future: Future[Any] = Future()
        turns = self.codes.get(item)
        code = turns.pop(0) if turns else ANSWERED
        if code == ANSWERED:
            future.set_result(item.upper())
        else:
            future.set_exception(KafkaException(KafkaError(code)))
        return future


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.sources.kafka_batches.RETRY_EVERY", 0.001)


def ask(broker: Broker, items: str, per_call: int = 2, seconds: float = 5.0) -> tuple[dict[str, str], dict[str, str]]:
    client = KafkaClient(KafkaSettings(bootstrap_servers="127.0.0.1:1"), seconds)
    kept: dict[str, str] = {}
    refused = ask_each(client, items, Batching(broker.ask, per_call, 2), kept.__setitem__, Deadline(seconds))
    return kept, {item: error.name() for item, error in refused.items()}


def test_items_go_out_in_full_calls_and_all_come_back() -> None:
    broker = Broker()
    assert ask(broker, "abcde") == ({"a": "A", "b": "B", "c": "C", "d": "D", "e": "E"}, {})
    assert broker.calls == [2, 2, 1]


def test_a_refused_item_is_named_and_does_not_take_its_call_with_it() -> None:
    broker = Broker(b=[KafkaError.TOPIC_AUTHORIZATION_FAILED])
    assert ask(broker, "abc") == ({"a": "A", "c": "C"}, {"b": "TOPIC_AUTHORIZATION_FAILED"})
    assert broker.asked["b"] == 1


@pytest.mark.parametrize(
    "code",
    [KafkaError.COORDINATOR_LOAD_IN_PROGRESS, KafkaError.COORDINATOR_NOT_AVAILABLE, KafkaError.NOT_COORDINATOR],
)
def test_an_item_whose_coordinator_moves_is_asked_for_again_and_only_that_one(code: int) -> None:
    broker = Broker(b=[code, code])
    assert ask(broker, "abc") == ({"a": "A", "b": "B", "c": "C"}, {})
    assert broker.asked == {"a": 1, "b": 3, "c": 1}


def test_a_coordinator_that_never_settles_ends_as_a_refusal_within_the_deadline() -> None:
    broker = Broker(b=[KafkaError.NOT_COORDINATOR] * 100_000)
    assert ask(broker, "ab", seconds=0.05) == ({"a": "A"}, {"b": "NOT_COORDINATOR"})


def test_when_every_item_was_refused_the_part_fails() -> None:
    broker = Broker(a=[KafkaError.GROUP_AUTHORIZATION_FAILED], b=[KafkaError.GROUP_AUTHORIZATION_FAILED])
    with pytest.raises(SourceFailure) as raised:
        ask(broker, "ab")
    assert raised.value.kind is FailureKind.FORBIDDEN


def test_nothing_asked_is_nothing_refused() -> None:
    assert ask(Broker(), "") == ({}, {})


def test_an_exception_that_is_no_answer_is_not_swallowed() -> None:
    def broken(items: Sequence[str]) -> Mapping[str, Future[Any]]:
        future: Future[Any] = Future()
        future.set_exception(ZeroDivisionError())
        return dict.fromkeys(items, future)

    client = KafkaClient(KafkaSettings(bootstrap_servers="127.0.0.1:1"), 1.0)
    with pytest.raises(ZeroDivisionError):
        ask_each(client, "a", Batching(broken, 1, 1), lambda *_: None, Deadline(1.0))
