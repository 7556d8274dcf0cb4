"""The slice function of gauges: from a gauge's minutes and the scrapes of its targets to values and states of minutes.

As with counters, every rule looks back to the previous minute, or to when a component was last seen, and no further,
so a stretch read in two parts gives the same minutes as the stretch read at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scoring.slo.counting import SPARSE, Flags, TargetMinutes
from scoring.slo.definition import Within
from scoring.slo.slices import MINUTES_PER_DAY, MinuteState, States, Values

RETIRED_AFTER = MINUTES_PER_DAY
"""Minutes for which a component that vanished is down; after them it is taken to be gone for good."""


@dataclass(frozen=True, slots=True, eq=False)
class GaugeMinutes:
    """One component as one target told it: a value for each minute, NaN where there was no sample."""

    component: str
    target: str
    values: Values


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredMinutes:
    """What the slice function found, from the first minute to be measured on.

    states: the group's. values, component_states: of each component; a value is 0 where the state is not COVERED.
    """

    states: States
    values: Mapping[str, Values]
    component_states: Mapping[str, States]


def measure_minutes(
    gauges: Sequence[GaugeMinutes],
    targets: Sequence[TargetMinutes],
    alive: Flags,
    first: int,
    before: Mapping[str, int],
    *,
    known: bool,
    within: Within = Within.MAX,
) -> MeasuredMinutes:
    """Measures the minutes from index `first` on; the minutes before it tell what was there just before.

    All arrays cover the same minutes. alive: Prometheus stored at least one `up` sample of anything. before: by
    component, the index (negative before the arrays) of the last minute before `first` that it is known to have
    answered in. known: the group has been measured before. within: of several targets' values of one component, MIN
    takes the lowest, every other one the highest.
    When it cannot be told yet whether a component is down in the very last minute, that minute stays PENDING for all.
    """
    length = len(alive)
    by_component: dict[str, list[GaugeMinutes]] = defaultdict(list)
    for gauge in gauges:
        by_component[gauge.component].append(gauge)
    scrapes = {target.target: target.scrapes for target in targets}
    values: dict[str, Values] = {}
    states: dict[str, States] = {}
    undecided = False
    for component in sorted({*by_component, *before}):
        series = by_component[component]
        found = _merged([_held(one, scrapes.get(one.target)) for one in series], length, within)
        refused = np.zeros(length, dtype=np.bool_)
        for one in series:
            refused |= scrapes.get(one.target, np.zeros(length)) > 0
        states[component], open_end = _states(found, refused, alive, before.get(component))
        values[component] = np.where(states[component] == MinuteState.COVERED, np.nan_to_num(found), 0.0)
        undecided |= open_end
    group = _group(list(states.values()), alive, known=known)
    for of_one in (group, *states.values()) if undecided else ():
        of_one[-1] = MinuteState.PENDING
    for component, its in states.items():
        values[component][its == MinuteState.PENDING] = 0.0
    return MeasuredMinutes(
        states=group[first:],
        values={component: found[first:] for component, found in values.items()},
        component_states={component: its[first:] for component, its in states.items()},
    )


def _held(gauge: GaugeMinutes, scrapes: Values | None) -> Values:
    """The values, with a single minute in which a target that is scraped about once a minute was not scraped filled."""
    if scrapes is None or float(scrapes.max(initial=0)) > SPARSE:
        return gauge.values
    previous = np.concatenate(([np.nan], gauge.values[:-1]))
    return np.where(np.isnan(gauge.values) & (scrapes == 0), previous, gauge.values)


def _merged(series: Sequence[Values], length: int, within: Within) -> Values:
    """One value a minute of all targets that tell the same component; not negative and finite, NaN where none told."""
    found = np.full(length, np.nan)
    for values in series:
        found = np.fmin(found, values) if within is Within.MIN else np.fmax(found, values)
    clipped: Values = np.clip(found, 0.0, np.finfo(np.float64).max)
    return clipped


def _states(values: Values, refused: Flags, alive: Flags, seen_before: int | None) -> tuple[States, bool]:
    """States of one component, and whether its last minute cannot be told yet."""
    length = len(values)
    indices: NDArray[np.int64] = np.arange(length)
    never = -(2**60)
    seen = ~np.isnan(values)
    earliest = never if seen_before is None else seen_before
    last = np.maximum(np.maximum.accumulate(np.where(seen, indices, never)), earliest)
    previous = np.concatenate(([earliest], last[:-1]))
    gone = indices - previous
    missing = ~seen & (previous != never) & (gone > 0) & (gone <= RETIRED_AFTER)
    alive = alive | seen
    alive_before = np.concatenate(([True], alive[:-1]))
    alive_after = np.concatenate((alive[1:], [False]))
    states = np.full(length, MinuteState.PENDING, dtype=np.uint8)
    states[missing] = MinuteState.UNKNOWN
    states[missing & (refused | (alive & alive_before & alive_after))] = MinuteState.DOWN
    states[seen] = MinuteState.COVERED
    undecided = bool(length and missing[-1] and not refused[-1] and alive[-1] and alive_before[-1])
    return states, undecided


def _group(components: Sequence[States], alive: Flags, *, known: bool) -> States:
    """COVERED where any component answered, else DOWN where one that is known did not; UNKNOWN without evidence."""
    states = np.full(len(alive), MinuteState.UNKNOWN, dtype=np.uint8)
    if known:
        states[alive] = MinuteState.DOWN
    for told in (MinuteState.UNKNOWN, MinuteState.DOWN, MinuteState.COVERED):
        for one in components:
            states[one == told] = told
    return states
