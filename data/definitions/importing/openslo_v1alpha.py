"""OpenSLO v1alpha, made into v1 and read on as such."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from data.definitions.importing import openslo_v1
from data.definitions.importing.losses import Fields, NotCarried

_UNITS = {"minute": "m", "hour": "h", "day": "d", "week": "w", "month": "M", "quarter": "Q", "year": "Y"}


def convert(documents: list[Fields]) -> Iterator[tuple[str, dict[str, Any] | NotCarried]]:
    """Every SLO of the documents."""
    for top in documents:
        top.text("apiVersion")
        kind = top.text("kind")
        if kind != "SLO":
            top.note("", kind, f"a {kind} says nothing that an SLO is judged by")
            for key in ("metadata", "spec"):
                top.raw(key)
            continue
        metadata, spec = top.raw("metadata"), top.fields("spec")
        name = str((metadata or {}).get("name", ""))
        try:
            rewritten = {"kind": kind, "metadata": metadata, "spec": _spec(spec)}
        except NotCarried as problem:
            yield name, problem
            continue
        later = Fields(rewritten, top.path, spec.losses, spec.file)
        yield from openslo_v1.convert([later])
        later.end()


def _spec(spec: Fields) -> dict[str, Any]:
    indicator = spec.fields("indicator")
    objectives: list[dict[str, Any]] = []
    found: dict[str, Any] = {}
    for objective in spec.items("objectives"):
        kept = {key: value for key in _OBJECTIVE if (value := objective.raw(key)) is not None}
        if "ratioMetrics" in objective:
            ratio = _ratio(objective.fields("ratioMetrics"))
            if found not in ({}, ratio):
                raise NotCarried(objective.at("ratioMetrics"), "", "counts something else than the one before")
            found = ratio
        objective.end()
        objectives.append(kept)
    if "thresholdMetric" in indicator:
        found = {"thresholdMetric": _metric(indicator.fields("thresholdMetric"))}
    if not found:
        raise NotCarried(indicator.path, "", "has neither a thresholdMetric nor ratioMetrics")
    indicator.end()
    rest = {key: value for key in _SPEC if (value := spec.raw(key)) is not None}
    rewritten = {
        **rest,
        "timeWindow": [_window(window) for window in spec.items("timeWindows")],
        "objectives": objectives,
        "indicator": {"metadata": {"name": "indicator"}, "spec": found},
    }
    spec.end()
    return rewritten


_SPEC = ("service", "description", "budgetingMethod")
_OBJECTIVE = ("displayName", "op", "value", "target", "timeSliceTarget", "timeSliceWindow")


def _ratio(its: Fields) -> dict[str, Any]:
    counter = its.text("incremental") or its.text("counter", "true")
    its.raw("counter")
    part = "good" if "good" in its else "bad"
    metrics = {key: _metric(its.fields(key)) for key in (part, "total")}
    its.end()
    return {"ratioMetric": {"counter": counter, **metrics}}


def _metric(its: Fields) -> dict[str, Any]:
    kind, query = its.text("source"), its.text("query")
    its.lose("queryType", "every query is PromQL")
    its.lose("metadata", "there is no field for it")
    its.end()
    return {"metricSource": {"type": kind, "spec": {"query": query}}}


def _window(its: Fields) -> dict[str, Any]:
    unit, count = its.text("unit"), its.text("count", "1")
    letter = _UNITS.get(unit.lower())
    if letter is None:
        raise NotCarried(its.at("unit"), unit, f"is none of {', '.join(name.title() for name in _UNITS)}")
    calendar = its.raw("calendar")
    rolling = its.text("isRolling", "false" if calendar else "true")
    its.end()
    if rolling == "true" and letter in "MQY":
        days = {"M": 30, "Q": 90, "Y": 365}[letter] * int(count)
        its.note("unit", unit, f"a rolling window has a fixed length, so it is {days}d")
        letter, count = "d", str(days)
    found: dict[str, Any] = {"duration": f"{count}{letter}", "isRolling": rolling}
    return found if calendar is None else {**found, "calendar": calendar}
