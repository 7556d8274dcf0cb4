"""One librdkafka admin client, its deadlines, and what its errors mean for a person.

librdkafka answers «timed out» to nearly everything that stops it from asking: no route, wrong password, wrong
protocol. The cause arrives beside it, through the error callback. The client here listens to both, gives up early
when the cause is plain, and says it.
"""

from __future__ import annotations

import time
import weakref
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, wait
from contextlib import contextmanager
from threading import Thread
from typing import Any, TypeVar

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient

from data.settings import KafkaSettings
from data.sources.failures import SourceFailure, unreadable_secret
from data.sources.kafka_causes import CAUSES, REACH, REFUSALS, UNANSWERED, from_a_broker, without_brackets
from data.sources.kafka_log import Ear
from scoring.catalog.estate import FailureKind

T = TypeVar("T")

LISTEN_EVERY = 0.1
"""Seconds between two looks at librdkafka's error events while an answer is awaited."""

GIVE_UP_AFTER = 2.0
"""Seconds in which no broker lets us in before a wait ends early; brokers that start refuse good passwords at first."""

ENOUGH_FAILURES = 6
"""Failed connections, without one answer ever, after which the address or the protocol is taken to be wrong."""

LIBRDKAFKA_FIRST = 1.0
"""Seconds past the deadline in which librdkafka's own time-outs arrive, which say item by item what was answered."""


class Deadline:
    """A moment after which nothing is waited for; seconds on the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, at least 0."""
        return max(0.0, self._end - time.monotonic())

    def request_timeout(self) -> float:
        """What to give librdkafka, which refuses less than a millisecond."""
        return max(0.05, self.left())


class KafkaClient:
    """An admin client that is made when first needed, kept, and made anew after a failure. For one thread at a time."""

    def __init__(self, settings: KafkaSettings, timeout: float) -> None:
        self._settings = settings
        self._timeout = timeout
        self._admin: Any = None  # AdminClient, whose own annotations leave its futures' results open
        self._events: deque[KafkaError] = deque(maxlen=32)
        self._answered = False
        self._ear = Ear()

    def close(self) -> None:
        """Let go of the connections; the next call opens new ones."""
        self._admin = None
        self._answered = False
        self._events.clear()
        self._ear.last_failure = ""

    @contextmanager
    def asking(self) -> Iterator[Any]:
        """The admin client for one question; a failure inside closes it, so that the next question starts afresh.

        Raises SourceFailure, also in place of a KafkaException raised inside.
        """
        try:
            yield self._open()
        except SourceFailure:
            self.close()
            raise
        except KafkaException as error:
            failure = self.failure(error.args[0])
            self.close()
            raise failure from error

    def metadata(self, deadline: Deadline) -> Any:
        """The cluster's metadata of all topics, as librdkafka's ClusterMetadata."""
        admin = self._open()
        answer: Future[Any] = Future()

        def ask() -> None:
            try:
                answer.set_result(admin.list_topics(timeout=deadline.request_timeout()))
            except KafkaException as error:
                answer.set_exception(error.with_traceback(None))  # its frames would keep the client

        # list_topics blocks, and while it does nobody would hear why; so it blocks a thread of its own.
        Thread(target=ask, name="kafka-metadata", daemon=True).start()
        return self.wait(answer, deadline)

    def wait(self, future: Future[T], deadline: Deadline) -> T:
        """The future's result. Raises KafkaException as the broker answered, or SourceFailure when nobody did."""
        self.settle((future,), deadline)
        return future.result()

    def settle(self, futures: Iterable[Future[T]], deadline: Deadline) -> None:
        """Wait until every future has an answer of its own, good or bad.

        Raises SourceFailure when the deadline passes, or when librdkafka says that no broker can be reached.
        """
        futures = tuple(futures)
        started = time.monotonic()
        latest = started + deadline.left() + LIBRDKAFKA_FIRST
        failures_before = self._ear.failures
        # One after the other, since a call's answers arrive together: to wait for 50 000 futures at once costs more
        # than to ask each whether it is done.
        for future in futures:
            while not future.done() and wait((future,), timeout=LISTEN_EVERY).not_done:
                self._listen()
                failures = self._ear.failures - failures_before
                if time.monotonic() - started > GIVE_UP_AFTER and self._hopeless(failures):
                    raise self._caused()
                if time.monotonic() > latest:
                    raise self._caused()
        if any(from_a_broker(future) for future in futures):
            self._answered = True
            self._events.clear()

    def failure(self, error: KafkaError) -> SourceFailure:
        """What an error of a whole request means."""
        self._listen()
        code = error.code()
        said = without_brackets(error.str())
        if code in REFUSALS:
            return SourceFailure(
                FailureKind.FORBIDDEN, f"Kafka refused: {said}.", "`streamgauge doctor` prints the ACL to add."
            )
        if code in UNANSWERED:
            return self._caused(error)
        return SourceFailure(
            FailureKind.BAD_ANSWER, f"Kafka answered {error.name()}: {said}.", "Look into the brokers' logs."
        )

    def _open(self) -> Any:
        """The admin client, as a proxy: `close` is to end its threads at once.

        A failure's traceback keeps the frames that it passed, and they keep what they asked with, until the garbage
        collector finds the circle; a cluster that is away for an hour would leave a thousand threads behind.
        """
        if self._admin is None:
            try:
                options: dict[str, Any] = dict(self._settings.librdkafka())
            except OSError as error:
                raise unreadable_secret(error) from error
            try:
                options["error_cb"] = self._events.append
                self._admin = AdminClient(options, logger=self._ear.logger())
            except KafkaException as error:
                raise SourceFailure(
                    FailureKind.BAD_ANSWER,
                    f"librdkafka does not take the settings: {error.args[0].str()}.",
                    "Correct the kafka section of this cluster.",
                ) from error
        return weakref.proxy(self._admin)

    def _listen(self) -> None:
        """Let librdkafka tell its events and log lines; it does so in this call only."""
        if self._admin is not None:
            self._admin.poll(0)

    @property
    def _down(self) -> bool:
        """True when librdkafka reported, since the last answer, that it has lost every broker."""
        return any(event.code() == KafkaError._ALL_BROKERS_DOWN for event in self._events)

    def _hopeless(self, failures: int) -> bool:
        """True when waiting on is no use. failures: connections that failed during this wait.

        Brokers that were down and are back cause no failures, so a slow answer after a restart is waited for.
        """
        return failures > 0 and (self._down or (not self._answered and failures >= ENOUGH_FAILURES))

    def _caused(self, error: KafkaError | None = None) -> SourceFailure:
        """A failure to get an answer, with the cause that librdkafka reported beside it."""
        events = [*self._events, *([error] if error is not None else [])]
        for code, kind, what, step in CAUSES:
            for event in reversed(events):
                if event.code() == code:
                    return SourceFailure(kind, f"{what}: {without_brackets(event.str())}.", step)
        servers = self._settings.bootstrap_servers
        if self._down or (not self._answered and self._ear.last_failure):
            said = without_brackets(self._ear.last_failure) or servers
            return SourceFailure(FailureKind.UNREACHABLE, f"No Kafka broker is reachable: {said}.", REACH)
        return SourceFailure(
            FailureKind.TIMEOUT,
            f"Kafka at {servers} did not answer within {self._timeout:g} s.",
            "Look at the brokers' load, or raise kafka.timeout.",
        )
