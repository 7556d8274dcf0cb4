"""One cluster's canary: a thread that writes, one that reads, one that watches."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable

from data.canary.books import Books
from data.canary.reader import Reader
from data.canary.record import RunId
from data.canary.replicas import ReplicaProbe
from data.canary.topic import CanaryTopic
from data.canary.watcher import Watcher
from data.canary.writer import Writer
from data.settings import CanarySettings, ClusterSettings
from data.sources.failures import SourceFailure
from scoring.catalog.estate import FailureKind

LOGGER = logging.getLogger("streamgauge.canary")

ANSWER_SECONDS = 5.0
"""Longest wait for an answer about the topic, or by one broker."""


class Canary:
    """A canary on one cluster, under a run id of its own. settings: the cluster's, with a canary section.

    Latency and outages are taken with the monotonic clock, which nobody sets. Raises SourceFailure when the settings
    cannot be used at all.
    """

    def __init__(
        self, cluster: ClusterSettings, settings: CanarySettings, clock: Callable[[], float] = time.monotonic
    ) -> None:
        kafka = settings.kafka or cluster.kafka
        run = RunId(os.urandom(16))
        self.name = cluster.name
        self.books = Books()
        self._writer = Writer(settings, kafka, run, self.books, clock)
        self._reader = Reader(settings, kafka, run, self.books, clock)
        self._watcher = Watcher(
            self.books,
            CanaryTopic(settings, kafka, ANSWER_SECONDS),
            ReplicaProbe(kafka, settings.topic, ANSWER_SECONDS),
            clock,
        )
        self._stop_writing = threading.Event()
        self._stop_reading = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Make sure of the topic and begin. A cluster that does not answer is waited for: that is what is monitored.

        Raises SourceFailure when the topic cannot be had, such as for lack of an ACL.
        """
        try:
            self._watcher.look_at_topic()
        except SourceFailure as failure:
            if failure.kind not in {FailureKind.UNREACHABLE, FailureKind.TIMEOUT}:
                raise
            LOGGER.warning("%s: %s", self.name, failure)
        self._threads = [
            threading.Thread(target=self._reader.read_until, args=(self._stop_reading,), name=f"{self.name} reader"),
            threading.Thread(target=self._writer.write_until, args=(self._stop_writing,), name=f"{self.name} writer"),
            threading.Thread(target=self._watcher.watch_until, args=(self._stop_writing,), name=f"{self.name} watcher"),
        ]
        for thread in self._threads:
            thread.start()

    def running(self) -> bool:
        """True while all three threads live; one that died is a fault of ours, and is not to look like silence."""
        return all(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Stop writing, wait for the last answers, read what was promised, and let go of the connections."""
        self._stop_writing.set()
        for thread in self._threads[1:]:
            thread.join()
        self._stop_reading.set()
        for thread in self._threads[:1]:
            thread.join()
        self._reader.close()
        self._watcher.close()
