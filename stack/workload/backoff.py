"""How long to wait before something that failed is tried again."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential, capped, and the upper half of each pause left to chance.

    first, cap: seconds. attempts: tries in all before a failing record is given up. The random half keeps the members
    of a group from hitting a recovering database in the same instant.
    """

    first: float = 0.2
    cap: float = 20.0
    attempts: int = 5

    def delay(self, failures: int, random: Random) -> float:
        """Seconds to wait after that many failures (from 1 on)."""
        longest = min(self.cap, self.first * 2.0 ** min(failures - 1, 30))
        return longest / 2 + random.uniform(0, longest / 2)
