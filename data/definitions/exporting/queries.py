"""PromQL of what an SLI counts, over five minutes, as other tools fill their own windows into."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from data.definitions.importing.canonical import RANGE
from data.definitions.importing.losses import Loss, NotCarried
from scoring.slo.definition import CounterQuery, Dialect, EventClass, EventsSli, Reading, Selector, SlicesSli
from scoring.slo.ratios import BAD, GOOD, TOTAL
from scoring.slo.rules.conventions import UP
from scoring.slo.rules.counted_events import counters
from scoring.slo.rules.promql import any_of, by, none_of, selector_text


@dataclass(frozen=True, slots=True)
class Queries:
    """The query of one part, good or bad, and that of everything."""

    part: str
    its: str
    total: str


def event_queries(sli: EventsSli, losses: list[Loss], slo: str) -> Queries:
    """Events of every dialect that PromQL can add up, best first."""
    usable: list[Dialect] = []
    for dialect in sli.dialects:
        if any(query.reading is not Reading.COUNTER for query in dialect.counters):
            losses.append(Loss(slo, "dialects", dialect.name, "reads a native histogram, which a sum of rates cannot"))
        else:
            usable.append(dialect)
        if dialect.misses:
            losses.append(Loss(slo, f"dialects.{dialect.name}.misses", dialect.misses, "there is no field for it"))
    if not usable:
        raise NotCarried("dialects", "", "none of them can be said as a sum of rates")
    part = GOOD if _has_good(sli, usable[0]) else BAD
    if any(_has_good(sli, dialect) != (part == GOOD) for dialect in usable):
        usable, left = usable[:1], usable[1:]
        losses += [Loss(slo, "dialects", dialect.name, f"counts no {part} events") for dialect in left]
    wanted = (lambda its: its is EventClass.GOOD) if part == GOOD else (lambda its: its.in_bad)
    return Queries(part, _either(sli, usable, wanted), _either(sli, usable, lambda its: its.in_total))


def _either(sli: EventsSli, dialects: list[Dialect], wanted: Callable[[EventClass], bool]) -> str:
    return " or ".join(_sum(sli, dialect, wanted) for dialect in dialects)


def _sum(sli: EventsSli, dialect: Dialect, wanted: Callable[[EventClass], bool]) -> str:
    chosen = [
        _rate(narrowed, sli.group_by)
        for query in counters(dialect, sli)
        if (narrowed := _narrowed(sli, query, wanted)) is not None
    ]
    if not chosen:
        raise NotCarried("dialects", dialect.name, "counts nothing of one of the parts")
    return " + ".join(chosen)


def _narrowed(sli: EventsSli, query: CounterQuery, wanted: Callable[[EventClass], bool]) -> Selector | None:
    """The series of a counter whose components are wanted; None when none of them is."""
    if query.component_label is None:
        return query.selector if wanted(sli.classify(query.component)) else None
    listed = [name.removeprefix(query.component) for name in sli.classes if sli.dialect_of(name) is None]
    if wanted(sli.unlisted):
        others = [name for name in listed if not wanted(sli.classify(f"{query.component}{name}"))]
        condition = none_of(others) if others else None
    else:
        ours = [name for name in listed if wanted(sli.classify(f"{query.component}{name}"))]
        if not ours:
            return None
        condition = any_of(ours)
    labels = dict(query.selector.labels)
    if condition is not None:
        labels[query.component_label] = condition
    return Selector(query.selector.metric, labels)


def _rate(selector: Selector, groups: tuple[str, ...]) -> str:
    return f"sum {by(groups)}(rate({selector_text(selector)}[{RANGE}]))"


def _has_good(sli: EventsSli, dialect: Dialect) -> bool:
    fixed = {query.component for query in counters(dialect, sli) if query.component_label is None}
    return any(sli.classify(name) is EventClass.GOOD for name in fixed)


def gauge_query(sli: SlicesSli, losses: list[Loss], slo: str) -> str:
    """The gauge of the best dialect."""
    best, *others = sli.dialects
    losses += [Loss(slo, "dialects", dialect.name, "OpenSLO has one query for a gauge") for dialect in others]
    if sli.per_component:
        losses.append(Loss(slo, "perComponent", "true", "OpenSLO has one slice a minute, not one for each component"))
    if len(best.gauges) > 1:
        raise NotCarried("dialects", best.name, "reads several gauges, and OpenSLO has one query for them")
    (gauge,) = best.gauges
    if gauge.selector.metric == UP:
        losses.append(Loss(slo, "dialects", best.name, "other tools take up of every target, not of the dialect's"))
    selected = selector_text(gauge.selector)
    if gauge.component_label is None:
        return selected
    aggregate = "min" if gauge.within.value == "min" else "max"
    return f"{aggregate} by ({gauge.component_label}) ({selected})"


def share_queries(sli: SlicesSli) -> Queries:
    """Counters of a share that slices are judged by."""
    (dialect,) = sli.dialects
    names = {query.component for query in dialect.counters}
    part = GOOD if GOOD in names else BAD
    its, total = (
        " + ".join(_rate(query.selector, sli.group_by) for query in dialect.counters if query.component == name)
        for name in (part, TOTAL)
    )
    return Queries(part, its, total)


def traffic_query(sli: EventsSli) -> tuple[str, str, str]:
    """Kind and query of a ratio that traffic is weighed by, and the traffic."""
    (dialect,) = sli.dialects
    (gauge,) = dialect.gauges
    kind = "success" if sli.classify(gauge.component) is EventClass.GOOD else "failure"
    traffic = " + ".join(_rate(query.selector, sli.group_by) for query in dialect.counters)
    return kind, selector_text(gauge.selector), traffic
