"""Exemptions: minutes that people agreed not to hold against a budget, and what they take out of a ledger."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from scoring.slo.definition import SloId
from scoring.slo.slices import MINUTE, minute_index

EVERY_SLO: Final = SloId("*")

FARTHEST_BACK = timedelta(days=30)
"""How long after its first minute an exemption may still be recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exemption:
    """Minutes [start, end) that leave bad, total and coverage of the SLOs that it names.

    slos: ids, or EVERY_SLO. labels: what an SLO's labels (its own, the cluster's and its group's) must be, all of them:
    a plain value, or "~" and a regular expression for the whole value. approved_by: None while it is only asked for.
    Raises ValueError for an exemption that nobody may grant.
    """

    id: str
    slos: frozenset[SloId]
    labels: Mapping[str, str] = field(default_factory=dict)
    start: datetime
    end: datetime
    reason: str
    requested_by: str
    approved_by: str | None = None
    recorded_at: datetime

    def __post_init__(self) -> None:
        """Checks the rules of `domain.md` that need no knowledge of anything else."""
        if None in (self.start.tzinfo, self.end.tzinfo, self.recorded_at.tzinfo):
            raise ValueError(f"exemption {self.id}: a moment without a time zone names no minute")
        if any(moment.second or moment.microsecond for moment in (self.start, self.end)):
            raise ValueError(f"exemption {self.id}: begins and ends on whole minutes")
        if self.start >= self.end:
            raise ValueError(f"exemption {self.id}: ends at {self.end}, which is not after its start")
        if not self.slos:
            raise ValueError(f"exemption {self.id}: names no SLO; every SLO is '{EVERY_SLO}'")
        if not self.reason.strip():
            raise ValueError(f"exemption {self.id}: says no reason")
        if self.approved_by == self.requested_by:
            raise ValueError(f"exemption {self.id}: is approved by {self.requested_by}, who asked for it")
        if self.recorded_at - self.start > FARTHEST_BACK:
            raise ValueError(f"exemption {self.id}: begins more than {FARTHEST_BACK.days} days before it was recorded")
        for pattern in self.labels.values():
            if pattern.startswith("~"):
                _compiled(self.id, pattern)

    @property
    def late(self) -> bool:
        """True when it was recorded after its first minute had begun."""
        return self.recorded_at > self.start

    @property
    def approved(self) -> bool:
        """Only an approved exemption changes a band."""
        return self.approved_by is not None

    @property
    def minutes(self) -> int:
        """How long it is."""
        return (self.end - self.start) // MINUTE

    def matches(self, slo: SloId, labels: Mapping[str, str]) -> bool:
        """True when it is for the SLO of this id with these labels."""
        if EVERY_SLO not in self.slos and slo not in self.slos:
            return False
        return all(_agrees(wanted, labels.get(name, "")) for name, wanted in self.labels.items())


def exempted_minutes(exemptions: Iterable[Exemption], start: int, end: int) -> NDArray[np.bool_]:
    """Which of the epoch minutes start…end−1 are in at least one of the exemptions."""
    inside = np.zeros(end - start, dtype=np.bool_)
    for one in exemptions:
        low, high = minute_index(one.start) - start, minute_index(one.end) - start
        inside[max(0, low) : max(0, high)] = True
    return inside


def _agrees(wanted: str, value: str) -> bool:
    return re.fullmatch(wanted[1:], value) is not None if wanted.startswith("~") else wanted == value


def _compiled(exemption: str, pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern[1:])
    except re.error as error:
        raise ValueError(f"exemption {exemption}: {pattern[1:]!r} is no regular expression: {error}") from error
