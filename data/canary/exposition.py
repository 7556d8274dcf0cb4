"""What canaries noted down, in Prometheus' words. Every name and label is written here, and only here.

prometheus_client 0.26 can hold native histograms and cannot write them: they need the protobuf format, of which it has
none. So latencies are classic histograms, with an edge at 0.5 s.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from data.canary.books import Book, Books
from data.canary.tally import Histogram, Tally

PREFIX = "streamgauge_canary"
PARTITION = ("cluster", "broker", "partition")

_COUNTS: tuple[tuple[str, str, Callable[[Tally], int]], ...] = (
    ("attempts", "Records handed to the client.", lambda tally: tally.attempts),
    ("acknowledged", "Records that a broker promised to keep (acks=all).", lambda tally: tally.acknowledged),
    ("lost", "Acknowledged records that are not in the log.", lambda tally: tally.lost),
    ("unverified", "Acknowledged records of which nobody can tell any more.", lambda tally: tally.unverified),
    ("duplicated", "Records that were read at a second offset.", lambda tally: tally.duplicated),
    ("reordered", "Acknowledged records that were read behind a later one.", lambda tally: tally.reordered),
    ("corrupt", "Records in the canary's topic that no canary wrote like this.", lambda tally: tally.corrupt),
)


class CanaryCollector(Collector):
    """The metrics of one cluster's canary. Broker is the one that a partition is for: its preferred leader."""

    def __init__(self, cluster: str, books: Books, clock: Callable[[], float] = time.monotonic) -> None:
        self._cluster = cluster
        self._books = books
        self._clock = clock

    def collect(self) -> Iterable[Metric]:
        """Every family, as of now."""
        with self._books.lock:
            books = sorted(self._books.partitions.items())
            return [*self._of_partitions(books), *self._of_failures(books), *self._of_cluster()]

    def _labels(self, index: int, book: Book) -> list[str]:
        return [self._cluster, str(book.home), str(index)]

    def _of_partitions(self, books: Sequence[tuple[int, Book]]) -> Iterable[Metric]:
        for name, meaning, count in _COUNTS:
            family = CounterMetricFamily(f"{PREFIX}_{name}", meaning, labels=PARTITION)
            for index, book in books:
                family.add_metric(self._labels(index, book), count(book.ledger.tally))
            yield family
        latency = HistogramMetricFamily(
            f"{PREFIX}_end_to_end_latency_seconds", "From handing a record over to reading it.", labels=PARTITION
        )
        outages = CounterMetricFamily(
            f"{PREFIX}_unavailable_seconds",
            "Time without an acknowledgement in which an attempt failed.",
            labels=PARTITION,
        )
        leader = GaugeMetricFamily(
            f"{PREFIX}_partition_leader", "Broker that leads the partition; -1 while none does.", labels=PARTITION
        )
        for index, book in books:
            labels = self._labels(index, book)
            latency.add_metric(labels, *_buckets(book.ledger.tally.latency))
            outages.add_metric(labels, book.outages.seconds(self._clock()))
            leader.add_metric(labels, -1 if book.leader is None else book.leader)
        yield from (latency, outages, leader)

    def _of_failures(self, books: Sequence[tuple[int, Book]]) -> Iterable[Metric]:
        failures = CounterMetricFamily(
            f"{PREFIX}_failures", "Attempts that were not acknowledged, by reason.", labels=(*PARTITION, "reason")
        )
        for index, book in books:
            for reason, count in book.ledger.tally.failures.items():
                failures.add_metric([*self._labels(index, book), reason.value], count)
        yield failures

    def _of_cluster(self) -> Iterable[Metric]:
        watched = self._books.watched
        commit = HistogramMetricFamily(
            f"{PREFIX}_commit_latency_seconds", "Committing offsets to a group.", labels=["cluster"]
        )
        commit.add_metric([self._cluster], *_buckets(watched.commit))
        failed = CounterMetricFamily(
            f"{PREFIX}_commit_failures", "Commits that were not acknowledged.", labels=["cluster"]
        )
        failed.add_metric([self._cluster], watched.commit_failures)
        reachable = GaugeMetricFamily(
            f"{PREFIX}_broker_reachable", "1 when the broker answered a request.", labels=["cluster", "broker"]
        )
        for broker, answered in sorted(watched.reachable.items()):
            reachable.add_metric([self._cluster, str(broker)], answered)
        lag = GaugeMetricFamily(
            f"{PREFIX}_replica_lag",
            "Records of a canary partition that this broker's copy lacks; missing where it did not answer.",
            labels=PARTITION,
        )
        for (broker, index), records in sorted(watched.lag.items()):
            lag.add_metric([self._cluster, str(broker), str(index)], records)
        ready = GaugeMetricFamily(
            f"{PREFIX}_topic_ready", "1 when the topic is there with a partition for each broker.", labels=["cluster"]
        )
        ready.add_metric([self._cluster], watched.topic_ready)
        yield from (commit, failed, reachable, lag, ready)


def _buckets(histogram: Histogram) -> tuple[list[tuple[str, float]], float]:
    """(upper bound as text, observations up to it) and the sum, as prometheus_client takes them."""
    bounds = [("+Inf" if bound is None else repr(bound), float(count)) for bound, count in histogram.cumulative()]
    return bounds, histogram.sum
