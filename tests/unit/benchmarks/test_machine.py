"""The end of a benchmark's output."""

from __future__ import annotations

import os

import pytest

from benchmarks.machine import load_words, verdict
from benchmarks.ratios import Ratio

GOOD = Ratio("collection / raw calls", ((11.0, 10.0),), goal=1.3)
BAD = Ratio("lag / the tool", ((9.0, 27.0),), goal=0.2)


@pytest.fixture
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getloadavg", lambda: (0.5, 0.4, 0.3))
    monkeypatch.setattr(os, "cpu_count", lambda: 2)


@pytest.mark.usefixtures("calm")
def test_what_was_missed_is_named_beside_every_ratio() -> None:
    assert verdict([GOOD, BAD]).splitlines() == [
        "",
        str(GOOD),
        str(BAD),
        "1 of 2 goals missed: lag / the tool  [load 0.5 (15 min: 0.3) on 2 cores]",
    ]


@pytest.mark.usefixtures("calm")
def test_reaching_every_goal_is_said() -> None:
    assert verdict([GOOD]).splitlines()[-1].startswith("every goal reached")


def test_a_busy_machine_is_called_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(os, "getloadavg", lambda: (4.1, 9.0, 9.0))
    assert load_words() == "load 4.1 (15 min: 9.0) on 2 cores: BUSY, measure again when it is calm"
