"""`down` works on what runs, whatever the files say."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from stack.lifecycle import down, locked
from stack.processes import Program, living, spawn
from stack.state import PartName


@pytest.mark.parametrize("state", [None, "{", '{"format": 99}'])
@pytest.mark.parametrize("purge", [False, True])
def test_an_orphan_is_ended_whatever_state_json_says(tmp_path: Path, state: str | None, purge: bool) -> None:
    stack = tmp_path / "stack"
    stack.mkdir()
    if state is not None:
        (stack / "state.json").write_text(state)
    spawn(
        stack,
        Program(PartName("orphan"), [sys.executable, "-c", "import time; time.sleep(600)"], stack, {}),
        stack / "l",
    )
    assert down(stack, purge, lambda _line: None) is None
    assert living(stack) == {}
    assert stack.exists() is not purge


def test_a_purge_that_was_cut_short_is_finished_by_the_next(tmp_path: Path) -> None:
    stack = tmp_path / "stack"
    (tmp_path / "stack.purged" / "broker-1").mkdir(parents=True)
    stack.mkdir()
    down(stack, purge=True, progress=lambda _line: None)
    assert list(tmp_path.iterdir()) == []


def test_whoever_waited_for_the_lock_of_a_purged_stack_gets_a_new_one(tmp_path: Path) -> None:
    stack = tmp_path / "stack"
    with locked(stack):
        stack.rename(tmp_path / "purged")
    with locked(stack):
        assert (stack / "lock").exists()
