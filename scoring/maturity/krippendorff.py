"""Krippendorff's alpha for ordinal data: how far a panel agrees over several questions.

K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), section C with the ordinal difference function.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction


def ordinal_alpha(questions: Iterable[Sequence[int]]) -> Fraction | None:
    """1 for full agreement, 0 for what chance would give; exact, whatever the order of questions and votes.

    questions: the values given to each, however many. Those with one value or none say nothing of agreement and are
    left out. None, not defined, when fewer than two are left or all values are the same.
    """
    pairable = [Counter(values) for values in questions if len(values) > 1]
    totals: Counter[int] = sum(pairable, Counter())
    scale, n = sorted(totals), totals.total()
    if len(pairable) < 2 or len(scale) < 2:
        return None

    def difference(low: int, high: int) -> Fraction:
        """Squared number of values between two, both halves of their own ranks included."""
        between = sum(totals[value] for value in scale if low <= value <= high)
        return (between - Fraction(totals[low] + totals[high], 2)) ** 2

    pairs = [(low, high, difference(low, high)) for low in scale for high in scale if low < high]
    observed = sum(
        apart * Fraction(counts[low] * counts[high], counts.total() - 1)
        for counts in pairable
        for low, high, apart in pairs
    )
    expected = sum(apart * totals[low] * totals[high] for low, high, apart in pairs)
    return 1 - Fraction(n - 1) * observed / expected
