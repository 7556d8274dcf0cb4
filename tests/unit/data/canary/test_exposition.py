"""The metrics that a scrape gets, parsed as Prometheus parses them."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from data.canary.books import Book, Books
from data.canary.exposition import CanaryCollector
from data.canary.ledger import Ledger
from data.canary.outages import Outages
from data.canary.tally import Reason


def scraped(books: Books, now: float = 0.0) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    registry = CollectorRegistry()
    registry.register(CanaryCollector("eu-1", books, lambda: now))
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(generate_latest(registry).decode())
        for sample in family.samples
    }


def of(partition: str, broker: str, **more: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted({"cluster": "eu-1", "broker": broker, "partition": partition, **more}.items()))


def lived_through() -> Books:
    books = Books()
    book = Book(home=2, ledger=Ledger(), outages=Outages(0.0), leader=3, ready=True)
    books.partitions[1] = book
    first, second = book.ledger.send(10.0), book.ledger.send(11.0)
    book.ledger.acknowledged(first, 0, 10.1)
    book.outages.acknowledged(10.1)
    book.ledger.seen(first, 0, 10.5)
    book.ledger.failed(second, Reason.NOT_LEADER)
    book.outages.failed(Reason.NOT_LEADER)
    books.watched.reachable = {2: False, 3: True}
    books.watched.lag = {(3, 1): 0}
    books.watched.commit.observe(0.02)
    return books


def test_a_scrape_tells_what_was_noted_under_the_agreed_names() -> None:
    found = scraped(lived_through(), now=14.1)
    assert found["streamgauge_canary_attempts_total", of("1", "2")] == 2
    assert found["streamgauge_canary_acknowledged_total", of("1", "2")] == 1
    assert found["streamgauge_canary_failures_total", of("1", "2", reason="not_leader")] == 1
    assert found["streamgauge_canary_failures_total", of("1", "2", reason="timeout")] == 0
    assert found["streamgauge_canary_unavailable_seconds_total", of("1", "2")] == 4.0
    assert found["streamgauge_canary_partition_leader", of("1", "2")] == 3
    assert found["streamgauge_canary_replica_lag", of("1", "3")] == 0
    assert ("streamgauge_canary_replica_lag", of("1", "2")) not in found  # It did not answer: unknown, and not 0.
    cluster = (("cluster", "eu-1"),)
    assert found["streamgauge_canary_commit_latency_seconds_count", cluster] == 1
    assert found["streamgauge_canary_topic_ready", cluster] == 0
    assert found["streamgauge_canary_broker_reachable", (("broker", "2"), *cluster)] == 0
    assert found["streamgauge_canary_broker_reachable", (("broker", "3"), *cluster)] == 1


def test_half_a_second_is_a_bucket_of_its_own_and_counts_what_equals_it() -> None:
    found = scraped(lived_through())
    bucket = "streamgauge_canary_end_to_end_latency_seconds_bucket"
    assert found[bucket, of("1", "2", le="0.25")] == 0
    assert found[bucket, of("1", "2", le="0.5")] == 1
    assert found[bucket, of("1", "2", le="+Inf")] == 1
    assert found["streamgauge_canary_end_to_end_latency_seconds_sum", of("1", "2")] == 0.5


def test_every_count_is_there_at_zero_before_anything_happened() -> None:
    books = Books()
    books.partitions[0] = Book(home=1, ledger=Ledger(), outages=Outages(0.0))
    found = scraped(books)
    for name in ("attempts", "acknowledged", "lost", "unverified", "duplicated", "reordered", "corrupt"):
        assert found[f"streamgauge_canary_{name}_total", of("0", "1")] == 0
    for reason in Reason:
        assert found["streamgauge_canary_failures_total", of("0", "1", reason=reason.value)] == 0
    assert found["streamgauge_canary_partition_leader", of("0", "1")] == -1
