"""Writes one record to every partition at each interval, and hears what became of them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial

from confluent_kafka import KafkaError, KafkaException, Message

from data.canary import clients
from data.canary.answers import reason
from data.canary.books import Book, Books
from data.canary.outages import Outage
from data.canary.record import CanaryRecord, RunId, encode
from data.settings import CanarySettings, KafkaSettings

LOGGER = logging.getLogger("streamgauge.canary")

LISTEN_SECONDS = 0.25
"""Longest wait for answers before a look at whether to stop."""


class Writer:
    """The writing side of one canary; runs in a thread of its own. clock: seconds, only forward."""

    def __init__(
        self, settings: CanarySettings, kafka: KafkaSettings, run: RunId, books: Books, clock: Callable[[], float]
    ) -> None:
        self._settings = settings
        self._run = run
        self._books = books
        self._clock = clock
        self._producer = clients.producer(settings, kafka)
        self._told: set[str] = set()

    def write_until(self, stop: threading.Event) -> None:
        """Write until `stop` is set, then wait for the last answers.

        A round that came late is not made up for: attempts are to be spread over time, also after a pause.
        """
        due = self._clock()
        while not stop.is_set():
            now = self._clock()
            if now >= due:
                self._round()
                due = max(due + self._settings.interval, now)
            self._producer.poll(min(LISTEN_SECONDS, max(0.0, due - self._clock())))
        self._producer.flush(self._settings.timeout + 1.0)

    def _round(self) -> None:
        with self._books.lock:
            ready = [(index, book) for index, book in self._books.partitions.items() if book.ready]
            sent = [(index, book, book.ledger.send(self._clock())) for index, book in ready]
        for index, book, sequence in sent:
            value = encode(CanaryRecord(self._run, index, sequence))
            try:
                self._producer.produce(
                    self._settings.topic,
                    value,
                    partition=index,
                    on_delivery=partial(self._answered, index, book, sequence),
                )
            except KafkaException as error:
                self._failed(index, book, sequence, error.args[0])
            except BufferError:
                self._failed(index, book, sequence, KafkaError(KafkaError._QUEUE_FULL))

    def _answered(self, index: int, book: Book, sequence: int, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self._failed(index, book, sequence, error)
            return
        offset = message.offset()
        now = self._clock()
        with self._books.lock:
            book.ledger.acknowledged(sequence, -1 if offset is None else offset, now)
            ended = book.outages.acknowledged(now)
            if ended is not None:
                book.ledger.seek_all_again()
        if ended is not None:
            self._told.clear()
            _tell(index, book, ended)

    def _failed(self, index: int, book: Book, sequence: int, error: KafkaError) -> None:
        why = reason(error)
        with self._books.lock:
            book.ledger.failed(sequence, why)
            begins = book.outages.failed(why)
        if begins or error.name() not in self._told:
            self._told.add(error.name())
            LOGGER.warning(
                "partition %d (for broker %d): an attempt failed: %s, %s", index, book.home, error.name(), error.str()
            )


def _tell(index: int, book: Book, ended: Outage) -> None:
    LOGGER.warning(
        "partition %d (for broker %d) acknowledges again, after %.1f s without; failed meanwhile: %s",
        index,
        book.home,
        ended.seconds,
        ended.words,
    )
