"""How far people agree on a question, and whether it should be talked about.

In a large group somebody differs by two on nearly every question, so the range decides in small groups only; in large
ones the middle half and the share close to the median do, as in Delphi studies.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from scoring.maturity.krippendorff import ordinal_alpha
from scoring.maturity.profile import lower_median
from scoring.maturity.votes import Scale, Tally

SMALL_GROUP = 7
"""Up to this many votes the range decides."""
SPREAD = 2
WIDE = 1
"""An interquartile range above this is wide."""
CLOSE = Fraction(80, 100)
"""Less than this share within one of the median is too few."""
DONT_KNOW_ABOVE = Fraction(25, 100)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The votes on one question and how far apart they are.

    n: votes on the scale; don't know, n/a and observers are not among them. median: the lower one. iqr: third less
    first quartile, by linear interpolation. range: highest less lowest. within_one: share at most one from the median.
    What n = 0 leaves undefined is None. reasons: why to talk about it, in words; none means that there is no need.
    """

    tally: Tally
    median: int | None
    iqr: Fraction | None
    range: int | None
    within_one: Fraction | None
    reasons: tuple[str, ...]

    @property
    def n(self) -> int:
        """Votes on the scale."""
        return len(self.tally.values)

    @property
    def close(self) -> int:
        """Votes at most one from the median."""
        return 0 if self.within_one is None else int(self.within_one * self.n)

    @property
    def discuss(self) -> bool:
        """True when there is a reason to talk about it."""
        return bool(self.reasons)

    def as_json(self) -> dict[str, Any]:
        """The numbers for programs. Fractions become floats here and nowhere else."""
        return {
            "n": self.n,
            "median": self.median,
            "iqr": None if self.iqr is None else float(self.iqr),
            "range": self.range,
            "within_one": None if self.within_one is None else float(self.within_one),
            "discuss": self.discuss,
        }


@dataclass(frozen=True, slots=True)
class Reliability:
    """Alpha over the questions of one scale, for an appendix. None is "not defined". votes: the n it stands on."""

    alpha: Fraction | None
    questions: int
    votes: int


def agreement(votes: Tally, evidence: bool | None = None) -> Agreement:
    """How far the votes on a question agree.

    evidence: True where a probe proves the indicator, False where one refutes it, None for anything less. It
    contradicts a median of yes by refuting and a median of no by proving; partial leaves room for either.
    """
    values = votes.values
    median = lower_median(values)
    found = Agreement(
        tally=votes,
        median=median,
        iqr=_quantile(values, Fraction(3, 4)) - _quantile(values, Fraction(1, 4)) if values else None,
        range=values[-1] - values[0] if values else None,
        within_one=None if median is None else Fraction(sum(abs(one - median) <= 1 for one in values), len(values)),
        reasons=(),
    )
    reasons = (_spread(found), _wide(found), _scattered(found), _contradicted(found, evidence), _unknowing(votes))
    return replace(found, reasons=tuple(filter(None, reasons)))


def reliability(tallies: Iterable[Tally]) -> Mapping[Scale, Reliability]:
    """Alpha of each scale that has questions; scales are never mixed, since a 2 is not the same on both."""
    of: dict[Scale, list[tuple[int, ...]]] = defaultdict(list)
    for one in tallies:
        of[one.scale].append(one.values)
    return {
        scale: Reliability(ordinal_alpha(questions), len(questions), sum(map(len, questions)))
        for scale, questions in of.items()
    }


def _quantile(values: Sequence[int], share: Fraction) -> Fraction:
    """The value below which a share lies, linear between neighbours: type 7 of Hyndman and Fan (1996)."""
    place = (len(values) - 1) * share
    below = int(place)
    above = min(below + 1, len(values) - 1)
    return values[below] + (place - below) * (values[above] - values[below])


def _spread(found: Agreement) -> str | None:
    if found.range is None or found.n > SMALL_GROUP or found.range < SPREAD:
        return None
    word, values = found.tally.scale.word, found.tally.values
    return f"spread {found.range}: from {word(values[0])} to {word(values[-1])}"


def _wide(found: Agreement) -> str | None:
    if found.iqr is None or found.n <= SMALL_GROUP or found.iqr <= WIDE:
        return None
    return f"the middle half spans {float(found.iqr):g} steps"


def _scattered(found: Agreement) -> str | None:
    if found.within_one is None or found.n <= SMALL_GROUP or found.within_one >= CLOSE:
        return None
    return f"only {found.close} of {found.n} are within one of the median"


def _contradicted(found: Agreement, evidence: bool | None) -> str | None:
    if found.tally.scale is not Scale.ANSWERS or evidence is None or found.median is None:
        return None
    lowest, *_, highest = found.tally.scale.values
    if found.median != (lowest if evidence else highest):
        return None
    return f"evidence says {'yes' if evidence else 'no'}, the median is {found.tally.scale.word(found.median)}"


def _unknowing(votes: Tally) -> str | None:
    asked = len(votes.values) + votes.dont_know
    if votes.dont_know <= DONT_KNOW_ABOVE * asked:
        return None
    return f"{votes.dont_know} of {asked} {'does' if votes.dont_know == 1 else 'do'} not know"
