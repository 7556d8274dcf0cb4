"""Pyrra's `pyrra.dev/v1alpha1` ServiceLevelObjective."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import promql_parser as promql

from data.definitions.importing.canonical import (
    ALERTS,
    bare,
    document,
    duration,
    grouped,
    matcher_labels,
    of_percent,
    rated,
    ratio,
    rolling,
    slug,
    tree_of,
)
from data.definitions.importing.losses import Fields, NotCarried

_OURS = "streamgauge"
_KUBERNETES = "what Kubernetes keeps of an object is not about the SLO"


def convert(documents: list[Fields]) -> Iterator[tuple[str, dict[str, Any] | NotCarried]]:
    """Every SLO of the documents."""
    for top in documents:
        top.text("apiVersion")
        top.text("kind")
        top.lose("status", _KUBERNETES)
        metadata, spec = top.fields("metadata"), top.fields("spec")
        written = metadata.text("name")
        name = slug(written)
        if name != written:
            metadata.note("name", written, f"names are lower-case letters, digits and dashes, so it is {name}")
        try:
            yield name, _slo(metadata, spec, name)
        except NotCarried as problem:
            metadata.leave()
            spec.leave()
            yield name, problem
        metadata.end()
        spec.end()


def _slo(metadata: Fields, spec: Fields, name: str) -> dict[str, Any]:
    labels = metadata.texts("labels")
    service = metadata.text("namespace") or "pyrra"
    metadata.lose("annotations", _KUBERNETES)
    target = of_percent(spec.decimal("target"), spec.at("target"))
    window = rolling(spec.text("window"), spec.at("window"))
    spec.lose("alerting", ALERTS)
    spec.lose("partial_response_strategy", "is for the ruler that Pyrra writes for")
    spec.lose("performanceOverAccuracy", "slices are exact, and as fast")
    indicator_fields = spec.fields("indicator")
    objective: dict[str, Any] = {"target": target}
    indicator, labels_kept, slices = _indicator(indicator_fields, objective)
    indicator_fields.end()
    return document(
        name,
        service=service,
        description=spec.text("description"),
        labels=labels,
        annotations=grouped(labels_kept),
        window=window,
        objective=objective,
        indicator=indicator,
        slices=slices,
    )


def _indicator(fields: Fields, objective: dict[str, Any]) -> tuple[dict[str, Any], list[str], bool]:
    for kind, part in (("ratio", "errors"), ("latency", "success")):
        if kind in fields:
            its = fields.fields(kind)
            kept = its.names("grouping")
            some, total = (_metric(its.fields(key)) for key in (part, "total"))
            its.end()
            name = "bad" if kind == "ratio" else "good"
            return ratio(name, rated(some, kept), rated(total, kept)), kept, False
    if "latencyNative" in fields:
        return _native(fields.fields("latencyNative"))
    if "bool_gauge" in fields:
        objective |= {"op": "gte", "value": 1, "timeSliceTarget": 1, "timeSliceWindow": "1m"}
        return _gauge(fields.fields("bool_gauge"))
    raise NotCarried(fields.path, "", "has none of ratio, latency, latencyNative and bool_gauge")


def _native(its: Fields) -> tuple[dict[str, Any], list[str], bool]:
    """Observations of a native histogram below the bound, of all of them."""
    kept, selector = its.names("grouping"), _selector(its.fields("total"))
    written = its.text("latency")
    bound = Decimal(duration(written, its.at("latency")) // timedelta(milliseconds=1)).scaleb(-3).normalize()
    its.end()
    counted = {"metric": selector.name, "labels": matcher_labels(selector)}
    dialect = {
        "name": "native-histogram",
        "counters": [
            {**counted, "reading": "histogram_below", "bound": bound, "component": {"name": "below", "class": "good"}},
            {**counted, "reading": "histogram_count", "component": {"name": "all", "class": "success"}},
        ],
        "presence": counted,
    }
    good = {"metricSource": {"type": _OURS, "spec": {"bound": bound}}}
    total = {"metricSource": {"type": _OURS, "spec": {"dialects": [dialect]}}}
    return {"ratioMetric": {"counter": True, "good": good, "total": total}}, kept, False


def _gauge(its: Fields) -> tuple[dict[str, Any], list[str], bool]:
    """Minutes of every instance in which the gauge was 1 all the time."""
    kept, selector = its.names("grouping"), _selector(its)
    its.note("metric", selector.name or "", "Pyrra weighs every sample; here a minute with a sample of 0 is bad")
    its.end()
    gauge = {"metric": selector.name, "labels": matcher_labels(selector)}
    dialect = {
        "name": "bool-gauge",
        "gauges": [{**gauge, "within": "min", "component": {"label": "instance"}}],
        "presence": gauge,
    }
    spec = {"perComponent": True, "dialects": [dialect]}
    return {"thresholdMetric": {"metricSource": {"type": _OURS, "spec": spec}}}, kept, True


def _metric(its: Fields) -> promql.Expr:
    path, text = its.at("metric"), its.text("metric")
    its.end()
    return tree_of(text, path)


def _selector(its: Fields) -> promql.VectorSelector:
    path, text = its.at("metric"), its.text("metric")
    tree = bare(tree_of(text, path))
    if not isinstance(tree, promql.VectorSelector) or not tree.name:
        raise NotCarried(path, text, "must be one metric with conditions on its labels")
    return tree
