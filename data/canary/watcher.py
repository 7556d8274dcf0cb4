"""Looks after the topic, asks brokers and copies, and settles what the books suspect to be lost."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from confluent_kafka import KafkaException

from data.canary.books import Book, Books
from data.canary.ledger import Evidence, Ledger
from data.canary.outages import Outages
from data.canary.placement import Place
from data.canary.replicas import ReplicaProbe, lags
from data.canary.topic import CanaryTopic, TopicView
from data.sources.failures import SourceFailure

LOGGER = logging.getLogger("streamgauge.canary")

SETTLE_SECONDS = 1.0
"""Between two looks at the suspects."""

WATCH_SECONDS = 5.0
"""Between two looks at brokers and copies."""

TOPIC_SECONDS = 30.0
"""Between two looks at the topic while all is well. While it is not, each look at the brokers is one too."""

FORGOTTEN_AFTER = 86_400.0
"""Seconds after which a broker that is not a member any more is not called unreachable any more."""


class Watcher:
    """The watching side of one canary; runs in a thread of its own. clock: seconds, only forward."""

    def __init__(self, books: Books, topic: CanaryTopic, probe: ReplicaProbe, clock: Callable[[], float]) -> None:
        self._books = books
        self._clock = clock
        self._topic = topic
        self._probe = probe
        self._places: dict[int, Place] = {}
        self._members: dict[int, float] = {}
        self._told: dict[str, str] = {}
        self._topic_due = 0.0

    def watch_until(self, stop: threading.Event) -> None:
        """Watch until `stop` is set. A source that fails is told once, and asked again at the next turn."""
        due = self._clock()
        while not stop.wait(SETTLE_SECONDS):
            self._attempt("settling", self.settle)
            if self._clock() >= due:
                self.look()
                due = self._clock() + WATCH_SECONDS

    def close(self) -> None:
        """Let go of the connections."""
        self._topic.close()
        self._probe.close()

    def look(self) -> None:
        """One look at everything but the suspects."""
        with self._books.lock:
            troubled = any(book.outages.lasting for book in self._books.partitions.values())
        if troubled or self._clock() >= self._topic_due:
            self._attempt("topic", self.look_at_topic)
        self._attempt("brokers", self._ask_brokers)

    def look_at_topic(self) -> None:
        """Make the topic what it should be, now. Raises SourceFailure."""
        ready = False
        try:
            self._look_at_topic()
            ready = all(book.ready for book in self._books.partitions.values())
            if ready:
                self._topic_due = self._clock() + TOPIC_SECONDS
        finally:
            with self._books.lock:
                self._books.watched.topic_ready = ready

    def _attempt(self, what: str, action: Callable[[], None]) -> bool:
        """Do it; False when it failed, which is told when it is news."""
        try:
            action()
        except SourceFailure as failure:
            told = str(failure)
        except KafkaException as error:
            told = f"{error.args[0].name()}: {error.args[0].str()}"
        else:
            if self._told.pop(what, None):
                LOGGER.info("%s: well again", what)
            return True
        if self._told.get(what) != told:
            LOGGER.warning("%s: %s", what, told)
            self._told[what] = told
        return False

    def _look_at_topic(self) -> None:
        view = self._topic.look()
        now = self._clock()
        self._members |= dict.fromkeys(view.brokers, now)
        self._members = {broker: seen for broker, seen in self._members.items() if now - seen < FORGOTTEN_AFTER}
        self._places = dict(view.places)
        with self._books.lock:
            anew = bool(self._books.identity) and self._books.identity != view.identity
            wanted = set(view.places) if anew else {
                index for index in view.places
                if index not in self._books.partitions or not self._books.partitions[index].ready
            }  # fmt: skip
        ends = self._topic.starts_and_ends(wanted) if wanted else {}
        with self._books.lock:
            if anew:
                LOGGER.warning("the topic was made anew; what was acknowledged and not read before is unverified")
                for book in self._books.partitions.values():
                    book.ready = False
                    # Now, and not when its end is known: until then its promises would be judged by the new log.
                    book.ledger.begin_log(0)
            self._books.identity = view.identity
            for index in sorted(wanted):
                self._open(index, view, ends.get(index), now)
            for index, book in self._books.partitions.items():
                place = view.places.get(index)
                book.leader = place.leader if place is not None else None

    def _open(self, index: int, view: TopicView, bounds: tuple[int, int] | None, now: float) -> None:
        """Begin a partition's log at its end, once that is known. `lock` is held."""
        book = self._books.partitions.get(index)
        if book is None:
            book = Book(view.places[index].home, Ledger(), Outages(now))
            self._books.partitions[index] = book
        if bounds is not None:
            book.ledger.begin_log(bounds[1])
            book.home = view.places[index].home
            book.ready = True
            self._books.assignments += 1

    def _ask_brokers(self) -> None:
        copies: dict[int, list[int]] = {broker: [] for broker in self._members}
        for index, place in self._places.items():
            for broker in place.replicas:
                copies.setdefault(broker, []).append(index)
        if not copies:
            return
        try:
            found = self._probe.ask(copies)
        except SourceFailure:
            with self._books.lock:
                self._books.watched.reachable = dict.fromkeys(copies, False)
                self._books.watched.lag = {}
            raise
        leaders = {index: place.leader for index, place in self._places.items()}
        gone = self._members.keys() - found.answered
        if gone or any(leader not in found.answered for leader in leaders.values()):
            self._topic_due = 0.0  # Leaders are about to change, or have.
        with self._books.lock:
            self._books.watched.reachable = {broker: broker in found.answered for broker in copies}
            self._books.watched.lag = lags(found.ends, leaders)

    def settle(self) -> None:
        """Judge every suspect by what the cluster says of the log now. Raises SourceFailure when it says nothing."""
        with self._books.lock:
            suspected = {
                index: found for index, book in self._books.partitions.items() if (found := book.ledger.suspects())
            }
            identity = self._books.identity
        if not suspected:
            return
        view = self._topic.look()
        bounds = self._topic.starts_and_ends(suspected)
        same = view.identified and view.identity == identity
        with self._books.lock:
            for index, suspects in suspected.items():
                if same and index not in bounds:
                    continue  # Its leader is away: nobody can tell yet.
                start, end = bounds.get(index, (0, 0))
                book = self._books.partitions[index]
                for lost in book.ledger.judge(suspects, Evidence(same, start)):
                    LOGGER.error(
                        "LOST: partition %d (for broker %d): record %d was acknowledged at offset %d and is not in the"
                        " log, which reaches from %d to %d; its leader is broker %s",
                        index, book.home, lost.sequence, lost.offset, start, end, view.places[index].leader,
                    )  # fmt: skip
