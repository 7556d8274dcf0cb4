"""What is read from Kafka, and what a failure in one part does to the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest

from data.collecting.attempts import attempt, following
from data.collecting.kafka import KafkaEstate
from data.sources.failures import SourceFailure
from data.sources.kafka import KafkaSource
from data.store import CollectorStore
from data.store.failures import StoreReadOnlyError
from scoring.catalog.estate import Absent, Broker, ClusterEstate, FailureKind, Part, Present
from tests.unit.data.store.estates import NOON, ORDERS, PROD, READERS, group, topic

GONE = SourceFailure(FailureKind.UNREACHABLE, "No broker answers.", "Check the address.")
REFUSED = SourceFailure(FailureKind.FORBIDDEN, "The cluster refused.", "Grant DESCRIBE.")


def failing(error: Exception) -> Callable[..., Any]:
    """A question that ends in an error."""

    def ask(*_: object) -> Any:
        raise error

    return ask


class FakeKafka:
    """A cluster that answers as a test wants, and remembers what it was asked."""

    def __init__(self, **answers: Callable[..., Any]) -> None:
        self._answers = answers
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def ask(*arguments: object) -> Any:
            self.asked.append(name)
            if name in self._answers:
                return self._answers[name](*arguments)
            values = {
                "brokers": (Broker(1, "kafka-1", 9092, None, None),),
                "topics": (topic(),),
                "end_offsets": {ORDERS: np.array([3, 4])},
                "groups": (group(),),
                "committed_offsets": {READERS: {ORDERS: np.array([1, 1])}},
            }
            return Present(values[name], NOON, name)

        return ask


def read(kafka: FakeKafka) -> ClusterEstate:
    """The estate that a reading of this cluster writes."""
    written: list[ClusterEstate] = []

    class Observations:
        def append(self, estate: ClusterEstate, _: object) -> list[object]:
            written.append(estate)
            return []

    class Store:
        observations = Observations()

    KafkaEstate(PROD, cast("KafkaSource", kafka), 30.0, lambda: NOON).run(cast("CollectorStore", Store()))
    return written[0]


def test_every_part_is_read_in_the_order_in_which_they_need_each_other() -> None:
    kafka = FakeKafka()
    estate = read(kafka)
    assert kafka.asked == ["brokers", "topics", "groups", "end_offsets", "committed_offsets"]
    assert all(isinstance(part, Present) for part in (estate.brokers, estate.topics, estate.groups, estate.committed))
    assert estate.topic_configs is None
    assert estate.acls is None


def test_a_cluster_that_does_not_answer_is_asked_once_and_not_for_every_part() -> None:
    kafka = FakeKafka(brokers=failing(GONE))
    estate = read(kafka)
    assert kafka.asked == ["brokers"]
    for part in (estate.brokers, estate.topics, estate.end_offsets, estate.groups, estate.committed):
        assert part == Absent(FailureKind.UNREACHABLE, "No broker answers.", "Check the address.")


def test_refused_topics_leave_out_their_offsets_but_not_the_groups() -> None:
    kafka = FakeKafka(topics=failing(REFUSED))
    estate = read(kafka)
    assert isinstance(estate.topics, Absent)
    assert estate.end_offsets == estate.topics
    assert isinstance(estate.groups, Present)
    assert isinstance(estate.committed, Present)
    assert "end_offsets" not in kafka.asked


def test_what_is_read_for_an_incomplete_list_is_incomplete_too() -> None:
    first = Present((topic(),), NOON, "topics", ("One topic was refused.",))
    found: Part[object] = following(
        first, "the end offsets", lambda _: Present({}, NOON, "offsets", ("One partition was refused.",))
    )
    assert isinstance(found, Present)
    assert found.missing == ("One topic was refused.", "One partition was refused.")


def test_an_error_of_our_own_is_an_absence_with_a_next_step(caplog: pytest.LogCaptureFixture) -> None:
    found = attempt("the topics", failing(KeyError("surprise")))
    assert isinstance(found, Absent)
    assert found.kind is FailureKind.BAD_ANSWER
    assert found.sentence == "Reading the topics failed unexpectedly (KeyError)."
    assert "surprise" in caplog.text


def test_a_store_that_cannot_write_is_no_fault_of_the_source() -> None:
    with pytest.raises(StoreReadOnlyError):
        attempt("the slices", failing(StoreReadOnlyError("full")))
