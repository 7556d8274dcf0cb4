"""The windows that ended at every minute of a stretch, added up at once: for walking back through a budget's past.

Sums are floats, exact for whole counts; `scoring.slo.standing` gives the exact numbers of one window.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from scoring.slo.accounts import Flags
from scoring.slo.definition import EventsSli, InvariantSli, SloDefinition
from scoring.slo.ledger import Ledger
from scoring.slo.slices import MinuteState, Values, minutes_in
from scoring.slo.windows import RollingWindow, Span

Edges = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """The windows that end at every minute edge of a stretch, as offsets into the ledger's running sums.

    starts, ends, full_ends: int64[n], ascending by end. steps: True when each is one minute after the one before.
    """

    starts: Edges
    ends: Edges
    full_ends: Edges
    steps: bool = False

    def added_up(self, sums: Values) -> Values:
        """What lies in each window. sums: what lay before each minute, one more than there are minutes."""
        if not self.steps or not len(self.ends):
            return np.asarray(sums[self.ends] - sums[self.starts], dtype=np.float64)
        ends, starts = (slice(int(edges[0]), int(edges[-1]) + 1) for edges in (self.ends, self.starts))
        return np.asarray(sums[ends] - sums[starts], dtype=np.float64)


def windows_back(definition: SloDefinition, ledger: Ledger, end: int) -> Windows:
    """The windows that end before `end` and lie in the ledger, none where it does not reach back far enough."""
    if isinstance(definition.window, RollingWindow):
        length = definition.window.at(end).full
        ends = np.arange(length, max(length, end - ledger.start), dtype=np.int64)
        return Windows(ends - length, ends, ends, steps=True)
    spans: list[Span] = []
    last = end - 1
    while last > ledger.start and (span := definition.window.at(last)).start >= ledger.start:
        spans.insert(0, Span(span.start, last, span.full_end))
        last = span.start
    lengths = [span.end - span.start for span in spans]
    first = spans[0].start + 1 if spans else end
    return Windows(
        starts=np.repeat(np.array([span.start for span in spans], dtype=np.int64) - ledger.start, lengths),
        ends=np.arange(first, end, dtype=np.int64) - ledger.start,
        full_ends=np.repeat(np.array([span.full_end for span in spans], dtype=np.int64) - ledger.start, lengths),
    )


def deciding_totals(definition: SloDefinition, ledger: Ledger, windows: Windows, total: Values) -> Values:
    """The totals that decide: of the full windows, as `standing` projects them."""
    if isinstance(definition.window, RollingWindow):
        return total
    open_sums = np.zeros(int(windows.full_ends.max(initial=0)) + 1)
    exempt = np.zeros(len(open_sums) - 1, dtype=np.bool_)
    reach = min(len(exempt), len(ledger.exempt))
    exempt[:reach] = ledger.exempt[:reach]
    np.cumsum(~exempt, out=open_sums[1:])
    to_come = open_sums[windows.full_ends] - open_sums[windows.ends]
    if isinstance(definition.sli, EventsSli):
        observed = between(observed_minutes(ledger), windows)
        return np.asarray(total + np.divide(total, np.maximum(observed, 1)) * to_come, dtype=np.float64)
    return np.asarray(total + ledger.account.due[windows.ends - 1] * to_come, dtype=np.float64)


def silent_windows(definition: SloDefinition, ledger: Ledger, windows: Windows, total: Values) -> Flags:
    """Windows in which too little was observed, or checked, for a band; exact, for all of these are whole numbers."""
    sli = definition.sli
    silent = total < sli.least_checked if isinstance(sli, InvariantSli) else total == 0
    if _seen_throughout(definition, ledger, windows):
        return np.asarray(silent, dtype=np.bool_)
    seen = between(ledger.account.seen, windows)
    least = Fraction(definition.min_coverage)
    silent |= seen * least.denominator < _due(ledger, windows) * least.numerator
    if isinstance(sli, InvariantSli):
        silent |= seen == 0
    elif not least:
        silent |= (seen == 0) & (between(observed_minutes(ledger), windows) == 0)
    return np.asarray(silent, dtype=np.bool_)


def _seen_throughout(definition: SloDefinition, ledger: Ledger, windows: Windows) -> bool:
    """True when all that was missed anywhere would still not be too much for the shortest window; true of most."""
    seen, due = ledger.account.seen, ledger.account.due
    least = Fraction(definition.min_coverage)
    if not least or not len(windows.ends):
        return False
    fewest = float(due.min()) * int((windows.ends - windows.starts).min())
    missed = float(due.sum()) - float(seen.sum())
    return fewest > 0 and missed * least.denominator <= fewest * (least.denominator - least.numerator)


def _due(ledger: Ledger, windows: Windows) -> Values:
    due = ledger.account.due
    if len(due) and due.min() == due.max():
        return np.asarray((windows.ends - windows.starts) * float(due[0]), dtype=np.float64)
    return between(due, windows)


def bad_and_total(ledger: Ledger, windows: Windows) -> tuple[Values, Values]:
    """Bad and total of each window, estimates included."""
    bad, total = windows.added_up(ledger.bad_sums.sums), windows.added_up(ledger.total_sums.sums)
    if not ledger.down_runs:
        return bad, total
    estimated = between(ledger.estimates(), windows)
    return bad + estimated, total + estimated


def observed_minutes(ledger: Ledger) -> Flags:
    """Minutes that say anything and are not exempted."""
    judged = minutes_in(ledger.states, MinuteState.COVERED, MinuteState.DOWN, MinuteState.BRIDGED)
    return judged & ~ledger.exempt[: len(judged)]


def between(values: Values | Flags, windows: Windows) -> Values:
    """The sum of per-minute values over each window."""
    sums = np.zeros(len(values) + 1)
    np.cumsum(values, out=sums[1:])
    return windows.added_up(sums)
