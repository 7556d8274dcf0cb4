"""A consumer to copy: it checks every record, loses none, and says what it does.

What it promises is at-least-once: an offset is committed after its record was handled, never before, so a crash between
the two handles a record twice and a handler must bear that. Committing by hand does not make this exactly-once; only
work that commits its results and its offsets together is that.

What happens to a record:
- handled: its offset is stored and committed with the next batch;
- rejected (it cannot be decoded, or breaks its schema): it goes to the dead letter topic at once, with where it came
  from and why in its headers. Decoding happens inside the same try as handling, because poison fails there: a
  deserializer that runs inside `poll()` raises outside of it, and the consumer dies at the same record for ever;
- failed: it is tried again after a growing, jittered pause, up to `Backoff.attempts` times, then dead-lettered. While
  it waits, its partition is paused and everything else is polled on: a sleeping consumer would exceed
  max.poll.interval.ms and lose its partitions. Not committing is not enough to see a record again, since the next poll
  gives the next record; so the consumer seeks back to it;
- failed because something else is away (`Unavailable`: the registry, a database): tried again for as long as it takes,
  since a record is not bad because its surroundings are.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from threading import Event
from typing import Any

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from stack.workload.backoff import Backoff
from stack.workload.consumer_metrics import ConsumerMetrics
from stack.workload.dead_letters import DeadLetters, NotDelivered

POLL_SECONDS = 0.5

Decode = Callable[[bytes | None], Any]
"""Bytes to a value that satisfies its schema. Raises Rejected or Unavailable."""

Handle = Callable[[Any], None]
"""The work. May be called twice with one value. Raises Rejected, Unavailable, or anything for a failure worth a retry.
Must return well within max.poll.interval.ms (5 minutes)."""


class Rejected(Exception):  # noqa: N818  (named after what happens to the record, which its reader wants to know)
    """This record can never be handled, however often it is tried."""


class Unavailable(Exception):  # noqa: N818  (as above)
    """Something that handling needs is away; the record itself may be fine."""


@dataclass(frozen=True, slots=True)
class ConsumerPlan:
    """What to consume, and how to fail.

    kafka: librdkafka's connection settings. commit_seconds: at most between two commits.
    """

    kafka: Mapping[str, str]
    group: str
    topics: tuple[str, ...]
    dead_letters: str
    backoff: Backoff = field(default_factory=Backoff)
    commit_seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that failed and is due again: its offset, its failures so far, and when (monotonic seconds)."""

    offset: int
    failures: int
    due: float


class ReferenceConsumer:
    """One member of a consumer group. `run` returns after `stop` is set, with everything handled committed."""

    def __init__(
        self, plan: ConsumerPlan, decode: Decode, handle: Handle, metrics: ConsumerMetrics, random: Random | None = None
    ) -> None:
        self._plan = plan
        self._decode = decode
        self._handle = handle
        self._metrics = metrics
        self._random = random or Random()  # noqa: S311  (spreads retries, keeps no secret)
        self._log = logging.getLogger(f"consumer.{plan.group}")
        self._waiting: dict[tuple[str, int], Waiting] = {}
        self._uncommitted = 0
        self._next_commit = 0.0
        self._consumer = Consumer(
            {
                **plan.kafka,
                "group.id": plan.group,
                "client.id": plan.group,
                "auto.offset.reset": "earliest",
                "isolation.level": "read_committed",
                "partition.assignment.strategy": "cooperative-sticky",
                # Both off: an offset is stored by us once its record is done, and committed by us.
                "enable.auto.commit": False,
                "enable.auto.offset.store": False,
            }
        )
        self._dead_letters = DeadLetters(plan.kafka, plan.dead_letters, plan.group)

    def run(self, stop: Event) -> None:
        """Consume until `stop` is set. An error that is not a record's own ends the run, and the next run re-reads."""
        self._consumer.subscribe(
            list(self._plan.topics), on_assign=self._assigned, on_revoke=self._revoked, on_lost=self._lost
        )
        try:
            while not stop.is_set():
                self._step()
        finally:
            self._commit()
            self._consumer.close()
            self._log.info("closed")

    def _step(self) -> None:
        self._resume_what_is_due()
        message = self._consumer.poll(self._poll_seconds())
        if message is not None:
            error = message.error()
            if error is None:
                self._take(message)
            elif error.fatal():
                raise KafkaException(error)
            else:
                self._log.warning("consumer_error", extra={"fields": {"code": error.name(), "reason": error.str()}})
        self._metrics.waiting(len(self._waiting))
        if self._uncommitted and time.monotonic() >= self._next_commit:
            self._commit()

    def _take(self, message: Message) -> None:
        """Bring one record to its end: handled, dead-lettered, or waiting for its next try."""
        place = _place(message)
        failures = 1 + self._failures_at(place)
        started = time.monotonic()
        try:
            self._handle(self._decode(message.value()))
        except Rejected as error:
            self._bury(message, place, error, failures)
        except Unavailable as error:
            self._try_again(place, error, failures)
        except Exception as error:  # noqa: BLE001  whatever a handler raises concerns this record, not the consumer
            if failures < self._plan.backoff.attempts:
                self._try_again(place, error, failures)
            else:
                self._bury(message, place, error, failures)
        else:
            self._metrics.handled(place.topic, time.monotonic() - started, _age(message))
            self._done(message, place)

    def _failures_at(self, place: TopicPartition) -> int:
        waiting = self._waiting.get((place.topic, place.partition))
        return waiting.failures if waiting and waiting.offset == place.offset else 0

    def _done(self, message: Message, place: TopicPartition) -> None:
        """The record needs nothing more: the next commit may pass it."""
        self._waiting.pop((place.topic, place.partition), None)
        self._consumer.store_offsets(message=message)
        self._uncommitted += 1

    def _bury(self, message: Message, place: TopicPartition, error: Exception, attempts: int) -> None:
        """Give the record up; only when the dead letter topic has acknowledged it may its offset be committed."""
        try:
            self._dead_letters.send(message, error, attempts)
        except NotDelivered as refusal:
            self._try_again(place, refusal, attempts)
            return
        self._metrics.dead_lettered(place.topic)
        self._say("dead_lettered", place, error, attempts)
        self._done(message, place)

    def _try_again(self, place: TopicPartition, error: Exception, failures: int) -> None:
        """Have the record delivered again after a pause, and nothing of its partition before it."""
        delay = self._plan.backoff.delay(failures, self._random)
        self._consumer.pause([place])
        self._consumer.seek(place)
        self._waiting[place.topic, place.partition] = Waiting(place.offset, failures, time.monotonic() + delay)
        self._metrics.retried(place.topic)
        self._say("retrying", place, error, failures, delay_seconds=round(delay, 3))

    def _resume_what_is_due(self) -> None:
        now = time.monotonic()
        due = [TopicPartition(*place) for place, waiting in self._waiting.items() if waiting.due <= now]
        if due:
            # Resuming what was resumed before and has not been delivered yet changes nothing.
            self._consumer.resume(due)

    def _poll_seconds(self) -> float:
        """How long to wait for a record, so that the next retry is not late; short while one is already due."""
        now = time.monotonic()
        return min([POLL_SECONDS, *(max(0.05, waiting.due - now) for waiting in self._waiting.values())])

    def _commit(self) -> None:
        """Commit what is stored. A commit that fails is no loss: what it would have covered is handled again."""
        if not self._uncommitted:
            return
        try:
            self._consumer.commit(asynchronous=False)
        except KafkaException as error:
            self._log.warning("commit_failed", extra={"fields": {"reason": error.args[0].str()}})
        else:
            self._uncommitted = 0
        self._next_commit = time.monotonic() + self._plan.commit_seconds

    def _assigned(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._log.info("assigned", extra={"fields": {"partitions": len(partitions)}})

    def _revoked(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """Partitions go to another member: commit while they are still ours, so that it starts where we ended."""
        self._commit()
        self._forget(partitions)

    def _lost(self, _consumer: Consumer, partitions: list[TopicPartition]) -> None:
        """Partitions are another member's already: committing would move its offsets."""
        self._forget(partitions)

    def _forget(self, partitions: list[TopicPartition]) -> None:
        paused = [place for place in partitions if self._waiting.pop((place.topic, place.partition), None)]
        if paused:
            self._consumer.resume(paused)
        self._log.info("revoked", extra={"fields": {"partitions": len(partitions)}})

    def _say(self, event: str, place: TopicPartition, error: Exception, attempt: int, **more: object) -> None:
        where = {"topic": place.topic, "partition": place.partition, "offset": place.offset}
        reason = {"error": type(error).__name__, "reason": str(error)[:300], "attempt": attempt}
        self._log.warning(event, extra={"fields": {**where, **reason, **more}})


def _place(message: Message) -> TopicPartition:
    topic, partition, offset = message.topic(), message.partition(), message.offset()
    if topic is None or partition is None or offset is None:
        raise ValueError("A delivered record has a place in a topic; this is an error event or a record not sent yet.")
    return TopicPartition(topic, partition, offset)


def _age(message: Message) -> float:
    """Seconds since the record was produced."""
    return max(0.0, time.time() - message.timestamp()[1] / 1000)
