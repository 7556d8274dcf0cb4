"""Since when an SLO is in its band: found by walking back through every minute that the ledger can speak for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from scoring.slo.accounts import Flags
from scoring.slo.budget import Band
from scoring.slo.definition import InvariantSli, SloDefinition
from scoring.slo.invariants import Acknowledgement
from scoring.slo.ledger import Ledger
from scoring.slo.moving_windows import Windows, bad_and_total, between, deciding_totals, silent_windows, windows_back
from scoring.slo.policy import ErrorBudgetPolicy
from scoring.slo.slices import Values, edge, minute_index
from scoring.slo.standing import standing

_NEAR = 1e-9
"""Floats decide where budget and threshold are further apart than this share; closer by, fractions do."""


def band_since(
    definition: SloDefinition,
    ledger: Ledger,
    end: int,
    band: Band,
    policy: ErrorBudgetPolicy,
    acknowledgements: Sequence[Acknowledgement] = (),
) -> datetime | None:
    """The minute edge at which the present `band` began; None when it began before the ledger can tell.

    A ledger can tell about the windows that lie in it as a whole, so one of two windows' length tells for one window.
    """
    if isinstance(definition.sli, InvariantSli):
        return _invariant_since(definition, ledger, end, band, policy, acknowledgements)
    windows = windows_back(definition, ledger, end)
    known: dict[tuple[float, ...], Band] = {}
    suspects, evidence = _suspects(definition, ledger, windows, band, policy)
    for at in suspects[::-1]:
        key = tuple(float(column[at]) for column in evidence)
        if key not in known:
            known[key] = standing(definition, ledger, ledger.start + int(windows.ends[at]), policy).band
        if known[key] is not band:
            return edge(ledger.start + int(windows.ends[at]) + 1)
    return None


def _suspects(
    definition: SloDefinition, ledger: Ledger, windows: Windows, band: Band, policy: ErrorBudgetPolicy
) -> tuple[NDArray[np.intp], tuple[Values, ...]]:
    """Indices of windows whose band differs from `band`, or may; and all that their band follows from."""
    bad, total = bad_and_total(ledger, windows)
    silent = silent_windows(definition, ledger, windows, total)
    total = deciding_totals(definition, ledger, windows, total)
    unsure = np.zeros(len(bad), dtype=np.bool_)
    allowed = float(1 - (definition.objective or 0)) * total
    limits = [(1 - float(step.share)) * allowed for step in policy.thresholds]
    for limit in limits:
        unsure |= np.abs(bad - limit) <= _NEAR * np.maximum(np.abs(bad), allowed)
    inside = _inside(band, bad, limits, policy) & ~silent if band is not Band.NO_DATA else silent
    return np.flatnonzero(~inside | unsure), (bad, total, silent.astype(float))


def _inside(band: Band, bad: Values, limits: Sequence[Values], policy: ErrorBudgetPolicy) -> Flags:
    """Where the sums put a budget into `band`. limits: of the policy's thresholds, lowest share first."""
    bands = [threshold.band for threshold in policy.thresholds]
    if band is Band.HEALTHY:
        return np.asarray(bad <= limits[-1], dtype=np.bool_)
    at = bands.index(band)
    inside = bad > limits[at]
    if at:
        inside &= bad <= limits[at - 1]
    return np.asarray(inside, dtype=np.bool_)


def _invariant_since(
    definition: SloDefinition,
    ledger: Ledger,
    end: int,
    band: Band,
    policy: ErrorBudgetPolicy,
    acknowledgements: Sequence[Acknowledgement],
) -> datetime | None:
    """Since the first violation that nobody answered for; else since the answer; else since it is observed."""
    now = standing(definition, ledger, end, policy, acknowledgements)
    if now.violations is not None:
        if now.violations.unacknowledged_since is not None:
            return now.violations.unacknowledged_since
        return max((one.recorded_at for one in acknowledgements), default=None) if band is Band.HEALTHY else None
    windows = windows_back(definition, ledger, end)
    violated = np.zeros(len(windows.ends), dtype=np.bool_)
    if ledger.account.bad.any():
        answered = max((minute_index(one.through) for one in acknowledgements), default=0) - ledger.start
        unanswered = ledger.account.bad * (np.arange(len(ledger.states)) >= answered)
        violated = between(unanswered, windows) > 0
    silent = silent_windows(definition, ledger, windows, bad_and_total(ledger, windows)[1])
    same = silent & ~violated if band is Band.NO_DATA else ~silent & ~violated
    others = np.flatnonzero(~same)
    return edge(ledger.start + int(windows.ends[others[-1]]) + 1) if len(others) else None
