"""Acknowledged records that are cut out of every copy lower the durability budget by exactly as many."""

from __future__ import annotations

import os
import signal
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stack.plan import BROKER_COUNT, broker_name
from stack.state import CANARY_TOPIC, StackState, load_state
from tests.integration.canary.running import Running
from tests.integration.live.falling import fallen, next_edge
from tests.integration.live.product import Product, last_edge
from tests.integration.stack.asking import fault
from tests.waiting import PATIENCE, eventually

CUT_RECORDS = 5

BATCH_HEAD = struct.Struct(">qi")
"""Base offset of a record batch, and its length in bytes after these two."""
BATCH_TIME, BATCH_TIME_AT = struct.Struct(">q"), 35
"""The batch's greatest timestamp in milliseconds, and where it stands (record batch format 2)."""

ANSWERED_IN = 0.3
"""Seconds after which what was written was answered."""


@pytest.mark.long
@pytest.mark.fault(order=69)
@pytest.mark.timeout(1800)
def test_exactly_the_records_that_are_cut_out_of_every_copy_are_lost(
    watching: Running, product: Product, stack: StackState
) -> None:
    watching.has_written(30)
    lost_before = watching.total("canary_lost_total")
    start = last_edge()
    try:
        with all_answered(watching, stack):
            fault(stack, "kafka", "stop")
            cut_the_last_records(stack)
    finally:
        # The canary's attempts time out meanwhile; brokers that come back may write them, where records were cut out.
        fault(stack, "heal")
    eventually(lambda: watching.total("canary_lost_total") > lost_before, "the canary should miss what was cut out")
    watching.has_written(30)
    next_edge()
    end = next_edge()

    lost, written = fallen(product, "data-durability", start, end)
    assert lost == CUT_RECORDS
    assert written > CUT_RECORDS


@contextmanager
def all_answered(watching: Running, stack: StackState) -> Iterator[None]:
    """The canary stands still at a moment at which every record that it has sent was answered long ago.

    Otherwise the last record of the log may be one that nobody was promised.
    """
    deadline = time.monotonic() + PATIENCE
    while True:
        os.kill(watching.process.pid, signal.SIGSTOP)
        written = max(newest(log) for log in logs(stack))
        if time.time() - written > ANSWERED_IN:
            break
        os.kill(watching.process.pid, signal.SIGCONT)
        assert time.monotonic() < deadline, "the canary should be between two records"
        time.sleep(0.01)  # another moment of its half second
    try:
        yield
    finally:
        os.kill(watching.process.pid, signal.SIGCONT)


def newest(log: Path) -> float:
    """When the last record batch of a log segment was written, seconds since the epoch (its broker's clock)."""
    *_, (_, at) = batches(log)
    (milliseconds,) = BATCH_TIME.unpack_from(log.read_bytes(), at + BATCH_TIME_AT)
    return float(milliseconds) / 1000


def logs(stack: StackState) -> list[Path]:
    """The newest segment of the canary's first partition on each broker."""
    homes = [load_state(stack.directory).directory / broker_name(node) for node in range(1, BROKER_COUNT + 1)]
    return [max((home / "data" / f"{CANARY_TOPIC}-0").glob("*.log")) for home in homes]


def cut_the_last_records(stack: StackState) -> None:
    """Take the last records of the canary's first partition out of all stopped brokers' logs, as lying disks would.

    The canary writes one record a batch. The indices go too, so that the brokers build them from what is left.
    """
    first_lost = max(offset for log in logs(stack) for offset, _ in batches(log)) + 1 - CUT_RECORDS
    for log in logs(stack):
        os.truncate(log, next(at for offset, at in batches(log) if offset >= first_lost))
        for pattern in ("*.index", "*.timeindex", "*.snapshot"):
            for file in log.parent.glob(pattern):
                file.unlink()
        (log.parents[1] / ".kafka_cleanshutdown").unlink(missing_ok=True)


def batches(segment: Path) -> list[tuple[int, int]]:
    """Offset of each record batch of a log segment, and where it begins, in bytes."""
    found, data, at = [], segment.read_bytes(), 0
    while at + BATCH_HEAD.size <= len(data):
        offset, length = BATCH_HEAD.unpack_from(data, at)
        if not length:
            break
        found.append((offset, at))
        at += BATCH_HEAD.size + length
    return found
