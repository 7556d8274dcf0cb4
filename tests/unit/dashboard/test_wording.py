"""How ages, durations and counts read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.wording import age, count, duration, instant, moment, plural


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-3, "0 s"), (0, "0 s"), (59, "59 s"), (60, "1 min"), (3599, "59 min"), (7200, "2 h"), (200_000, "2 d")],
)
def test_an_age_is_told_in_its_largest_unit(seconds: int, words: str) -> None:
    assert age(timedelta(seconds=seconds)) == words.replace(" ", "\u202f")


def test_a_duration_is_told_in_two_units() -> None:
    assert duration(3600 + 12 * 60 + 5) == "1\u202fh 12\u202fmin"
    assert duration(13.4) == "13\u202fs"
    assert duration(0) == "0\u202fs"


def test_an_unknown_count_is_never_a_number() -> None:
    assert count(None) == "unknown"
    assert count(0) == "0"
    assert count(1_204_000) == "1\u202f204\u202f000"
    assert plural(1, "topic") == "1 topic"
    assert plural(2, "topic") == "2 topics"


def test_moments_name_their_zone() -> None:
    at = datetime(2026, 11, 20, 14, 3, 10, tzinfo=UTC)
    assert moment(at) == "2026-11-20 14:03:10 UTC"
    assert moment(None) == "never"
    assert instant(at) == "2026-11-20T14:03:10Z"
    assert instant(None) is None
