"""Filling the cluster: small on the shared stack; at full size on a stack of its own, in the long run."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient

from stack.scale import FULL, Size, fill
from stack.state import DIRECTORY_VARIABLE, StackError, StackState, load_state


def test_what_was_made_is_read_back_and_a_second_run_makes_nothing_new(stack: StackState) -> None:
    size = Size(topics=30, partitions=4, groups=5, offsets=24, prefix=f"fill-{uuid.uuid4().hex[:6]}")
    told: list[str] = []
    admin = AdminClient({"bootstrap.servers": stack.kafka.admin_bootstrap})
    try:
        first = fill(stack, size, told.append)
        second = fill(stack, size, told.append)
    finally:
        for deleted in admin.delete_consumer_groups([size.group(n) for n in range(size.groups)]).values():
            deleted.result(timeout=60)
        for gone in admin.delete_topics([size.topic(n) for n in range(size.topics)], operation_timeout=30).values():
            gone.result(timeout=60)
    assert (first.topics, first.partitions, first.groups, first.offsets) == (30, 120, 5, 120)
    assert (second.topics, second.partitions, second.groups, second.offsets) == (30, 120, 5, 120)
    assert "30 of 30 topics" in told
    assert "5 of 5 groups with 24 offsets each" in told


def test_brokers_of_everyday_size_are_not_filled_to_the_brim(stack: StackState) -> None:
    with pytest.raises(StackError, match="up --broker-heap 2g --scrape-interval 15"):
        fill(stack, FULL, lambda _text: None)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_five_thousand_topics_and_a_thousand_groups_are_made_and_read_back(tmp_path: Path) -> None:
    directory = tmp_path / "stack"
    environment = os.environ | {DIRECTORY_VARIABLE: str(directory)}
    up = [sys.executable, "-m", "stack", "up", "--broker-heap", "2g", "--scrape-interval", "15"]
    try:
        subprocess.run(up, env=environment, check=True, timeout=400)
        counts = fill(load_state(directory), FULL, print)
    finally:
        subprocess.run([sys.executable, "-m", "stack", "down", "--purge"], env=environment, check=True, timeout=300)
    assert (counts.topics, counts.partitions, counts.groups, counts.offsets) == (5_000, 50_000, 1_000, 50_000)
    print(f"filled in {counts.seconds:.0f} s")
