"""The real brokers to measure on: started and filled for one run, or kept running by whoever repeats it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from confluent_kafka import Producer

from stack.cluster import admin_client
from stack.scale import FULL, Size
from stack.state import DIRECTORY_VARIABLE, StackState, load_state

ROOT = Path(__file__).parents[1]

KEPT_VARIABLE = "STREAMGAUGE_STACK_BENCH"
"""Names the directory of a running stack, filled or not, to measure on instead of starting one."""

WRITTEN_TOPICS = 200
"""Topics that get records: a first record to all 5 000 would take longer than any benchmark."""


@contextmanager
def filled_platform(size: Size = FULL) -> Iterator[StackState]:
    """A stack with that many topics and groups, some of them with records; taken down afterwards if it was started."""
    kept = os.environ.get(KEPT_VARIABLE)
    if kept:
        yield _filled(Path(kept), size)
        return
    with tempfile.TemporaryDirectory(prefix="bench-stack-", ignore_cleanup_errors=True) as folder:
        directory = Path(folder) / "stack"
        try:
            stack_command(directory, "up", "--broker-heap", "2g", "--scrape-interval", "15")
            yield _filled(directory, size)
        finally:
            stack_command(directory, "down", "--purge")


def records_of(size: Size, topic: int, partition: int) -> int:
    """How many records a partition gets, so that the sums of offsets and lag can be told beforehand."""
    return 1 + (topic + partition) % 3 if topic < min(WRITTEN_TOPICS, size.topics) else 0


def _filled(directory: Path, size: Size) -> StackState:
    stack_command(
        directory, "scale", "--topics", str(size.topics), "--partitions", str(size.partitions),
        "--groups", str(size.groups), "--offsets", str(size.offsets),
    )  # fmt: skip
    state = load_state(directory)
    _write_records(state, size)
    return state


def _write_records(state: StackState, size: Size) -> None:
    """Write what is missing of `records_of`; a topic whose first partition has records was written before."""
    known = admin_client(state.kafka).list_topics(timeout=60).topics
    producer = Producer({"bootstrap.servers": state.kafka.admin_bootstrap, "log_level": 0, "linger.ms": 20})
    refused: list[str] = []

    def delivered(error: object, _: object) -> None:
        if error is not None:
            refused.append(str(error))

    mark = _mark(state)
    if mark.exists():
        return
    for topic in range(min(WRITTEN_TOPICS, size.topics)):
        assert size.topic(topic) in known
        for partition in range(size.partitions):
            for _ in range(records_of(size, topic, partition)):
                producer.produce(size.topic(topic), b"{}", partition=partition, on_delivery=delivered)
    left = producer.flush(120)
    if left or refused:
        raise RuntimeError(f"{left + len(refused)} records were not written: {refused[:1]}. Run it again.")
    mark.touch()


def _mark(state: StackState) -> Path:
    """The file that says that the records are written: writing them twice would change the sums."""
    return state.directory / "records-written"


def stack_command(directory: Path, *arguments: str) -> None:
    """Run `python -m stack` on that directory. Raises RuntimeError with its own words."""
    done = subprocess.run(
        [sys.executable, "-m", "stack", *arguments],
        cwd=ROOT,
        env=os.environ | {DIRECTORY_VARIABLE: str(directory)},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"`python -m stack {' '.join(arguments)}` ended with {done.returncode}.")
