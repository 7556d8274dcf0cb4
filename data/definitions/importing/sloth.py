"""Sloth's `prometheus/v1` files and its Kubernetes kind PrometheusServiceLevel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import promql_parser as promql

from data.definitions.importing.canonical import (
    ALERTS,
    ROLLING,
    bare,
    document,
    grouped,
    kept_labels,
    of_percent,
    ratio,
    rolling,
    slug,
    source,
    text_of,
    tree_of,
)
from data.definitions.importing.losses import Fields, NotCarried

_PLUGIN = "plugins are Sloth's own programs"


def convert(documents: list[Fields]) -> Iterator[tuple[str, dict[str, Any] | NotCarried]]:
    """Every SLO of the documents."""
    for top in documents:
        top.text("version")
        top.text("apiVersion")
        top.text("kind")
        crd = top.fields("metadata") if "metadata" in top else None
        spec = top.fields("spec") if crd is not None else top
        service, labels = spec.text("service"), spec.texts("labels")
        spec.lose("slo_plugins", _PLUGIN)
        spec.lose("sloPlugins", _PLUGIN)
        for slo in spec.items("slos"):
            name = slug(service, slo.text("name"))
            try:
                yield name, _slo(slo, name, service, labels)
            except NotCarried as problem:
                slo.leave()
                yield name, problem
        if crd is not None:
            for key in ("name", "namespace", "labels", "annotations"):
                crd.lose(key, "what Kubernetes keeps of an object is not about the SLO")
            crd.end()
            spec.end()


def _slo(slo: Fields, name: str, service: str, labels: dict[str, str]) -> dict[str, Any]:
    description = slo.text("description")
    objective = of_percent(slo.decimal("objective"), slo.at("objective"))
    own = slo.texts("labels")
    slo.note("", ROLLING, f"Sloth takes the window from its command line; {ROLLING}, its default, is written")
    for key in ("alerting",):
        slo.lose(key, ALERTS)
    slo.lose("plugins", _PLUGIN)
    sli = slo.fields("sli")
    indicator, kept = _indicator(sli)
    sli.end()
    slo.end()
    return document(
        name,
        service=service or "sloth",
        description=description,
        labels={**labels, **own},
        annotations=grouped(kept),
        window=rolling(ROLLING, slo.path),
        objective={"target": objective},
        indicator=indicator,
    )


def _indicator(sli: Fields) -> tuple[dict[str, Any], set[str]]:
    if "plugin" in sli:
        raise NotCarried(sli.at("plugin"), sli.fields("plugin").text("id"), f"{_PLUGIN}; write its queries as events")
    if "raw" in sli:
        raw = sli.fields("raw")
        key = next((key for key in ("error_ratio_query", "errorRatioQuery") if key in raw), "error_ratio_query")
        tree = bare(tree_of(raw.text(key), raw.at(key)))
        raw.end()
        if isinstance(tree, promql.BinaryExpr) and str(tree.op) == "/":
            return ratio("bad", text_of(tree.lhs), text_of(tree.rhs)), kept_labels(tree)
        return {"ratioMetric": {"rawType": "failure", "raw": source(text_of(tree))}}, kept_labels(tree)
    events = sli.fields("events")
    error, total = (_query(events, *keys) for keys in (("error_query", "errorQuery"), ("total_query", "totalQuery")))
    events.end()
    bad = bare(error)
    if isinstance(bad, promql.BinaryExpr) and str(bad.op) == "-" and text_of(bare(bad.lhs)) == text_of(bare(total)):
        return ratio("good", text_of(bad.rhs), text_of(total)), kept_labels(total)
    return ratio("bad", text_of(error), text_of(total)), kept_labels(error, total)


def _query(events: Fields, *keys: str) -> promql.Expr:
    key = next((key for key in keys if key in events), keys[0])
    return tree_of(events.text(key), events.at(key))
