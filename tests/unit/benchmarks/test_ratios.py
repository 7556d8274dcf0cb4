"""The arithmetic and the turns of the benchmarks; no test asserts how long something took."""

from __future__ import annotations

import pytest

from benchmarks.ratios import Ratio, compare


def test_the_median_round_decides_and_not_the_disturbed_one() -> None:
    ratio = Ratio("collection against raw calls", ((12.0, 10.0), (30.0, 10.0), (11.0, 10.0)), goal=1.3)
    assert ratio.multiples == [1.1, 1.2, 3.0]
    assert ratio.middle == 1.2
    assert ratio.reached


def test_the_line_names_the_ratio_its_range_its_goal_and_what_was_measured() -> None:
    ratio = Ratio("lag against the console tool", ((9.0, 27.0), (6.0, 24.0), (5.0, 25.0)), goal=0.2)
    assert str(ratio) == (
        "ratio  lag against the console tool  0.25  (0.20 to 0.33)  goal <= 0.20  missed  [6 s against 25 s]"
    )


def test_subject_and_peer_take_turns(capsys: pytest.CaptureFixture[str]) -> None:
    turns: list[str] = []
    ratio = compare("a against b", lambda: turns.append("a"), lambda: turns.append("b"), goal=100.0, rounds=3)
    assert turns == ["a", "b", "a", "b", "a", "b"]
    assert len(ratio.costs) == 3
    assert capsys.readouterr().out == f"{ratio}\n"
