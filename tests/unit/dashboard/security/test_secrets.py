"""The admin secret and the limit on guessing it."""

from __future__ import annotations

import pytest

from dashboard.security.secrets import FailureLimit, HashedSecret


def test_only_the_secret_itself_matches_its_hash() -> None:
    hashed = HashedSecret.of("correct horse battery")
    assert hashed.matches("correct horse battery")
    assert not hashed.matches("correct horse batterx")
    assert not hashed.matches("")


def test_the_same_secret_hashes_differently_every_time() -> None:
    assert HashedSecret.of("correct horse battery").digest != HashedSecret.of("correct horse battery").digest


def test_a_hash_shows_nothing_of_itself() -> None:
    hashed = HashedSecret.of("correct horse battery")
    assert hashed.digest.hex() not in repr(hashed)


def test_a_short_secret_is_refused_with_the_length_that_is_needed() -> None:
    with pytest.raises(ValueError, match="at least 12"):
        HashedSecret.of("short")


def test_the_third_guess_waits_until_the_first_is_a_minute_old() -> None:
    now = [0.0]
    limit = FailureLimit(limit=2, overall=100, window=60.0, monotonic=lambda: now[0])
    limit.guessing("a")
    now[0] = 10.0
    limit.guessing("a")
    assert limit.wait("a") == 50.0
    assert limit.wait("b") == 0.0
    now[0] = 60.0
    assert limit.wait("a") == 0.0


def test_many_callers_together_are_limited_too() -> None:
    limit = FailureLimit(limit=2, overall=3, window=60.0, monotonic=lambda: 0.0)
    for caller in ("a", "b", "c"):
        limit.guessing(caller)
    assert limit.wait("d") == 60.0


def test_knowing_the_secret_clears_the_callers_own_guesses() -> None:
    limit = FailureLimit(limit=1, overall=100, window=60.0, monotonic=lambda: 0.0)
    limit.guessing("a")
    limit.succeeded("a")
    assert limit.wait("a") == 0.0
