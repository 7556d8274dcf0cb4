"""Reads everything in the canary's topic, from where the books say, and enters what it meets."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from confluent_kafka import KafkaError, KafkaException, Message, TopicPartition

from data.canary import clients
from data.canary.books import Books
from data.canary.record import RunId, decode
from data.settings import CanarySettings, KafkaSettings

LOGGER = logging.getLogger("streamgauge.canary")

LISTEN_SECONDS = 0.5
COMMIT_SECONDS = 10.0
DRAIN_SECONDS = 2.0
"""After the last record was written: how long the reader waits for those that were acknowledged and not met yet."""

_ASTRAY = {KafkaError._AUTO_OFFSET_RESET, KafkaError.OFFSET_OUT_OF_RANGE, KafkaError._LOG_TRUNCATION}


class Reader:
    """The reading side of one canary; runs in a thread of its own. clock: seconds, only forward."""

    def __init__(
        self, settings: CanarySettings, kafka: KafkaSettings, run: RunId, books: Books, clock: Callable[[], float]
    ) -> None:
        self._settings = settings
        self._run = run
        self._books = books
        self._clock = clock
        self._consumer = clients.consumer(settings, kafka, self._committed)
        self._committing_since: float | None = None
        self._commit_due = 0.0
        self._taken = -1
        self._astray: set[int] = set()
        self._told: set[str] = set()

    def read_until(self, stop: threading.Event) -> None:
        """Read until `stop` is set and what was acknowledged has been met, or DRAIN_SECONDS later."""
        until: float | None = None
        while until is None or (self._clock() < until and self._open()):
            if stop.is_set() and until is None:
                until = self._clock() + DRAIN_SECONDS
            self._find_back()
            self._take_up()
            self._commit()
            message = self._consumer.poll(LISTEN_SECONDS)
            if message is not None:
                self._enter(message)

    def close(self) -> None:
        """Let go of the connections."""
        self._consumer.close()

    def _commit(self) -> None:
        """Commit the positions now and then; how long the coordinator took is noted when its answer comes.

        The group has no members: a commit asks its coordinator and concerns nobody else.
        """
        now = self._clock()
        if self._committing_since is not None or now < self._commit_due:
            return
        with self._books.lock:
            places = [
                TopicPartition(self._settings.topic, index, book.ledger.position)
                for index, book in self._books.partitions.items()
                if book.ready
            ]
        if not places:
            return
        self._committing_since, self._commit_due = now, now + COMMIT_SECONDS
        self._consumer.commit(offsets=places, asynchronous=True)

    def _committed(self, error: KafkaError | None, places: Sequence[TopicPartition]) -> None:
        since, self._committing_since = self._committing_since, None
        refused = error or next((place.error for place in places if place.error is not None), None)
        with self._books.lock:
            if refused is not None:
                self._books.watched.commit_failures += 1
            elif since is not None:
                self._books.watched.commit.observe(self._clock() - since)
        if refused is not None:
            self._tell(f"offsets cannot be committed: {refused.name()}, {refused.str()}")

    def _tell(self, what: str) -> None:
        """Log what is news since something last went well."""
        if what not in self._told:
            self._told.add(what)
            LOGGER.warning("%s", what)

    def _open(self) -> int:
        with self._books.lock:
            return sum(book.ledger.open for book in self._books.partitions.values())

    def _take_up(self) -> None:
        """Go where the books say: new partitions, and those that must be read again."""
        with self._books.lock:
            ready = {index: book for index, book in self._books.partitions.items() if book.ready}
            if self._books.assignments == self._taken and not any(book.ledger.must_move for book in ready.values()):
                return
            self._taken = self._books.assignments
            for book in ready.values():
                book.ledger.moved(book.ledger.position)
            places = [
                TopicPartition(self._settings.topic, index, book.ledger.position) for index, book in ready.items()
            ]
        self._consumer.assign(places)

    def _find_back(self) -> None:
        """Where the position does not exist any more, go on where the log begins or ends now."""
        for index in sorted(self._astray):
            try:
                place = TopicPartition(self._settings.topic, index)
                low, high = self._consumer.get_watermark_offsets(place, timeout=LISTEN_SECONDS, cached=False)
            except KafkaException:
                continue  # Its leader is away; the next turn asks again.
            self._astray.discard(index)
            with self._books.lock:
                book = self._books.partitions.get(index)
                if book is None:
                    continue
                position = min(max(book.ledger.position, low), high)
                LOGGER.warning(
                    "partition %d: offset %d is gone, reading on at %d", index, book.ledger.position, position
                )
                book.ledger.skipped(low)
                book.ledger.moved(position)
                self._books.assignments += 1

    def _enter(self, message: Message) -> None:
        error, index, offset = message.error(), message.partition(), message.offset()
        if index is None or offset is None:
            return
        with self._books.lock:
            book = self._books.partitions.get(index)
            if book is None or not book.ready:
                return
            if error is None:
                value = message.value()
                record = decode(value if isinstance(value, bytes) else None)
                if record is None or (record.run == self._run and record.partition != index):
                    book.ledger.corrupt(offset)
                elif record.run == self._run:
                    book.ledger.seen(record.sequence, offset, self._clock())
                else:
                    book.ledger.foreign(offset)
                self._told.clear()
                return
            if error.code() == KafkaError._PARTITION_EOF:
                book.ledger.at_end(offset)
                return
            if error.code() == KafkaError._BAD_MSG:
                book.ledger.corrupt(offset)
        if error.code() in _ASTRAY:
            self._astray.add(index)
        else:
            self._tell(f"partition {index} cannot be read: {error.name()}, {error.str()}")
