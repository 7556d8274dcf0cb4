"""What a reader must know of the machine before he believes a figure: whether others were using it meanwhile."""

from __future__ import annotations

import os
from collections.abc import Sequence

from benchmarks.ratios import Ratio

BUSY = 2.0
"""Runnable tasks per core above which even a ratio taken by turns may be far off."""


def load_words() -> str:
    """The machine's load now, in words."""
    minute, _, quarter = os.getloadavg()
    cores = os.cpu_count() or 1
    words = f"load {minute:.1f} (15 min: {quarter:.1f}) on {cores} cores"
    return f"{words}: BUSY, measure again when it is calm" if minute > BUSY * cores else words


def verdict(ratios: Sequence[Ratio]) -> str:
    """The end of a benchmark's output: one line a goal, what was missed, and the load at the end."""
    missed = [ratio.name for ratio in ratios if not ratio.reached]
    reached = (
        "every goal reached" if not missed else f"{len(missed)} of {len(ratios)} goals missed: {'; '.join(missed)}"
    )
    return "\n".join(["", *(str(ratio) for ratio in ratios), f"{reached}  [{load_words()}]"])
