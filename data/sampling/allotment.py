"""How many of the newest records of each partition a look takes. No I/O."""

from __future__ import annotations

from collections.abc import Mapping


def allotted(new: Mapping[int, int], most: int) -> dict[int, int]:
    """Partition → records to take, `most` in all: evenly, and what a quiet partition leaves goes to the others.

    new: partition → records written since the last look.
    """
    taken: dict[int, int] = {}
    left = most
    waiting = sorted((count, index) for index, count in new.items() if count > 0)
    for position, (count, index) in enumerate(waiting):
        share = left // (len(waiting) - position)
        taken[index] = min(count, share)
        left -= taken[index]
    return {index: count for index, count in taken.items() if count}
