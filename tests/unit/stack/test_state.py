"""state.json: what is written is what is read, in one step, and a wrong document says what to do."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from stack.plan import plan
from stack.state import (
    DIRECTORY_VARIABLE,
    Options,
    Part,
    PartName,
    PartState,
    StackError,
    StackState,
    load_state,
    save_state,
    stack_directory,
    write_in_one_step,
)


@pytest.fixture
def state(tmp_path: Path) -> StackState:
    return plan(tmp_path, Options(clusters=2), None, None, frozenset())


def test_a_saved_stack_is_loaded_as_it_was(state: StackState) -> None:
    save_state(state)
    assert load_state(state.directory) == state


def test_the_file_names_what_the_command_line_promises(state: StackState) -> None:
    save_state(state)
    document = json.loads((state.directory / "state.json").read_text())
    assert document["kafka"]["admin_bootstrap"].count("127.0.0.1:") == 3
    assert set(document["parts"][0]) == {"name", "state", "pid", "ports", "log"}


def test_without_a_stack_the_error_says_how_to_start_one(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="python -m stack up"):
        load_state(tmp_path)


def test_a_file_of_another_version_is_refused(state: StackState) -> None:
    save_state(state)
    path = state.directory / "state.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 99}))
    with pytest.raises(StackError, match="format 99"):
        load_state(state.directory)


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 1}'])
def test_a_damaged_file_is_answered_with_the_way_out(tmp_path: Path, text: str) -> None:
    (tmp_path / "state.json").write_text(text)
    with pytest.raises(StackError, match="down --purge"):
        load_state(tmp_path)


def test_an_interrupted_write_leaves_the_old_text(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(UnicodeEncodeError):
        write_in_one_step(path, "new \ud800")
    assert path.read_text() == "old"


def test_a_file_of_passwords_is_the_owners_alone(tmp_path: Path) -> None:
    write_in_one_step(tmp_path / "secret", "x", mode=0o600)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600


def test_a_changed_part_keeps_its_place_and_a_new_one_comes_last(state: StackState) -> None:
    first = replace(state.parts[0], pid=7)
    workload = Part(PartName("workload"), PartState.RUNNING, 8, {}, state.directory / "x.log")
    changed = state.with_parts([workload, first])
    assert changed.parts[0] == first
    assert changed.parts[-1] == workload
    assert len(changed.parts) == len(state.parts) + 1


def test_an_unknown_part_is_answered_with_the_known_ones(state: StackState) -> None:
    with pytest.raises(StackError, match=r"broker-1.*mirror-maker"):
        state.part("broker-9")


def test_the_directory_is_chosen_by_option_then_environment_then_here(tmp_path: Path) -> None:
    environment = {DIRECTORY_VARIABLE: str(tmp_path / "named")}
    assert stack_directory(tmp_path / "given", environment) == tmp_path / "given"
    assert stack_directory(None, environment) == tmp_path / "named"
    assert stack_directory(None, {}) == Path.cwd() / ".stack"
