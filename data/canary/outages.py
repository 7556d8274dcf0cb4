"""Since when, and for how long, one partition acknowledged nothing. No I/O, no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from data.canary.tally import Reason


@dataclass(frozen=True, slots=True)
class Outage:
    """A stretch without an acknowledgement in which at least one attempt failed.

    seconds: from the last acknowledgement before to the first one after. failures: attempts that failed in it.
    """

    seconds: float
    failures: Mapping[Reason, int]

    @property
    def words(self) -> str:
        """The failures in words, the most frequent first: 5 timeout, 1 not_leader."""
        return ", ".join(f"{count} {reason}" for reason, count in Counter(self.failures).most_common())


class Outages:
    """The outages of one partition. Moments are seconds on a clock that only goes forward.

    begun: when the partition was first written to; before its first acknowledgement that is what counts as the last.
    """

    def __init__(self, begun: float) -> None:
        self._last_good = begun
        self._failures: Counter[Reason] = Counter()
        self._over = 0.0

    def acknowledged(self, now: float) -> Outage | None:
        """The outage that this acknowledgement ends, if there was one."""
        ended = Outage(now - self._last_good, dict(self._failures)) if self._failures else None
        if ended is not None:
            self._over += ended.seconds
            self._failures.clear()
        self._last_good = now
        return ended

    def failed(self, reason: Reason) -> bool:
        """An attempt failed; True when that begins an outage."""
        begins = not self._failures
        self._failures[reason] += 1
        return begins

    @property
    def lasting(self) -> bool:
        """True while an outage has begun and not ended."""
        return bool(self._failures)

    def seconds(self, now: float) -> float:
        """The length of all outages until now, the one that lasts included."""
        return self._over + (now - self._last_good if self._failures else 0.0)
