"""Launchers that are killed at the worst moment, and what `down` leaves: nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic, OffsetSpec

from stack.connect import TOPIC, source_file
from stack.state import DIRECTORY_VARIABLE, StackState, load_state
from tests.integration.stack.asking import processes_of, query, stack_command, status
from tests.waiting import eventually


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    """A directory whose stack is purged after the test."""
    yield tmp_path / "stack"
    stack_command(tmp_path / "stack", "down", "--purge")
    assert processes_of(tmp_path / "stack") == []


def _launcher(directory: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "stack", "up"],
        env=os.environ | {DIRECTORY_VARIABLE: str(directory)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=_hear_ctrl_c,
    )


def _hear_ctrl_c() -> None:
    """A test run in the background has Ctrl-C ignored, and its children would inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _java_of(directory: Path, main: str) -> list[int]:
    """Pids of the stack's Java processes with that main class."""
    return [
        pid
        for pid in processes_of(directory)
        if main.encode() in (Path("/proc") / str(pid) / "cmdline").read_bytes().split(b"\0")
    ]


@pytest.mark.parametrize("moment", ["kafka.tools.StorageTool", "kafka.Kafka"])
def test_down_clears_up_after_a_killed_launcher(directory: Path, moment: str) -> None:
    with _launcher(directory) as launcher:
        eventually(lambda: _java_of(directory, moment), f"{moment} should run")
        launcher.kill()
    done = stack_command(directory, "down")
    assert done.returncode == 0, done.stderr
    assert processes_of(directory) == []
    assert {part.pid for part in load_state(directory).parts} == {None}


def test_ctrl_c_takes_back_what_was_started(directory: Path) -> None:
    with _launcher(directory) as launcher:
        eventually(lambda: _java_of(directory, "kafka.Kafka"), "a broker should have been started")
        launcher.send_signal(signal.SIGINT)
    assert launcher.returncode == 130
    assert processes_of(directory) == []


def test_down_where_nothing_ever_was_is_no_error(directory: Path) -> None:
    assert stack_command(directory, "down").returncode == 0
    assert not directory.exists()


def test_without_a_stack_the_command_line_says_what_to_do(directory: Path) -> None:
    done = stack_command(directory, "status")
    assert done.returncode == 1
    assert "python -m stack up" in " ".join(done.stderr.split())


@pytest.mark.long
def test_a_stack_cut_short_is_completed_and_continued(directory: Path) -> None:
    with _launcher(directory) as launcher:
        eventually(lambda: _java_of(directory, "kafka.tools.StorageTool"), "formatting should have begun")
        launcher.kill()
    assert stack_command(directory, "up").returncode == 0
    first = load_state(directory)
    admin = AdminClient({"bootstrap.servers": first.kafka.admin_bootstrap})
    admin.create_topics([NewTopic("test.stack.kept", 1)])["test.stack.kept"].result()
    assert stack_command(directory, "down").returncode == 0
    assert processes_of(directory) == []
    done = stack_command(directory, "up", "--json")
    assert done.returncode == 0, done.stderr
    again = load_state(directory)
    assert again.kafka == first.kafka
    topics = AdminClient({"bootstrap.servers": again.kafka.admin_bootstrap}).list_topics(timeout=30).topics
    assert "test.stack.kept" in topics


@pytest.mark.long
def test_a_second_stack_with_a_recovery_site_stands_beside_the_first(stack: StackState, directory: Path) -> None:
    done = stack_command(directory, "up", "--clusters", "2", "--json")
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    state = load_state(directory)
    assert state.dr is not None
    assert {part["name"] for part in document["parts"]} >= {"dr-broker-1", "mirror-maker"}
    assert {labels["cluster"] for labels, _ in query(state, 'up{job="kafka"} == 1')} == {"main", "dr"}
    source_file(state).write_text("one\ntwo\n")
    recovery = AdminClient({"bootstrap.servers": state.dr.admin_bootstrap})
    eventually(lambda: _records(recovery, f"main.{TOPIC}") == 2, "both records should arrive")
    stack_command(directory, "down", "--purge")
    assert processes_of(directory) == []
    assert not directory.exists()
    assert set(status(stack).values()) <= {"running", "stopped"}


def _records(admin: AdminClient, topic: str) -> int:
    """How many records the topic's only partition holds; 0 while it does not exist."""
    partition = TopicPartition(topic, 0)
    try:
        latest = admin.list_offsets({partition: OffsetSpec.latest()})[partition].result()  # type: ignore[no-untyped-call]
    except KafkaException:
        return 0
    return int(latest.offset)
