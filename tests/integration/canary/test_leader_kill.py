"""kill −9 of a leader under load: the canary's verdict against the log of a producer that has nothing to do with it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, Message, Producer, TopicPartition
from confluent_kafka.admin import NewTopic

from stack.state import StackState
from tests.integration.canary.running import Running, canary, create_topic, delete_topic
from tests.integration.canary.test_canary import faults
from tests.integration.stack.asking import fault
from tests.waiting import eventually

TOPIC = "canary.leader-kill.load"
VICTIM = 2
AGREE_WITHIN = 3.0
"""Seconds: a canary that writes every half second, a producer that tries again, and two elections by one controller."""


class Load:
    """A producer of its own on a partition that the victim leads; keeps when each record was acknowledged."""

    def __init__(self, servers: str) -> None:
        self.acknowledged: dict[int, float] = {}
        self.refused: list[str] = []
        self._producer = Producer(
            {"bootstrap.servers": servers, "acks": "all", "enable.idempotence": True, "linger.ms": 0, "log_level": 0}
        )
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write, name="load")
        self._thread.start()

    def _write(self) -> None:
        number = 0
        while not self._stop.wait(0.01):
            self._producer.produce(TOPIC, str(number).encode(), partition=0, on_delivery=self._answered(number))
            self._producer.poll(0)
            number += 1
        self._producer.flush(60)

    def _answered(self, number: int) -> Callable[[KafkaError | None, Message], None]:
        def note(error: KafkaError | None, _message: Message) -> None:
            if error is None:
                self.acknowledged[number] = time.monotonic()
            else:
                self.refused.append(error.name())

        return note

    def end(self) -> None:
        """Stop, and wait for the last answers."""
        self._stop.set()
        self._thread.join()

    @property
    def longest_gap(self) -> float:
        """Seconds between two acknowledgements, at most."""
        return max(after - before for before, after in pairwise(sorted(self.acknowledged.values())))


@pytest.fixture
def load(watched: StackState) -> Iterator[Load]:
    copies = [[VICTIM, *(broker for broker in (1, 2, 3) if broker != VICTIM)]]
    create_topic(watched, NewTopic(TOPIC, num_partitions=1, replica_assignment=copies))
    running = Load(watched.kafka.admin_bootstrap)
    yield running
    running.end()
    delete_topic(watched, TOPIC)


def missing(stack: StackState, promised: set[int]) -> set[int]:
    """Acknowledged numbers that are not in the log, read from its beginning to its end by a client of its own."""
    consumer = Consumer(
        {"bootstrap.servers": stack.kafka.admin_bootstrap, "group.id": "none", "enable.partition.eof": True}
    )
    consumer.assign([TopicPartition(TOPIC, 0, 0)])
    left = set(promised)
    while True:
        message = consumer.poll(30)
        assert message is not None
        error = message.error()
        if error is not None:
            assert error.code() == KafkaError._PARTITION_EOF
            consumer.close()
            return left
        left.discard(int(message.value() or b""))


@pytest.mark.long
@pytest.mark.fault(order=40)
def test_the_canary_and_a_producers_own_log_agree_on_the_outage_and_that_nothing_is_lost(
    watched: StackState, load: Load, tmp_path: Path
) -> None:
    with canary(watched, tmp_path) as running:
        running.has_written()
        eventually(lambda: len(load.acknowledged) > 100, "the load should be under way")
        try:
            fault(watched, "kill-broker", str(VICTIM))
            eventually(lambda: outage(running, "2") > 0, "the canary should notice")
            canarys, loads = acknowledged(running, "2"), len(load.acknowledged)
            eventually(lambda: acknowledged(running, "2") > canarys + 3, "the canary should write again")
            eventually(lambda: len(load.acknowledged) > loads + 100, "the load should go on")
            eventually(
                lambda: running.values("streamgauge_canary_broker_reachable").get(("2",)) == 0,
                "the broker should be missed",
            )
            # Now: that the broker comes back and leads again later may cost another moment, of both.
            told, seen = outage(running, "2"), load.longest_gap
        finally:
            fault(watched, "start-broker", str(VICTIM))
        running.has_written(60)
        load.end()
        print(f"canary: {told:.1f} s without an acknowledgement, producer: {seen:.1f} s")
        assert told == pytest.approx(seen, abs=AGREE_WITHIN)
        assert load.refused == []
        assert missing(watched, set(load.acknowledged)) == set()
        assert faults(running) == {}
        eventually(
            lambda: running.values("streamgauge_canary_broker_reachable").get(("2",)) == 1,
            "the broker should be reachable again",
        )


def outage(running: Running, home: str) -> float:
    """Seconds without an acknowledgement on the partition that is for that broker."""
    found = running.values("streamgauge_canary_unavailable_seconds_total")
    return sum(seconds for (broker, _), seconds in found.items() if broker == home)


def acknowledged(running: Running, home: str) -> float:
    """Records acknowledged on the partition that is for that broker."""
    found = running.values("streamgauge_canary_acknowledged_total")
    return sum(count for (broker, _), count in found.items() if broker == home)
