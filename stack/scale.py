"""`python -m stack scale`: thousands of topics and groups, for measuring whoever has to look at them all.

Topics have one replica: three would need more memory-mapped files than a Linux process is given by default.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from confluent_kafka import KafkaError, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from rich.console import Console

from stack.cluster import admin_client
from stack.state import DIRECTORY_VARIABLE, KafkaAccess, Options, StackError, StackState, load_state, stack_directory
from stack.workload.batches import TIMEOUT, commit_for_groups, settle
from stack.workload.committed import committed_offsets
from stack.workload.propagation import await_topic, every_broker

TOPICS_PER_BATCH = 100
"""A larger batch makes one record of the controller's log too large; a smaller one costs a round trip more."""

GROUPS_PER_BATCH = 200
PATIENCE = 240.0
"""Seconds until every broker should know of all topics: the slowest one is asked as well, and it may lag far behind."""

ALREADY_THERE = frozenset({KafkaError.TOPIC_ALREADY_EXISTS})
"""What the controller answers when the broker that listed the topics had not heard of all of them yet."""

LARGE = 2_000
"""Topics from which on brokers need more than the everyday heap, and scrapes more time."""

Progress = Callable[[str], None]
Item = TypeVar("Item")

app = typer.Typer(help="Fill the cluster with thousands of topics and groups, for benchmarks.", add_completion=False)


@dataclass(frozen=True, slots=True)
class Size:
    """How much to make. offsets: committed ones in each group; partitions: of each topic."""

    topics: int = 5_000
    partitions: int = 10
    groups: int = 1_000
    offsets: int = 50
    prefix: str = "scale"

    def topic(self, number: int) -> str:
        """The name of a topic, by the convention of domains."""
        return f"{self.prefix}.events.stream-{number:05d}.v1"

    def group(self, number: int) -> str:
        """The name of a group."""
        return f"{self.prefix}-reader-{number:05d}"

    def places(self, group: int) -> list[TopicPartition]:
        """Where a group has offsets: whole topics in a row, from its own place on, around the end if need be."""
        first = group * self.offsets // self.partitions
        return [
            TopicPartition(self.topic((first + index // self.partitions) % self.topics), index % self.partitions, 0)
            for index in range(self.offsets)
        ]


FULL = Size()
"""What the platform is to be measured at."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What was read back afterwards, and how long everything took in seconds."""

    topics: int
    partitions: int
    groups: int
    offsets: int
    seconds: float


def fill(state: StackState, size: Size, progress: Progress) -> Counts:
    """Make what is missing of that size and read it back. BatchError names what Kafka refused.

    Raises StackError when the brokers were not started for it, or when less is read back than was made.
    """
    _check_room(state.options, size)
    started = time.monotonic()
    admin = admin_client(state.kafka)
    _create_topics(state.kafka, admin, size, progress)
    _commit_offsets(admin, size, progress)
    counts = _read_back(state.kafka, admin, size, started)
    wanted = (size.topics, size.topics * size.partitions, size.groups, size.groups * size.offsets)
    found = (counts.topics, counts.partitions, counts.groups, counts.offsets)
    if any(have < need for have, need in zip(found, wanted, strict=True)):  # a run of another size may have left more
        raise StackError(f"Read back {found} topics, partitions, groups and offsets instead of {wanted}. Run it again.")
    return counts


def _check_room(options: Options, size: Size) -> None:
    if size.topics >= LARGE and options.broker_heap == Options().broker_heap:
        raise StackError(
            f"{size.topics} topics need brokers with more heap than {options.broker_heap}, and slower scrapes. "
            "Start the stack with `python -m stack up --broker-heap 2g --scrape-interval 15`."
        )


def _create_topics(kafka: KafkaAccess, admin: AdminClient, size: Size, progress: Progress) -> None:
    """Create what is missing, no faster than the slowest broker takes it in.

    The controller answers long before every broker has made its partitions; one that is left far behind misses its
    heartbeats, is fenced, and everything it leads moves.
    """
    brokers = every_broker(kafka)
    existing = admin.list_topics(timeout=TIMEOUT).topics
    missing = [name for name in map(size.topic, range(size.topics)) if name not in existing]
    config = {"min.insync.replicas": "1"}
    done = size.topics - len(missing)
    before: str | None = None
    for batch in _batches(missing, TOPICS_PER_BATCH):
        topics = [NewTopic(name, size.partitions, 1, config=config) for name in batch]
        asked = admin.create_topics(topics, operation_timeout=TIMEOUT, request_timeout=TIMEOUT)
        settle(asked, "Creating topics", fine=ALREADY_THERE)
        if before is not None:  # One batch ahead of the brokers, so that neither side waits for the other.
            await_topic(brokers, before, PATIENCE)
        before = batch[-1]
        done += len(batch)
        if done % 1_000 == 0 or done == size.topics:
            progress(f"{done} of {size.topics} topics")
    if before is not None:
        await_topic(brokers, before, PATIENCE)


def _commit_offsets(admin: AdminClient, size: Size, progress: Progress) -> None:
    for batch in _batches(range(size.groups), GROUPS_PER_BATCH):
        commit_for_groups(admin, {size.group(number): size.places(number) for number in batch}, PATIENCE)
        progress(f"{batch[-1] + 1} of {size.groups} groups with {size.offsets} offsets each")


def _read_back(kafka: KafkaAccess, admin: AdminClient, size: Size, started: float) -> Counts:
    topics = admin.list_topics(timeout=TIMEOUT).topics
    partitions = [len(topics[name].partitions) for name in map(size.topic, range(size.topics)) if name in topics]
    listed = admin.list_consumer_groups(request_timeout=TIMEOUT).result(timeout=TIMEOUT)
    if listed.errors:
        raise StackError(f"Listing groups: a broker refused with {listed.errors[0]}. Run it again.")
    names = {group.group_id for group in listed.valid} & {size.group(number) for number in range(size.groups)}
    offsets = 0
    for batch in _batches(sorted(names), GROUPS_PER_BATCH):
        offsets += sum(map(len, committed_offsets(kafka.admin_bootstrap, batch, PATIENCE).values()))
    return Counts(len(partitions), sum(partitions), len(names), offsets, time.monotonic() - started)


def _batches(items: Sequence[Item], size: int) -> Iterator[list[Item]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


@app.command()
def scale(
    directory: Annotated[
        Path | None,
        typer.Option("--dir", envvar=DIRECTORY_VARIABLE, help="The stack's directory; .stack here when left out."),
    ] = None,
    topics: Annotated[int, typer.Option(min=1)] = FULL.topics,
    partitions: Annotated[int, typer.Option(min=1, help="Of each topic.")] = FULL.partitions,
    groups: Annotated[int, typer.Option(min=0)] = FULL.groups,
    offsets: Annotated[int, typer.Option(min=1, help="Committed ones in each group.")] = FULL.offsets,
) -> None:
    """Make topics with one replica, and groups with committed offsets; what exists already stays."""
    say = Console(stderr=True, highlight=False).print
    counts = fill(load_state(stack_directory(directory)), Size(topics, partitions, groups, offsets), say)
    typer.echo(
        f"{counts.topics} topics, {counts.partitions} partitions, {counts.groups} groups, "
        f"{counts.offsets} offsets read back after {counts.seconds:.0f} s"
    )
