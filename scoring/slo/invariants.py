"""Invariants: what was found that must never happen, where, and who has answered for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from scoring.catalog.estate import ClusterName
from scoring.slo.definition import SloId
from scoring.slo.ledger import Ledger, exact_sum
from scoring.slo.slices import edge, minute_index


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """An approver answers for every violation seen by `through`, with cause and postmortem; a later one is not in it.

    Raises ValueError when one of the texts is empty.
    """

    slo: SloId
    cluster: ClusterName
    group: str = ""
    through: datetime
    cause: str
    postmortem: str
    acknowledged_by: str
    recorded_at: datetime

    def __post_init__(self) -> None:
        """Checks that it says something."""
        if not (self.cause.strip() and self.postmortem.strip() and self.acknowledged_by.strip()):
            raise ValueError(f"acknowledging {self.slo} takes a cause, a postmortem and a name")


@dataclass(frozen=True, slots=True)
class Violations:
    """What was found in a window.

    first, last: ends of the minutes by which the first and the last were seen. where: how many by component, the most
    first. unacknowledged_since: end of the first minute with a violation that nobody has answered for.
    """

    first: datetime
    last: datetime
    where: Mapping[str, float]
    unacknowledged_since: datetime | None


def violations_in(
    ledger: Ledger, start: int, end: int, acknowledgements: Iterable[Acknowledgement] = ()
) -> Violations | None:
    """The violations in the epoch minutes start…end−1; None when there are none."""
    span = ledger.span(start, end)
    minutes = np.flatnonzero(ledger.account.bad[span])
    if not len(minutes):
        return None
    ends = minutes + max(start, ledger.start) + 1
    answered = max((minute_index(one.through) for one in acknowledgements), default=0)
    open_ends = ends[ends > answered]
    found = {name: float(exact_sum(values[span])) for name, values in ledger.account.blame.items()}
    return Violations(
        first=edge(int(ends[0])),
        last=edge(int(ends[-1])),
        where={name: count for name, count in sorted(found.items(), key=lambda it: (-it[1], it[0])) if count},
        unacknowledged_since=edge(int(open_ends[0])) if len(open_ends) else None,
    )
