"""How fast somebody may send."""

from __future__ import annotations

from dashboard.voting import pace
from dashboard.voting.pace import MOST_KEYS, Known, Pace


def test_a_few_come_at_once_and_then_so_many_a_second() -> None:
    now = [100.0]
    allowed = Pace(3, 2, lambda: now[0])
    assert [allowed.allows("a") for _ in range(4)] == [True, True, True, False]
    assert allowed.allows("b")
    now[0] += 0.5  # half a second is one more
    assert [allowed.allows("a") for _ in range(2)] == [True, False]
    now[0] += 60  # and a minute no more than the burst
    assert [allowed.allows("a") for _ in range(4)] == [True, True, True, False]


def test_only_so_many_senders_are_remembered() -> None:
    known = Known()
    for number in range(MOST_KEYS + 1):
        known.add(str(number))
    assert "0" not in known
    assert str(MOST_KEYS) in known
    limited = Pace(1, 0, lambda: 0.0)
    assert [limited.allows("first"), limited.allows("first")] == [True, False]
    for number in range(pace.MOST_KEYS):
        limited.allows(str(number))
    assert limited.allows("first")
