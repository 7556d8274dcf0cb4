"""Burn rates to alert on: two windows must burn, the long one to be sure, the short one for the alert to end soon."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

from scoring.slo.definition import InvariantSli, SlicesSli, SloDefinition
from scoring.slo.rules.conventions import PAGE, TICKET, WINDOWS
from scoring.slo.rules.promql import decimal_text
from scoring.slo.windows import CalendarUnit, CalendarWindow, Window

_DAYS: Mapping[CalendarUnit, int] = {
    CalendarUnit.DAY: 1,
    CalendarUnit.WEEK: 7,
    CalendarUnit.MONTH: 30,
    CalendarUnit.QUARTER: 90,
    CalendarUnit.YEAR: 365,
}


@dataclass(frozen=True, slots=True)
class Tier:
    """An alert for `share` of the budget spent within `long`, as long as `short` still burns as fast."""

    long: str
    short: str
    share: Decimal
    severity: str

    @property
    def name(self) -> str:
        """As the label says which pair fired."""
        return f"{self.long}/{self.short}"


TIERS = (
    Tier("1h", "5m", Decimal("0.02"), PAGE),
    Tier("6h", "30m", Decimal("0.05"), PAGE),
    Tier("1d", "2h", Decimal("0.10"), TICKET),
    Tier("3d", "6h", Decimal("0.10"), TICKET),
)
"""Google SRE Workbook, "Alerting on SLOs", table 5-8: over 30 days they burn 14.4, 6, 3 and 1 times too fast."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A tier for one SLO. factor: times faster than sustainable. limit: the bad share above which a window burns so."""

    tier: Tier
    factor: Decimal
    limit: Decimal
    least: int
    """Events in the long window below which the pair does not fire, so that no single event can make it."""


def burn_pairs(definition: SloDefinition) -> tuple[tuple[Pair, ...], tuple[str, ...]]:
    """The pairs of an SLO with an objective, and a sentence for each that was dropped because it is of no use."""
    pairs: list[Pair] = []
    dropped: list[str] = []
    if definition.objective is None or isinstance(definition.sli, InvariantSli):
        return (), ()
    length = nominal_length(definition.window)
    for tier in TIERS:
        factor = _exact(tier.share * Decimal(length / WINDOWS[tier.long]))
        limit = factor * (1 - definition.objective)
        if factor < 1:
            dropped.append(
                f"{definition.id}: the {tier.name} alert is left out: over a window of {definition.window.text} it"
                f" would fire at {decimal_text(factor)} times the sustainable burn rate, which spends no budget early."
            )
        elif limit >= 1:
            dropped.append(
                f"{definition.id}: the {tier.name} alert is left out: it can never fire, for {decimal_text(factor)}"
                f" times a budget of {decimal_text(100 * (1 - definition.objective))} % is not below 100 %."
            )
        else:
            # A bad minute is never an accident of low traffic, and an hour has few minutes.
            least = 0 if isinstance(definition.sli, SlicesSli) else math.ceil(1 / Fraction(limit))
            pairs.append(Pair(tier, factor, limit, least))
    return tuple(pairs), tuple(dropped)


def nominal_length(window: Window) -> timedelta:
    """A window's length; of a calendar's, with months of 30 days and years of 365."""
    if isinstance(window, CalendarWindow):
        return timedelta(days=window.count * _DAYS[window.unit])
    return window.length


def _exact(number: Decimal) -> Decimal:
    """Without the digits that a division left behind the sixth place."""
    return number.quantize(Decimal("0.000001")).normalize()
