"""When the next record of each stream is due."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence

LATE_SECONDS = 1.0


class Pace:
    """Hands out streams in the order in which their next record is due.

    rates: records per second and stream; 0 never, infinity always. `due(now)` gives every stream due by then,
    once each. A stream that fell behind by more than a second starts afresh: no flood follows a stalled machine.
    """

    def __init__(self, rates: Sequence[float], now: float) -> None:
        self._gaps = [1 / rate if rate else math.inf for rate in rates]
        # Streams start spread over their own gap, else all of them write in the same instant.
        spread = [now + gap * (index / max(1, len(rates))) for index, gap in enumerate(self._gaps)]
        self._queue = [(at, index) for index, at in enumerate(spread) if math.isfinite(at)]
        heapq.heapify(self._queue)

    def due(self, now: float) -> list[int]:
        """Indexes of the streams whose next record is due at `now`."""
        ready: list[int] = []
        later: list[tuple[float, int]] = []
        while self._queue and self._queue[0][0] <= now:
            at, index = heapq.heappop(self._queue)
            ready.append(index)
            next_at = at + self._gaps[index]
            later.append((next_at if next_at > now - LATE_SECONDS else now, index))
        for entry in later:
            heapq.heappush(self._queue, entry)
        return ready

    def wait(self, now: float, longest: float) -> float:
        """Seconds until something is due, at most `longest`."""
        return max(0.0, min(longest, self._queue[0][0] - now)) if self._queue else longest
