"""Minutes that are ratios: a good share made of counters, and counters weighed by a ratio that somebody else made."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from scoring.slo.counting import CountedMinutes
from scoring.slo.gauging import GaugeMinutes, MeasuredMinutes
from scoring.slo.slices import MinuteState, Values

GOOD, BAD, TOTAL = "good", "bad", "total"
"""The components that a share is made of: total, and one of the others."""

SHARE = "good share"
"""The component that a share becomes."""


def shares(counted: CountedMinutes) -> MeasuredMinutes:
    """The good share of each minute, 0 to 1: what a time slice of events is judged by. An idle minute is good.

    A bridged minute has the share of the whole gap that it closes.
    """
    nothing = np.zeros(len(counted.states))
    total = counted.counts.get(TOTAL, nothing)
    good = counted.counts[GOOD] if GOOD in counted.counts else total - counted.counts.get(BAD, nothing)
    busy = total > 0
    share: Values = np.clip(np.where(busy, good / np.where(busy, total, 1.0), 1.0), 0.0, 1.0)
    counts = np.isin(counted.states, (MinuteState.COVERED, MinuteState.BRIDGED))
    values = np.where(counts, share, 0.0)
    return MeasuredMinutes(counted.states, {SHARE: values}, {SHARE: counted.states.copy()})


def weighed(traffic: CountedMinutes, ratios: Sequence[GaugeMinutes], first: int) -> CountedMinutes:
    """Traffic, and in the ratio's component the part of each minute's traffic that the ratio says.

    ratios: series of one component, of which one is expected; of several the highest counts. Traffic of a minute
    without a ratio cannot be judged: the minute is then unknown, and its traffic is left out.
    """
    total = np.zeros(len(traffic.states))
    for values in traffic.counts.values():
        total = total + values
    ratio = np.full(len(traffic.states), np.nan)
    for one in ratios:
        ratio = np.fmax(ratio, one.values[first:])
    unjudged = np.isnan(ratio) & (total > 0)
    states = traffic.states.copy()
    states[unjudged] = MinuteState.UNKNOWN
    judged = {name: np.where(unjudged, 0.0, values) for name, values in traffic.counts.items()}
    part = np.where(unjudged, 0.0, total * np.clip(np.nan_to_num(ratio), 0.0, 1.0))
    name = next((one.component for one in ratios), "")
    if name:
        judged[name] = part
    bridged = np.zeros(len(states), dtype=np.bool_)
    for flags in traffic.bridged.values():
        bridged |= flags
    return CountedMinutes(states, judged, {**traffic.bridged, **({name: bridged} if name else {})}, traffic.closes_gap)
