"""A promtool unit test for generated rules: a made-up past of each SLO, and what must be recorded of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scoring.slo.definition import (
    Condition,
    CounterQuery,
    Dialect,
    EventClass,
    InvariantSli,
    Missing,
    Reading,
    Selector,
    SlicesSli,
    SloDefinition,
)
from scoring.slo.rules.conventions import BAD, BAD_SUM, NO_DATA_ALERT, SLO, TOTAL, TOTAL_SUM, UP, WINDOW
from scoring.slo.rules.counted_events import CountedSli, class_of, counters
from scoring.slo.rules.promql import decimal_text, quoted, selector_text

_LAST, _GROUP = 40, "test"
_GOOD, _BROKEN = 90, 10
"""Events a minute of a component that is good, and of one that is not."""
_UNLISTED = "STREAMGAUGE_TEST"
"""A component that no definition lists."""


@dataclass(frozen=True, slots=True)
class RuleTest:
    """One test of a promtool file, and the ids of the SLOs that no past could be made up for."""

    document: dict[str, Any]
    untested: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Past:
    """Input series in promtool's notation, and what a minute of it is worth."""

    series: Mapping[str, str]
    bad: int
    total: int


def unit_test_document(
    rule_files: Sequence[str], definitions: Sequence[SloDefinition], cluster: Mapping[str, str] | None = None
) -> RuleTest:
    """The content of a file for `promtool test rules`, for rules that were made with the same `cluster`."""
    tests: list[dict[str, Any]] = []
    untested: list[str] = []
    for definition in definitions:
        past = _past(definition, dict(cluster or {}))
        if past is None:
            untested.append(definition.id)
        else:
            tests.append(_test(definition, past, dict(cluster or {})))
    document = {"rule_files": list(rule_files), "evaluation_interval": "1m", "tests": tests}
    return RuleTest(document, tuple(untested))


def _test(definition: SloDefinition, past: _Past, cluster: dict[str, str]) -> dict[str, Any]:
    labels = {SLO: definition.id, **cluster, **dict.fromkeys(definition.sli.group_by, _GROUP)}
    five = {**labels, WINDOW: "5m"}
    silent = isinstance(definition.sli, SlicesSli) and definition.sli.missing is Missing.BAD
    alerts = selector_text(Selector("ALERTS", {"alertname": NO_DATA_ALERT, SLO: definition.id, "alertstate": "firing"}))
    return {
        "name": definition.id,
        "interval": "1m",
        "input_series": [{"series": series, "values": values} for series, values in past.series.items()],
        "promql_expr_test": [
            _sample(BAD, labels, past.bad),
            _sample(TOTAL, labels, past.total),
            _sample(BAD_SUM, five, 5 * past.bad),
            _sample(TOTAL_SUM, five, 5 * past.total),
            {"expr": f"count({alerts})", "eval_time": f"{_LAST}m", "exp_samples": []},
            *([] if silent else [_fires(f"count by ({SLO}) ({alerts}) > bool 0", definition.id)]),
        ],
    }


def _sample(metric: str, labels: Mapping[str, str], value: int) -> dict[str, Any]:
    series = selector_text(Selector(metric, dict(sorted(labels.items()))))
    return {"expr": series, "eval_time": f"{_LAST}m", "exp_samples": [{"labels": series, "value": value}]}


def _fires(expr: str, slo: str) -> dict[str, Any]:
    """Long after the last sample, the alert for no data."""
    return {
        "expr": expr,
        "eval_time": f"{_LAST + 30}m",
        "exp_samples": [{"labels": f"{{{SLO}={quoted(slo)}}}", "value": 1}],
    }


def _past(definition: SloDefinition, cluster: Mapping[str, str]) -> _Past | None:
    sli = definition.sli
    dialect = sli.dialects[0]
    if dialect.counters and (dialect.gauges or isinstance(sli, SlicesSli)):
        return None
    same = {**cluster, **dict.fromkeys(sli.group_by, _GROUP), **dict.fromkeys(dialect.target_labels, "test:1")}
    found = _gauged(sli, dialect, same) if isinstance(sli, SlicesSli) else _counted(sli, dialect, same)
    if found is None:
        return None
    if any(gauge.selector.metric == UP for gauge in dialect.gauges):
        there = _labelled(dialect.presence, same)
        return None if there is None else replace(found, series={there: f"1x{_LAST}", **found.series})
    return replace(found, series={selector_text(Selector(UP, same)): f"1x{_LAST}", **found.series})


def _counted(sli: CountedSli, dialect: Dialect, same: Mapping[str, str]) -> _Past | None:
    series: dict[str, str] = {}
    total = bad = good = 0
    for query in counters(dialect, sli):
        if query.reading is not Reading.COUNTER:
            return None
        for component in _components(sli, query):
            its = class_of(sli, component)
            broken = its in (EventClass.PLATFORM, EventClass.FAILED)
            step = _BROKEN if broken else _GOOD
            total += step if its.in_total else 0
            bad += step if its.in_bad else 0
            good += step - _BROKEN if its is EventClass.GOOD else 0
            named = {query.component_label: component} if query.component_label else {}
            written = _labelled(query.selector, {**same, **named})
            if written is None:
                return None
            series[written] = f"0+{step - _BROKEN if its is EventClass.GOOD else step}x{_LAST}"
    return _Past(series, bad + (total - good if good else 0), total)


def _components(sli: CountedSli, query: CounterQuery) -> list[str]:
    """Names to test a counter with: its own, or of a label the first listed one and an unlisted one."""
    if query.component_label is None:
        return [query.component]
    listed = sorted(sli.checked if isinstance(sli, InvariantSli) else sli.classes)
    named = [name for name in listed if sli.dialect_of(name) is None and class_of(sli, name) is EventClass.SUCCESS]
    return [*named[:1], f"{query.component}{_UNLISTED}"]


def _gauged(sli: SlicesSli, dialect: Dialect, same: Mapping[str, str]) -> _Past | None:
    """Every component breaks the condition in the last minutes."""
    value = sli.condition.value
    holds = Condition.OPERATORS[sli.condition.operator]
    candidates = [candidate for candidate in (value, value - 1, value + 1, 2 * value + 1) if candidate >= 0]
    broken = next((candidate for candidate in candidates if not holds(candidate, value)), None)
    series: dict[str, str] = {}
    for gauge in dialect.gauges:
        named = {gauge.component_label: _GROUP} if gauge.component_label else {}
        written = _labelled(gauge.selector, {**named, **same})
        if written is None or broken is None:
            return None
        series[written] = f"{decimal_text(broken)}x{_LAST}"
    minutes = len({gauge.component or _GROUP for gauge in dialect.gauges}) if sli.per_component else 1
    return _Past(series, minutes, minutes)


def _labelled(selector: Selector, more: Mapping[str, str]) -> str | None:
    """A series that the selector selects; None where its labels are regular expressions or exclusions."""
    plain = {label: value for label, value in selector.labels.items() if value}
    if any(value.startswith(("~", "!")) and label not in more for label, value in plain.items()):
        return None
    return selector_text(Selector(selector.metric, {**plain, **more}))
