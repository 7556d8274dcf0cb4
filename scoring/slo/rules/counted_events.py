"""Rules that count events minute by minute the way `scoring.slo.counting` does, as far as PromQL can.

A minute's count is the difference between the last samples at or before its two edges, for each series, a value that
fell being the count since its reset; a series born while its target was scraped begins at 0. `rate` and `increase`
would lose the first value of a series and what was counted across a scrape gap, and would extrapolate the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from scoring.slo.definition import CounterQuery, Dialect, EventClass, EventsSli, InvariantSli, Reading, Selector
from scoring.slo.rules.conventions import (
    BAD,
    BEFORE,
    COMPONENT,
    COMPONENT_NAME,
    DIALECT,
    IN_MINUTE,
    QUERY,
    TOTAL,
    UP,
)
from scoring.slo.rules.model import RecordingRule, Scope
from scoring.slo.rules.promql import any_of, by, none_of, quoted, selector_text

CountedSli = EventsSli | InvariantSli
_EDGE = "le"


def counting_rules(sli: CountedSli, scope: Scope) -> tuple[RecordingRule, ...]:
    """Each component's minute, then total and bad of all of them.

    Dialects stand side by side and the best one that has data in a minute is taken, so no rule has to change when an
    exporter does.
    """
    components = [rule for dialect in sli.dialects for rule in component_rules(counters(dialect, sli), dialect, scope)]
    totals = [_total(sli, dialect, scope) for dialect in sli.dialects]
    bads = [_bad(sli, dialect, total, scope) for dialect, total in zip(sli.dialects, totals, strict=True)]
    return (
        *components,
        RecordingRule(TOTAL, " or ".join(totals), scope.identity),
        RecordingRule(BAD, " or ".join(bads), scope.identity),
    )


def component_rules(queries: Iterable[CounterQuery], dialect: Dialect, scope: Scope) -> list[RecordingRule]:
    """The minute of each component that a dialect's counters count."""
    return [
        RecordingRule(COMPONENT, _growth(query, dialect, scope), _labels(index, query, dialect, scope))
        for index, query in enumerate(queries)
    ]


def counters(dialect: Dialect, sli: CountedSli) -> list[CounterQuery]:
    """The dialect's counters that are recorded; of buckets the one at the bound and that of everything."""
    if not isinstance(sli, EventsSli) or sli.bound is None:
        return list(dialect.counters)
    found: list[CounterQuery] = []
    for query in dialect.counters:
        if query.component_label != _EDGE:
            found.append(query)
            continue
        for edge in (f"{sli.bound:f}", "+Inf"):
            labels = {**query.selector.labels, _EDGE: edge}
            found.append(
                replace(query, selector=Selector(query.selector.metric, labels), component_label=None, component=edge)
            )
    return found


def _labels(index: int, query: CounterQuery, dialect: Dialect, scope: Scope) -> dict[str, str]:
    fixed = {COMPONENT_NAME: query.component} if query.component_label is None else {}
    return {**scope.identity, DIALECT: dialect.name, QUERY: str(index), **fixed}


def _growth(query: CounterQuery, dialect: Dialect, scope: Scope) -> str:
    """What was counted in the minute, by group and component."""
    selected = selector_text(query.selector, scope.cluster)
    kept = {*scope.group_by, *dialect.target_labels}
    twice = ", ".join(label for label in dialect.duplicate_labels if label not in kept)
    now, before = (f"max without ({twice}) ({_running_count(query, selected + when)})" for when in (IN_MINUTE, BEFORE))
    targets = ", ".join(dialect.target_labels)
    up = selector_text(Selector(UP), scope.cluster)
    scraped = f"max by ({targets}) (max_over_time({up}{BEFORE})) == 1"
    grown = f"({now} - {before} >= 0) or ({now} < {before}) or (({now} unless {before}) and on ({targets}) ({scraped}))"
    if query.component_label is None:
        return f"sum {by(scope.group_by)}({grown})"
    name = quoted(f"{query.component}$1")
    named = f'label_replace({grown}, "{COMPONENT_NAME}", {name}, "{query.component_label}", "(.*)")'
    return f"sum {by((*scope.group_by, COMPONENT_NAME))}({named})"


def _running_count(query: CounterQuery, ranged: str) -> str:
    """The last sample of the range as a running count; 0 of an empty native histogram, whose share is not a number."""
    last = f"last_over_time({ranged})"
    if query.reading is Reading.COUNTER:
        return last
    count = f"histogram_count({last})"
    if query.reading is Reading.HISTOGRAM_COUNT:
        return count
    below = f"histogram_fraction(-Inf, {query.bound}, {last}) * {count}"
    return f"({below} and {count} > 0) or 0 * {count}"


def _total(sli: CountedSli, dialect: Dialect, scope: Scope) -> str:
    """Everything that counts; 0 where the dialect's targets answer and count nothing yet."""
    counted = _sum(sli, dialect, scope, partial(_in_total, sli))
    there = dict.fromkeys(scope.group_by, "!")
    presence = selector_text(dialect.presence, scope.cluster, there)
    return f"({counted} or 0 * count {by(scope.group_by)}(last_over_time({presence}{IN_MINUTE})))"


def _bad(sli: CountedSli, dialect: Dialect, total: str, scope: Scope) -> str:
    """What is bad; 0 where there is a total and no bad component was ever born. `0 * total` keeps the groups."""
    if not _has_good(sli, dialect):
        return f"({_sum(sli, dialect, scope, partial(_in_bad, sli))} or 0 * {total})"
    good = _sum(sli, dialect, scope, partial(_is_good, sli))
    return f"(clamp_min({total} - {good}, 0) or 0 * ({total} == 0))"


def _sum(sli: CountedSli, dialect: Dialect, scope: Scope, wanted: Callable[[str | None], bool]) -> str:
    """Components of a dialect for which `wanted` holds; it is asked with None about those that are not listed."""
    fixed, labelled = _names(sli, dialect)
    listed = sorted({*fixed, *_listed(sli, dialect)} if labelled else fixed)
    if labelled and wanted(None):
        others = [name for name in listed if not wanted(name)]
        labels = {COMPONENT_NAME: none_of(others)} if others else {}
    else:
        chosen = [name for name in listed if wanted(name)]
        labels = {COMPONENT_NAME: any_of(chosen) if chosen else "!~.*"}
    selected = selector_text(Selector(COMPONENT, {**scope.identity, DIALECT: dialect.name}), labels)
    return f"sum {by(scope.group_by)}({selected})"


def _names(sli: CountedSli, dialect: Dialect) -> tuple[set[str], bool]:
    """Fixed names of the dialect's components, and whether others are named by a label."""
    found = counters(dialect, sli)
    return (
        {query.component for query in found if query.component_label is None},
        any(query.component_label is not None for query in found),
    )


def _listed(sli: CountedSli, dialect: Dialect) -> Iterable[str]:
    """Components that the SLI says something about and that are not another dialect's."""
    names = sli.checked if isinstance(sli, InvariantSli) else sli.classes
    return (name for name in names if sli.dialect_of(name) in (None, dialect))


def class_of(sli: CountedSli, component: str | None) -> EventClass:
    """The class of a component, or with None of one that is not listed; what an invariant checked is the total."""
    if isinstance(sli, InvariantSli):
        return EventClass.SUCCESS if component in sli.checked else EventClass.FAILED
    return sli.unlisted if component is None else sli.classify(component)


def _in_total(sli: CountedSli, component: str | None) -> bool:
    return class_of(sli, component).in_total


def _in_bad(sli: CountedSli, component: str | None) -> bool:
    return class_of(sli, component).in_bad


def _is_good(sli: CountedSli, component: str | None) -> bool:
    return class_of(sli, component) is EventClass.GOOD


def _has_good(sli: CountedSli, dialect: Dialect) -> bool:
    fixed, labelled = _names(sli, dialect)
    return any(_is_good(sli, name) for name in {*fixed, *(_listed(sli, dialect) if labelled else ())})
