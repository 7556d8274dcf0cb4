"""kill −9 in the middle of a write: nothing acknowledged is lost, nothing half-written is left."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psutil
import pytest

from data.store import Store, open_store
from data.store.maintenance import check
from data.store.read import FactKind
from tests.integration.store.writing_child import CLUSTER, SLI, TOPICS

ROOT = Path(__file__).parents[3]


@pytest.fixture(params=("sqlite", "postgresql"))
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/store.sqlite"
    found: str = request.getfixturevalue("postgres_url")
    return found


@dataclass(frozen=True)
class Killed:
    """What a child said before it was killed: its lease, the last write it began, the last that was acknowledged."""

    token: int
    began: int
    acknowledged: int


def run_and_kill(url: str, first: int, rng: random.Random) -> Killed:
    """Start a writer, let it write a little, kill it between `writing N` and `written N`."""
    command = [sys.executable, "-m", "tests.integration.store.writing_child", url, str(first)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as child:
        assert child.stdout is not None
        lines = spoken(child.stdout)
        token = int(next(lines).removeprefix("lease "))
        took = measure(lines, 2 + rng.randrange(3))
        began = int(next(line for line in lines if line.startswith("writing ")).split()[1])
        time.sleep(rng.uniform(0.0, 0.95) * took)  # the aim: somewhere inside a write, whose length was just measured
        child.send_signal(signal.SIGKILL)
        rest = [int(line.split()[1]) for line in lines if line.startswith("written ")]
        assert child.wait(30) == -signal.SIGKILL
    assert not psutil.pid_exists(child.pid)
    return Killed(token, began, max([began - 1, *rest]))


def spoken(stream: Iterator[str]) -> Iterator[str]:
    """The child's lines, without their ends; a last line that was cut off is none."""
    return (line.rstrip("\n") for line in stream if line.endswith("\n"))


def measure(lines: Iterator[str], writes: int) -> float:
    """Let the child make some writes; seconds that the last one took."""
    started = time.monotonic()
    for line in lines:
        if line.startswith("writing "):
            started = time.monotonic()
        elif line.startswith("written "):
            writes -= 1
            if not writes:
                return time.monotonic() - started
    pytest.fail("the child ended by itself")


def kill_often(url: str, times: int) -> None:
    """Kill a writer so many times, each time looking at everything that it left."""
    rng = random.Random(20261120)
    first, token, in_the_middle = 1, 0, 0
    for _ in range(times):
        killed = run_and_kill(url, first, rng)
        assert killed.token > token, "the lease of a killed collector is taken over at once"
        store = open_store(url)
        assert check(store) == []
        last = last_written(store)
        assert killed.acknowledged <= last <= killed.acknowledged + 1
        assert_every_write_is_there(store, last)
        store.close()
        in_the_middle += killed.acknowledged < killed.began
        first, token = last + 1, killed.token
    assert in_the_middle >= times // 2, f"only {in_the_middle} of {times} kills hit a write"


def last_written(store: Store) -> int:
    """The number of the newest write that counts in full; a kill between its two transactions leaves only the first."""
    return max(
        int(day.values.max()) for day in store.read.slice_days(SLI.hash, CLUSTER, date(1970, 1, 1), date(1980, 1, 1))
    )


def assert_every_write_is_there(store: Store, last: int) -> None:
    """Every write up to `last` left its minute, and the newest estate is one write's and not a mixture."""
    days = store.read.slice_days(SLI.hash, CLUSTER, date(1970, 1, 1), date(1980, 1, 1))
    counted = sorted(int(value) for day in days for value in day.values if value)
    assert counted == list(range(1, last + 1))
    topics = store.read.topics(CLUSTER)
    assert len(topics) == TOPICS
    (newest,) = {row.end_offset_sum for row in topics}
    assert newest in (last, last + 1)
    assert len({row.seen.last_seen for row in topics}) == 1
    intervals = store.read.history(FactKind.TOPIC, CLUSTER, "topic-1")
    assert len(intervals) == newest, "every write changed this topic"


def test_five_kills_in_the_middle_of_a_write_lose_nothing(url: str) -> None:
    kill_often(url, 5)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_fifty_kills_in_the_middle_of_a_write_lose_nothing(url: str) -> None:
    kill_often(url, 50)
