"""Replica lag from what each copy says of its own end."""

from __future__ import annotations

from data.canary.replicas import lags


def test_a_copy_lacks_what_its_leader_has_beyond_its_own_end() -> None:
    ends = {(1, 0): 100, (2, 0): 90, (3, 0): 100, (2, 1): 7, (3, 1): 5}
    assert lags(ends, {0: 1, 1: 2}) == {(1, 0): 0, (2, 0): 10, (3, 0): 0, (2, 1): 0, (3, 1): 2}


def test_without_the_leaders_answer_nothing_is_known() -> None:
    assert lags({(2, 0): 90, (3, 0): 95}, {0: 1}) == {}
    assert lags({(2, 0): 90}, {0: None}) == {}


def test_a_copy_that_did_not_answer_has_no_lag_and_one_that_was_asked_later_is_not_ahead() -> None:
    assert lags({(1, 0): 100, (2, 0): 101}, {0: 1}) == {(1, 0): 0, (2, 0): 0}
