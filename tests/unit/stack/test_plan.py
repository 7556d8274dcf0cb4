"""What `up` decides before it starts anything: parts, ports, identities."""

from __future__ import annotations

import socket
from dataclasses import replace
from pathlib import Path

import pytest

from stack.lifecycle import Request
from stack.plan import plan
from stack.ports import HOST, free_ports
from stack.state import Options, Part, PartName, PartState, StackError, StackState

ONE, TWO = Options(), Options(clusters=2)
NOBODY: frozenset[PartName] = frozenset()


@pytest.fixture
def first(tmp_path: Path) -> StackState:
    return plan(tmp_path, ONE, None, None, NOBODY)


def _ports(state: StackState) -> list[int]:
    return [port for part in state.parts for port in part.ports.values()]


def test_the_default_stack_has_three_brokers_and_what_watches_them(first: StackState) -> None:
    assert [part.name for part in first.parts] == [
        "broker-1",
        "broker-2",
        "broker-3",
        "registry",
        "connect",
        "prometheus",
        "alertmanager",
        "lag-exporter",
    ]
    assert first.dr is None
    assert len(set(_ports(first))) == 20


def test_a_base_hands_out_ports_in_a_row(tmp_path: Path) -> None:
    base = free_ports(20, None)[0]
    state = plan(tmp_path, ONE, base, None, NOBODY)
    assert _ports(state) == list(range(base, base + 20))
    assert state.kafka.bootstrap == f"{HOST}:{base},{HOST}:{base + 4},{HOST}:{base + 8}"
    assert state.kafka.admin_bootstrap == f"{HOST}:{base + 1},{HOST}:{base + 5},{HOST}:{base + 9}"
    assert state.registry_url == f"http://{HOST}:{base + 12}/apis/ccompat/v7"


def test_an_old_stack_comes_back_as_it_was(first: StackState) -> None:
    assert plan(first.directory, ONE, None, first, NOBODY) == first


def test_only_a_port_that_was_taken_meanwhile_changes(first: StackState) -> None:
    with socket.socket() as stranger:
        stranger.bind((HOST, first.part("registry").ports["http"]))
        stranger.listen()
        again = plan(first.directory, ONE, None, first, NOBODY)
    changed = {one.name for one, other in zip(first.parts, again.parts, strict=True) if one != other}
    assert changed == {"registry"}
    assert again.part("registry").ports["management"] == first.part("registry").ports["management"]
    assert again.kafka == first.kafka


def test_a_part_that_runs_keeps_its_port_pid_and_state(first: StackState) -> None:
    prometheus = replace(first.part("prometheus"), pid=4711, state=PartState.RUNNING)
    with socket.socket() as itself:
        itself.bind((HOST, prometheus.ports["http"]))
        itself.listen()
        again = plan(first.directory, ONE, None, first.with_parts([prometheus]), frozenset({prometheus.name}))
    assert again.part("prometheus") == prometheus


def test_a_second_cluster_is_added_beside_the_first(first: StackState) -> None:
    both = plan(first.directory, TWO, None, first, NOBODY)
    assert both.kafka == first.kafka
    assert both.dr is not None
    assert both.dr.cluster_id != both.kafka.cluster_id
    assert [part.name for part in both.parts[8:]] == ["dr-broker-1", "mirror-maker"]
    assert plan(first.directory, TWO, None, both, NOBODY).dr == both.dr


def test_parts_that_others_added_stay(first: StackState) -> None:
    workload = Part(PartName("workload"), PartState.STOPPED, None, {"metrics": 9}, first.directory / "w.log")
    assert plan(first.directory, ONE, None, first.with_parts([workload]), NOBODY).part("workload") == workload


def test_what_is_not_asked_for_stays_as_it_was() -> None:
    old = Options(clusters=2, scrape_interval=15, broker_heap="2g")
    assert Request().over(old) == old
    assert Request(scrape_interval=2).over(old) == replace(old, scrape_interval=2)


def test_a_recovery_site_is_not_taken_away_by_an_option() -> None:
    with pytest.raises(StackError, match="down --purge"):
        Request(clusters=1).over(TWO)
