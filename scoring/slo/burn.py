"""Burn rates, and the pairs of windows whose burn rates together mean that somebody should look."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache

from scoring.slo.ledger import Ledger, Tally
from scoring.slo.slices import MINUTE
from scoring.slo.windows import Window

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

BURN_WINDOWS: Mapping[str, timedelta] = {
    "5m": 5 * MINUTE,
    "30m": 30 * MINUTE,
    "1h": _HOUR,
    "2h": 2 * _HOUR,
    "6h": 6 * _HOUR,
    "1d": _DAY,
    "3d": 3 * _DAY,
}
"""Look-back windows of the burn rates: long and short windows of the pairs below."""

SHOWN_WINDOWS = ("1h", "6h", "3d")
"""The ones that a table has room for."""


class Severity(StrEnum):
    """How soon somebody should look."""

    PAGE = "page"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class BurnPair:
    """Fires while both windows (names in BURN_WINDOWS) burn more than `factor` times as fast as sustainable."""

    severity: Severity
    long: str
    short: str
    factor: Decimal

    @property
    def name(self) -> str:
        """As alerts call it: page 1h/5m."""
        return f"{self.severity} {self.long}/{self.short}"

    def limit(self, objective: Decimal) -> Fraction:
        """The bad share above which a window burns too fast."""
        return _limit(self.factor, objective)

    def reachable(self, objective: Decimal) -> bool:
        """False when not even nothing but bad events would make it fire (factor × budget ≥ 1)."""
        return self.limit(objective) < 1

    def fits(self, window: Window) -> bool:
        """False when its long window is no part of the SLO's."""
        return BURN_WINDOWS[self.long] < window.longest

    def minimum_events(self, objective: Decimal) -> int:
        """Events in the long window from which on a single bad one cannot make it fire (99.99 % and 14.4: 695)."""
        return math.ceil(1 / self.limit(objective))


@lru_cache(maxsize=1024)
def _limit(factor: Decimal, objective: Decimal) -> Fraction:
    return Fraction(factor) * (1 - Fraction(objective))


BURN_PAIRS: tuple[BurnPair, ...] = (
    BurnPair(Severity.PAGE, "1h", "5m", Decimal("14.4")),
    BurnPair(Severity.PAGE, "6h", "30m", Decimal("6")),
    BurnPair(Severity.TICKET, "1d", "2h", Decimal("3")),
    BurnPair(Severity.TICKET, "3d", "6h", Decimal("1")),
)
"""The pairs of the Google SRE Workbook, chapter 5 "Alerting on SLOs"
(https://sre.google/workbook/alerting-on-slos/): of a 30-day budget they fire when 2 % went in 1 h, 5 % in 6 h, 10 % in
1 d and 10 % in 3 d (factor = share × 30 d ÷ long window)."""


def usable_pairs(
    objective: Decimal, window: Window, pairs: Sequence[BurnPair] = BURN_PAIRS
) -> tuple[tuple[BurnPair, ...], tuple[str, ...]]:
    """The pairs that can fire for an SLO, and a sentence for each one that was dropped because it never can."""
    kept: list[BurnPair] = []
    dropped: list[str] = []
    for pair in pairs:
        if not pair.reachable(objective):
            share = f"{float(pair.limit(objective) * 100):g} %"
            dropped.append(f"alert {pair.name} can never fire: {pair.factor} times the budget is {share} of all")
        elif not pair.fits(window):
            dropped.append(f"alert {pair.name} is dropped: {pair.long} is not less than the window {window.text}")
        else:
            kept.append(pair)
    return tuple(kept), tuple(dropped)


@dataclass(frozen=True, slots=True)
class PairVerdict:
    """What a pair says now.

    long, short: burn rates; None where the window was not observed. events: in the long window. minimum: below it the
    pair may not fire. firing: both rates are above the factor and there are events enough.
    """

    pair: BurnPair
    long: float | None
    short: float | None
    events: float
    minimum: int
    firing: bool

    @property
    def held_back(self) -> bool:
        """True when only the lack of events keeps it from firing."""
        above = all(rate is not None and rate > self.pair.factor for rate in (self.long, self.short))
        return above and self.events < self.minimum


@dataclass(frozen=True, slots=True)
class Burning:
    """Burn rates of the seven windows (None: not observed; 0: observed and idle), and the pairs' verdicts."""

    rates: Mapping[str, float | None]
    verdicts: tuple[PairVerdict, ...]

    @property
    def firing(self) -> tuple[PairVerdict, ...]:
        """The pairs that fire."""
        return tuple(verdict for verdict in self.verdicts if verdict.firing)


def burning(
    ledger: Ledger, end: int, objective: Decimal, window: Window, pairs: Sequence[BurnPair] = BURN_PAIRS
) -> Burning:
    """Burn rates and verdicts over the windows that end at minute edge `end`, the dropped pairs left out."""
    tallies = {name: ledger.tally(end - length // MINUTE, end) for name, length in BURN_WINDOWS.items()}
    rates = {name: _rate(tally, objective) for name, tally in tallies.items()}
    shown = {name: None if rate is None else float(rate) for name, rate in rates.items()}
    verdicts: list[PairVerdict] = []
    for pair in usable_pairs(objective, window, pairs)[0]:
        minimum = pair.minimum_events(objective)
        events = tallies[pair.long].total
        long, short = rates[pair.long], rates[pair.short]
        above = all(rate is not None and rate > Fraction(pair.factor) for rate in (long, short))
        verdicts.append(
            PairVerdict(pair, shown[pair.long], shown[pair.short], float(events), minimum, above and events >= minimum)
        )
    return Burning(shown, tuple(verdicts))


def _rate(tally: Tally, objective: Decimal) -> Fraction | None:
    """Bad share ÷ allowed share: 1 spends exactly the budget over the window."""
    if not tally.observed and not tally.seen:
        return None
    return tally.bad / tally.total / (1 - Fraction(objective)) if tally.total else Fraction(0)
