"""What is said about one SLO: its numbers, its state and its band, for tile, table, JSON and gate alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from scoring.catalog.estate import ClusterName
from scoring.slo.budget import Band, Budget
from scoring.slo.burn import SHOWN_WINDOWS, PairVerdict
from scoring.slo.definition import SloId
from scoring.slo.exemptions import Exemption
from scoring.slo.invariants import Violations
from scoring.slo.ledger import Tally
from scoring.slo.policy import ErrorBudgetPolicy
from scoring.slo.standing import SloState


@dataclass(frozen=True, slots=True, kw_only=True)
class SloStatus:
    """One SLO of one cluster (and group) over the window that ends at `as_of`.

    labels: the definition's, with the cluster's and the group's. window: as in the file; window_end: when it ends for
    good (a rolling one ends at `as_of`). tally: the part that has passed. budget: the exact numbers behind remaining;
    projected_budget: of a calendar window, and then the band's; both None for an invariant. unexempted: the budget with
    no exemption, None where there is none or for an invariant. exemptions: approved ones that touch the window.
    band_since: None when that was before all that is known. lifts: for the present band and every milder one of the
    policy, when the SLO is out of it if nothing more burns; None when that cannot be known.
    burn: by window, times faster than sustainable; None where nothing was observed. alerts: verdicts of the pairs.
    violations: of an invariant. estimated: events of down minutes that nobody could count, part of bad and total.
    client_faults: left out of both. by_component: what was counted in the window; for time slices bad ones.
    down_since: start of the run of down minutes that lasts until the newest known minute. observed_until: end of the
    newest covered or down minute. notes: what the numbers cannot see, with what to do about it.
    """

    id: SloId
    title: str
    labels: Mapping[str, str]
    cluster: ClusterName
    group: str
    kind: str
    objective: Decimal | None
    window: str
    window_end: datetime
    gate: bool
    policy: ErrorBudgetPolicy
    state: SloState
    tally: Tally
    budget: Budget | None
    projected_budget: Budget | None
    unexempted: Budget | None
    exemptions: tuple[Exemption, ...]
    coverage: float
    band: Band
    band_since: datetime | None
    lifts: Mapping[Band, datetime | None]
    burn: Mapping[str, float | None]
    alerts: tuple[PairVerdict, ...]
    violations: Violations | None
    as_of: datetime
    estimated: float
    client_faults: float
    down_minutes: int
    by_component: Mapping[str, float]
    down_since: datetime | None
    observed_until: datetime | None
    notes: tuple[str, ...]

    @property
    def bad(self) -> float:
        """Bad events in the window, estimates included; bad slices; violations."""
        return float(self._bad)

    @property
    def total(self) -> float:
        """Events in the window, estimates included; slices of the full window; what was checked."""
        return float(self._total)

    @property
    def _bad(self) -> Fraction:
        return self.tally.bad

    @property
    def _total(self) -> Fraction:
        return self.tally.total if self.budget is None else self.budget.total

    @property
    def deciding(self) -> Budget | None:
        """The budget that the band is taken from."""
        return self.projected_budget or self.budget

    @property
    def sli(self) -> float | None:
        """Good share of what was observed; None when there was nothing, and for an invariant."""
        return None if self.budget is None or self._unknown else self.budget.good_share

    @property
    def remaining(self) -> float | None:
        """Share of the budget left of what was observed; None without traffic, and for an invariant."""
        return self._left(self.budget)

    @property
    def projected(self) -> float | None:
        """Share of the full calendar window's budget left, never on another side of an edge than the band."""
        return self._left(self.projected_budget)

    @property
    def remaining_without_exemptions(self) -> float | None:
        """Share of the budget left if nothing had been exempted."""
        return self._left(self.unexempted)

    @property
    def events_left(self) -> float | None:
        """Bad events (or slices) that may still come; negative when overspent."""
        budget = self.deciding
        return None if budget is None or not budget.total or self._unknown else float(budget.allowed - budget.bad)

    @property
    def minutes_left(self) -> float | None:
        """How many minutes of nothing but bad events (or slices) may still come, at the window's mean traffic."""
        minutes = self.tally.covered + self.tally.down + self.tally.bridged
        if self.events_left is None or not minutes:
            return None
        per_minute = self.tally.due / (self.tally.minutes - self.tally.exempted or 1)
        if self.kind == "events":
            per_minute = self.tally.total / minutes
        return self.events_left / float(per_minute) if per_minute else None

    @property
    def _unknown(self) -> bool:
        return self.state is SloState.NO_DATA

    def _left(self, budget: Budget | None) -> float | None:
        return None if budget is None or self._unknown else budget.remaining(self.policy.thresholds)

    def as_json(self) -> dict[str, object]:
        """The object that `streamgauge slo status --json` prints; its schema is slo_status.schema.json."""
        shown: dict[str, object] = {
            "id": self.id,
            "labels": dict(self.labels),
            "kind": self.kind,
            "objective": None if self.objective is None else float(self.objective),
            "window": self.window,
            "state": self.state.value,
            "bad": number(self._bad),
            "total": number(self._total),
            "sli": self.sli,
            "remaining": self.remaining,
            "remaining_without_exemptions": self.remaining_without_exemptions,
            "projected": self.projected,
            "coverage": self.coverage,
            "band": self.band.value,
            "band_since": rfc3339(self.band_since),
            "burn": {name: self.burn.get(name) for name in SHOWN_WINDOWS},
            "as_of": rfc3339(self.as_of),
        }
        if self.objective is None:
            found = self.violations
            shown["first"] = rfc3339(found.first) if found else None
            shown["last"] = rfc3339(found.last) if found else None
            shown["where"] = {name: number(Fraction(count)) for name, count in found.where.items()} if found else {}
        return shown


def rfc3339(moment: datetime | None) -> str | None:
    """A moment in UTC as JSON has it; None stays None."""
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")


def number(exact: Fraction) -> int | float:
    """A count for JSON: an integer where it is one."""
    return int(exact) if exact.denominator == 1 else float(exact)
