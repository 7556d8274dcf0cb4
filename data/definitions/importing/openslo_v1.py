"""OpenSLO v1 as others write it, made into documents that stand alone: one objective, its indicator within."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from data.definitions.importing.canonical import (
    ALERTS,
    bare,
    document,
    grouped,
    kept_labels,
    rated,
    rolling,
    slug,
    tree_of,
)
from data.definitions.importing.losses import Fields, NotCarried

_KEPT = ("SLO", "SLI", "DataSource")
_UNUSED = "a {} says nothing that an SLO is judged by"
_PROMETHEUS = "prometheus"
Shelf = dict[tuple[str, str], tuple[Any, Fields]]
"""Specifications that an SLO may refer to, by kind and name, with the documents that they stand in."""
_CLOCK = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2})?)")


def convert(documents: list[Fields]) -> Iterator[tuple[str, dict[str, Any] | NotCarried]]:
    """Every SLO of the documents, one for each of its objectives."""
    kinds: dict[str, list[Fields]] = {}
    for top in documents:
        top.text("apiVersion")
        kinds.setdefault(top.text("kind"), []).append(top)
    for kind, tops in kinds.items():
        for top in tops if kind not in _KEPT else ():
            top.note(
                "", kind, ALERTS if kind.startswith("Alert") else f"a {kind} says nothing that an SLO is judged by"
            )
            for key in ("metadata", "spec"):
                top.raw(key)
    shelf = {
        (kind, str((top.raw("metadata") or {}).get("name"))): (top.raw("spec"), top)
        for kind in ("SLI", "DataSource")
        for top in kinds.get(kind, ())
    }
    for top in kinds.get("SLO", ()):
        yield from _slos(top, shelf)


def _slos(top: Fields, shelf: Shelf) -> Iterator[tuple[str, dict[str, Any] | NotCarried]]:
    metadata, spec = top.fields("metadata"), top.fields("spec")
    written = metadata.text("name")
    name = slug(written)
    if name != written:
        metadata.note("name", written, f"names are lower-case letters, digits and dashes, so it is {name}")
    title, labels, annotations = metadata.text("displayName"), metadata.texts("labels"), metadata.texts("annotations")
    service, description = spec.text("service") or "openslo", spec.text("description")
    spec.lose("alertPolicies", ALERTS)
    try:
        objectives = spec.items("objectives")
        slices = _counts_slices(spec)
        window = _window(spec)
        indicator, kept = _indicator(spec, shelf)
    except NotCarried as problem:
        metadata.leave()
        spec.leave()
        yield name, problem
        return
    for number, objective in enumerate(objectives, start=1):
        its_title = objective.text("displayName")
        named = {"displayName": its_title} if its_title else {}
        own = name if len(objectives) == 1 else slug(name, its_title or str(number))
        try:
            yield (
                own,
                document(
                    own,
                    title=title,
                    annotations={**annotations, **grouped(kept)} if kept else annotations,
                    window=window,
                    objective=named | _objective(objective, "ratioMetric" in indicator, slices),
                    indicator=indicator,
                    slices=slices,
                    service=service,
                    description=description,
                    labels=labels,
                ),
            )
        except NotCarried as problem:
            yield own, problem
        objective.end()
    metadata.end()
    spec.end()


def _counts_slices(spec: Fields) -> bool:
    method = spec.text("budgetingMethod", "Occurrences")
    if method not in ("Occurrences", "Timeslices"):
        why = "averages the ratios of slices whatever happened in them, which misstates a budget"
        raise NotCarried(spec.at("budgetingMethod"), method, why)
    return method == "Timeslices"


def _objective(its: Fields, ratio: bool, slices: bool) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in ("op", "value"):
        if ratio:
            its.lose(key, "a ratio is compared with its target alone")
        elif key in its:
            found[key] = its.text(key) if key == "op" else its.decimal(key)
    target = its.decimal("target") if "target" in its else its.decimal("targetPercent") / 100
    found["target"] = target
    if slices:
        if "timeSliceTarget" in its:
            least = its.decimal("timeSliceTarget")
            if not ratio and least != 1:
                its.note(
                    "timeSliceTarget",
                    f"{least}",
                    "a gauge keeps the worst value of each minute, so a minute is wholly good",
                )
            found["timeSliceTarget"] = least if ratio else Decimal(1)
        length = its.text("timeSliceWindow", "1m")
        if length not in ("1", "1m"):
            its.note("timeSliceWindow", length, "slices are minutes")
        found["timeSliceWindow"] = "1m"
    else:
        its.lose("timeSliceTarget", "belongs to the budgeting method Timeslices")
        its.lose("timeSliceWindow", "belongs to the budgeting method Timeslices")
    return found


def _window(spec: Fields) -> dict[str, Any]:
    windows = spec.items("timeWindow")
    if len(windows) != 1:
        raise NotCarried(spec.at("timeWindow"), f"{len(windows)} windows", "an SLO has exactly one window")
    its = windows[0]
    length, calendar = its.text("duration"), "calendar" in its
    if its.text("isRolling", "false" if calendar else "true") == "true":
        its.lose("calendar", "a rolling window follows no calendar")
        its.end()
        return rolling(length, its.at("duration"))
    when = its.fields("calendar")
    start, zone = when.text("startTime"), when.text("timeZone", "UTC")
    clock = _CLOCK.fullmatch(start)
    if clock and clock[2].strip("0:"):
        when.note("startTime", start, f"budgets begin with a day, so it begins at midnight of {clock[1]}")
    when.end()
    its.end()
    day = clock[1] if clock else start
    return {"duration": length, "isRolling": False, "calendar": {"startTime": f"{day} 00:00:00", "timeZone": zone}}


def _indicator(spec: Fields, shelf: Shelf) -> tuple[dict[str, Any], set[str]]:
    if "indicatorRef" in spec:
        reference = spec.text("indicatorRef")
        if ("SLI", reference) not in shelf:
            raise NotCarried(spec.at("indicatorRef"), reference, "the file has no SLI of this name")
        values, top = shelf["SLI", reference]
        sli = Fields(values, f"{top.path}SLI {reference}", spec.losses, spec.file)
    else:
        inner = spec.fields("indicator")
        inner.raw("metadata")
        sli = inner.fields("spec")
    sli.lose("description", "the SLO has a description of its own")
    if "thresholdMetric" in sli:
        query = _query(sli.fields("thresholdMetric"), shelf)
        sli.end()
        return {"thresholdMetric": query[1]}, set()
    its = sli.fields("ratioMetric")
    if "raw" in its:
        kind, (tree, metric) = its.text("rawType", "success"), _query(its.fields("raw"), shelf)
        its.lose("counter", "has no effect on a raw ratio")
        its.end()
        sli.end()
        return {"ratioMetric": {"rawType": kind, "raw": metric}}, set() if tree is None else kept_labels(tree)
    part = "good" if "good" in its else "bad"
    counts = its.text("counter", "true") == "true"
    pairs = {key: _query(its.fields(key), shelf) for key in (part, "total")}
    if not counts:
        raise NotCarried(its.at("counter"), "false", "events are counted by counters; a gauge is a thresholdMetric")
    its.end()
    sli.end()
    kept: set[str] = set()
    metrics: dict[str, Any] = {}
    for key, (tree, metric) in pairs.items():
        metrics[key] = metric
        if tree is not None:
            kept |= kept_labels(tree)
            metric["metricSource"]["spec"]["query"] = rated(tree)
    return {"ratioMetric": {"counter": True, **metrics}}, kept


def _query(metric: Fields, shelf: Shelf) -> tuple[Any, dict[str, Any]]:
    """The query's tree and the metric with it; of a source of our own no tree and the metric as it is."""
    its = metric.fields("metricSource")
    kind = its.text("type")
    if "metricSourceRef" in its:
        reference = its.text("metricSourceRef")
        found = shelf.get(("DataSource", reference))
        if found is None and not kind:
            raise NotCarried(
                its.at("metricSourceRef"), reference, "the file has no DataSource of this name, nor a type"
            )
        kind = kind or str((found or ({}, None))[0].get("type", ""))
        its.note("metricSourceRef", reference, "which Prometheus is asked is a setting, so a connection is not kept")
    if kind.lower() == "streamgauge":
        return None, {"metricSource": {"type": kind, "spec": its.raw("spec")}}
    spec = its.fields("spec")
    if kind.lower() != _PROMETHEUS:
        raise NotCarried(its.at("type"), kind, "only Prometheus is read")
    key = next((key for key in ("query", "promql") if key in spec), "query")
    path, text = spec.at(key), spec.text(key)
    spec.lose("queryType", "every query is PromQL")
    spec.end()
    its.end()
    metric.end()
    tree = bare(tree_of(text, path))
    return tree, {"metricSource": {"type": "Prometheus", "spec": {"query": tree.prettify()}}}
