"""Acknowledged records that are cut out of every copy lower the durability budget by exactly as many."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from stack.plan import BROKER_COUNT, broker_name
from stack.state import CANARY_TOPIC, StackState, load_state
from tests.integration.canary.running import Running
from tests.integration.live.falling import fallen, next_edge
from tests.integration.live.product import Product, eventually, last_edge
from tests.integration.stack.asking import fault

CUT_RECORDS = 5

BATCH_HEAD = struct.Struct(">qi")
"""Base offset of a record batch, and its length in bytes after these two."""


@pytest.mark.long
@pytest.mark.fault(order=69)
@pytest.mark.timeout(1800)
def test_exactly_the_records_that_are_cut_out_of_every_copy_are_lost(
    watching: Running, product: Product, stack: StackState
) -> None:
    watching.has_written(30)
    lost_before = watching.total("canary_lost_total")
    start = last_edge()
    fault(stack, "kafka", "stop")
    try:
        cut_the_last_records(stack)
    finally:
        fault(stack, "heal")
    eventually(lambda: watching.total("canary_lost_total") > lost_before, "the canary should miss what was cut out")
    watching.has_written(30)
    next_edge()
    end = next_edge()

    lost, written = fallen(product, "data-durability", start, end)
    assert lost == CUT_RECORDS
    assert written > CUT_RECORDS


def cut_the_last_records(stack: StackState) -> None:
    """Take the last records of the canary's first partition out of all stopped brokers' logs, as lying disks would.

    The canary writes one record a batch. The indices go too, so that the brokers build them from what is left.
    """
    homes = [load_state(stack.directory).directory / broker_name(node) for node in range(1, BROKER_COUNT + 1)]
    logs = [max((home / "data" / f"{CANARY_TOPIC}-0").glob("*.log")) for home in homes]
    first_lost = max(offset for log in logs for offset, _ in batches(log)) + 1 - CUT_RECORDS
    for log in logs:
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
