"""How a benchmark compares: subject and peer by turns on the same machine, so that what slows one slows the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Ratio:
    """What a subject costs as a multiple of what its peer costs.

    name: the subject, the peer and the work, in words. costs: (subject, peer) of each round in `unit`, above zero.
    goal: the highest multiple that is good enough; five times faster than the peer is 0.2.
    """

    name: str
    costs: tuple[tuple[float, float], ...]
    goal: float
    unit: str = "s"

    @property
    def multiples(self) -> list[float]:
        """Subject ÷ peer of each round, lowest first."""
        return sorted(subject / peer for subject, peer in self.costs)

    @property
    def middle(self) -> float:
        """The median of the rounds: one disturbed round does not move it."""
        return median(self.multiples)

    @property
    def reached(self) -> bool:
        """True when the median is within the goal."""
        return self.middle <= self.goal

    def __str__(self) -> str:
        """The line that a benchmark ends with."""
        subject, peer = (median(costs) for costs in zip(*self.costs, strict=True))
        return (
            f"ratio  {self.name}  {self.middle:.2f}  ({self.multiples[0]:.2f} to {self.multiples[-1]:.2f})  "
            f"goal <= {self.goal:.2f}  {'reached' if self.reached else 'missed'}  "
            f"[{subject:.3g} {self.unit} against {peer:.3g} {self.unit}]"
        )


def compare(
    name: str, subject: Callable[[], object], peer: Callable[[], object], *, goal: float, rounds: int = 3
) -> Ratio:
    """Run both by turns, `rounds` times each, and print and return the ratio of their durations in seconds."""
    ratio = Ratio(name, tuple((seconds(subject), seconds(peer)) for _ in range(rounds)), goal)
    print(ratio, flush=True)
    return ratio


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    begun = perf_counter()
    work()
    return perf_counter() - begun
