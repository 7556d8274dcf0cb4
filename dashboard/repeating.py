"""The PromQL that repeats a budget's numbers, for whoever wants to see them elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from data.slice_promql import promql
from scoring.slo.definition import (
    Condition,
    CounterQuery,
    Dialect,
    EventsSli,
    GaugeQuery,
    InvariantSli,
    Reading,
    Sli,
    SlicesSli,
    Within,
)

_OVER = {Within.MAX: "max_over_time", Within.MIN: "min_over_time", Within.LAST: "last_over_time"}
_BROKEN = {"lt": ">=", "lte": ">", "gt": "<=", "gte": "<", "eq": "!=", "ne": "=="}
"""What a bad value compares like, by the operator of a good one."""


def dialect_used(sli: Sli, components: Iterable[str]) -> Dialect:
    """The dialect that counted these components; the best one where that cannot be told."""
    found = (sli.dialect_of(name) for name in components)
    return next((one for one in found if one is not None), sli.labelled_dialect or sli.dialects[0])


def repeat_query(sli: Sli, dialect: Dialect, matchers: Mapping[str, str], minutes: str, until: str) -> str:
    """PromQL for what the slices counted over `minutes` up to `until` (seconds since the epoch).

    Both are texts, so that a chart can fill them in for each point. PromQL cannot count births and gaps as slices do:
    the answer may differ by what docs/slo-rules.md says.
    """
    if isinstance(sli, SlicesSli):
        return " or ".join(_bad_minutes(one, sli.condition, matchers, minutes, until) for one in dialect.gauges)
    queries = [_counted(one, matchers, minutes, until) for one in dialect.counters]
    return " or ".join(dict.fromkeys(queries))


def _counted(counter: CounterQuery, matchers: Mapping[str, str], minutes: str, until: str) -> str:
    selector = f"{promql(counter.selector, matchers)}[{minutes}m] @ {until}"
    by = f" by ({counter.component_label})" if counter.component_label else ""
    if counter.reading is Reading.COUNTER:
        return f"sum{by} (increase({selector}))"
    counts = f"histogram_count(increase({selector}))"
    if counter.reading is Reading.HISTOGRAM_COUNT:
        return f"sum{by} ({counts})"
    return f"sum{by} (histogram_fraction(0, {counter.bound}, increase({selector})) * {counts})"


def _bad_minutes(gauge: GaugeQuery, condition: Condition, matchers: Mapping[str, str], minutes: str, until: str) -> str:
    value = f"{_OVER[gauge.within]}({promql(gauge.selector, matchers)}[59999ms])"
    by = f" by ({gauge.component_label})" if gauge.component_label else ""
    bad = f"max{by} ({value}) {_BROKEN[condition.operator]} {condition.value}"
    return f"count_over_time(({bad})[{minutes}m:1m] @ {until})"


def unit_of(sli: Sli) -> str:
    """What bad and total are counted in."""
    if isinstance(sli, EventsSli):
        return "events"
    return sli.noun if isinstance(sli, InvariantSli) else "minutes"
