"""A collector that is to be killed: writes a known estate as fast as it can, and says what was acknowledged.

Usage: python -m tests.integration.store.writing_child URL FIRST. Before each write it prints `writing N`, after its
commit `written N`; N is the sum that the write gives to every topic's end offsets.
"""

from __future__ import annotations

import itertools
import sys
import time
from datetime import UTC, datetime

import numpy as np

from data.store import open_store
from data.store.clusters import ClusterFacts
from data.store.leases import this_process
from data.store.slices import SliText
from data.store.store import COLLECTOR
from scoring.catalog.estate import (
    ClusterEstate,
    ClusterName,
    Partition,
    Present,
    SourceName,
    Topic,
    TopicName,
)
from scoring.slo.slices import MINUTES_PER_DAY, MinuteState, SliceDay, SliHash

CLUSTER = ClusterName("prod")
TOPICS = 200
SLI = SliText(SliHash("c" * 16), "produce-success", "counts writes")


def main(url: str, first: int) -> None:
    """Write until killed."""
    store = open_store(url)
    store.registry.register(COLLECTOR, [ClusterFacts(CLUSTER, "prod", "eu", (SourceName.KAFKA,))])
    lease = None
    while lease is None:
        lease = store.leases.acquire(CLUSTER, this_process())
        time.sleep(0.01)
    say(f"lease {lease.token}")
    writing = store.collecting(lease)
    for number in itertools.count(first):
        now = datetime.now(UTC)
        say(f"writing {number}")
        writing.observations.append(estate(number, now), now)
        writing.slices.merge(SLI, [minute(number)])
        say(f"written {number}")


def estate(number: int, now: datetime) -> ClusterEstate:
    """Topics of which half changes with every write, and end offsets that add up to `number` each."""
    partitions = tuple(Partition(index, 1 + number % 3, (1,), (1,)) for index in range(2))
    still = tuple(Partition(index, 1, (1,), (1,)) for index in range(2))
    topics = tuple(
        Topic(TopicName(f"topic-{index}"), partitions if index % 2 else still, internal=False)
        for index in range(TOPICS)
    )
    ends = {topic.name: np.array([number, 0], dtype=np.int64) for topic in topics}
    return ClusterEstate(CLUSTER, now, topics=Present(topics, now, "test"), end_offsets=Present(ends, now, "test"))


def minute(number: int) -> SliceDay:
    """One more closed minute, which counted `number` events."""
    values, states = np.zeros(MINUTES_PER_DAY), np.zeros(MINUTES_PER_DAY, dtype=np.uint8)
    place = number % MINUTES_PER_DAY
    values[place], states[place] = number, MinuteState.COVERED
    day = datetime.fromtimestamp(number // MINUTES_PER_DAY * 86_400, UTC).date()
    return SliceDay(SLI.hash, CLUSTER, "", "NONE", day, values, states)


def say(line: str) -> None:
    """One line to whoever reads our output, at once."""
    print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
