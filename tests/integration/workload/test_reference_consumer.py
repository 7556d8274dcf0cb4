"""The reference consumer against real brokers: what it promises when records, handlers and processes fail."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from stack.workload.backoff import Backoff
from stack.workload.consumer_metrics import ConsumerMetrics, ConsumerSeries
from stack.workload.decoding import by_expectation
from stack.workload.reference_consumer import ConsumerPlan, ReferenceConsumer, Unavailable
from tests.integration.workload.conftest import Bench, eventually

NUMBERED = by_expectation({"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]})
QUICK = Backoff(first=0.2, cap=1.0, attempts=3)


def numbered(numbers: range) -> list[bytes]:
    return [json.dumps({"n": n}).encode() for n in numbers]


@contextmanager
def consuming(bench: Bench, handle: Callable[[Any], None], series: ConsumerSeries | None = None) -> Iterator[None]:
    """The consumer in a thread of its own; stopped, and finished, at the end."""
    plan = ConsumerPlan(bench.kafka, bench.group, (bench.source,), bench.buried, QUICK, commit_seconds=0.2)
    consumer = ReferenceConsumer(plan, NUMBERED, handle, ConsumerMetrics(series or ConsumerSeries(), bench.group))
    stop = threading.Event()
    failure: list[BaseException] = []

    def run() -> None:
        try:
            consumer.run(stop)
        except BaseException as error:  # a thread's failure must fail the test
            failure.append(error)
            raise

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(60)
    assert not thread.is_alive()
    assert failure == []


def test_poison_is_dead_lettered_once_with_its_story_and_the_records_around_it_are_handled(bench: Bench) -> None:
    bench.write([*numbered(range(3)), b"\xff not json", *numbered(range(3, 6))])
    seen: list[int] = []
    series = ConsumerSeries()
    with consuming(bench, lambda value: seen.append(value["n"]), series):
        eventually(lambda: bench.committed() == 7, "all seven records committed")

    assert seen == [0, 1, 2, 3, 4, 5]
    (buried,) = bench.read(bench.buried)
    assert (buried.key(), buried.value()) == (b"key", b"\xff not json")
    headers = dict(buried.headers() or [])
    assert headers["trace"] == b"abc"
    assert headers["dlq.topic"] == bench.source.encode()
    assert (headers["dlq.partition"], headers["dlq.offset"], headers["dlq.attempts"]) == (b"0", b"3", b"1")
    assert headers["dlq.group"] == bench.group.encode()
    assert headers["dlq.error.class"] == b"Rejected"
    labels = {"group": bench.group, "topic": bench.source}
    assert series.registry.get_sample_value("consumer_records_total", {**labels, "outcome": "handled"}) == 6
    assert series.registry.get_sample_value("consumer_records_total", {**labels, "outcome": "dead_lettered"}) == 1


def test_a_passing_failure_is_retried_after_growing_pauses_in_order_and_dead_letters_nothing(bench: Bench) -> None:
    bench.write(numbered(range(50)))
    bench.write(numbered(range(100, 110)), partition=1)
    tried: list[tuple[float, int]] = []
    handled: list[int] = []

    def handle(value: Any) -> None:
        tried.append((time.monotonic(), value["n"]))
        if value["n"] == 20 and [n for _, n in tried].count(20) < 3:
            raise ConnectionError("the ledger does not answer")
        handled.append(value["n"])

    with consuming(bench, handle):
        eventually(lambda: (bench.committed(0), bench.committed(1)) == (50, 10), "both partitions committed")

    assert [n for n in handled if n < 100] == list(range(50))
    assert [n for n in handled if n >= 100] == list(range(100, 110))
    tries = [at for at, n in tried if n == 20]
    assert len(tries) == 3
    # 0.2 s, then 0.4 s, each at least by half.
    assert tries[1] - tries[0] >= 0.1
    assert tries[2] - tries[1] >= 0.2
    assert bench.read(bench.buried) == []


def test_a_record_that_keeps_failing_is_given_up_after_its_attempts(bench: Bench) -> None:
    bench.write(numbered(range(3)))
    tries: list[int] = []

    def handle(value: Any) -> None:
        tries.append(value["n"])
        if value["n"] == 1:
            raise KeyError("customer")

    with consuming(bench, handle):
        eventually(lambda: bench.committed() == 3, "all three committed")

    assert tries == [0, 1, 1, 1, 2]
    (buried,) = bench.read(bench.buried)
    headers = dict(buried.headers() or [])
    assert (headers["dlq.error.class"], headers["dlq.attempts"]) == (b"KeyError", b"3")


def test_what_is_away_for_longer_than_all_attempts_costs_time_and_no_record(bench: Bench) -> None:
    bench.write(numbered(range(2)))
    tries: list[int] = []

    def handle(value: Any) -> None:
        tries.append(value["n"])
        if value["n"] == 0 and len(tries) <= 5:
            raise Unavailable("the registry is away")

    with consuming(bench, handle):
        eventually(lambda: bench.committed() == 2, "both committed")

    assert tries == [0, 0, 0, 0, 0, 0, 1]
    assert bench.read(bench.buried) == []


def test_a_group_whose_retry_waits_keeps_its_other_partition_going(bench: Bench) -> None:
    bench.write(numbered(range(1)))
    bench.write(numbered(range(100, 103)), partition=1)
    gate = threading.Event()
    handled: list[int] = []

    def handle(value: Any) -> None:
        if value["n"] == 0 and not gate.is_set():
            raise Unavailable("closed")
        handled.append(value["n"])

    with consuming(bench, handle):
        eventually(lambda: bench.committed(1) == 3, "the healthy partition committed")
        assert handled == [100, 101, 102]
        assert bench.committed(0) is None
        gate.set()
        eventually(lambda: bench.committed(0) == 1, "the failed partition committed in the end")


def test_a_consumer_killed_in_the_middle_loses_nothing(bench: Bench, tmp_path: Path) -> None:
    total = 400
    bench.write(numbered(range(total)))
    diary = tmp_path / "handled.txt"
    killed = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("killable.py")), *_where(bench), str(diary)],
        env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
    )
    try:
        eventually(lambda: diary.exists() and len(diary.read_text().split()) >= 100, "a hundred handled")
    finally:
        killed.kill()
        killed.wait(30)
    before = [int(n) for n in diary.read_text().split()]
    assert len(before) < total

    after: list[int] = []
    with consuming(bench, lambda value: after.append(value["n"])):
        eventually(lambda: bench.committed() == total, "the rest committed")

    assert set(before) | set(after) == set(range(total))
    assert after == list(range(after[0], total)), "the second consumer goes on without a gap"
    assert after[0] <= len(before), "it starts at or before where the first one was killed"


def _where(bench: Bench) -> list[str]:
    return [bench.bootstrap, bench.group, bench.source, bench.buried]
