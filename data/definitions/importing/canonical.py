"""The canonical document that every importer makes, and the PromQL in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import promql_parser as promql

from data.definitions.importing.losses import NotCarried
from data.definitions.openslo import GROUP_BY
from data.definitions.promql import PromqlError, parsed

RANGE = "5m"
"""Of the rates in canonical queries; slices are counted minute by minute whatever it is."""

ROLLING = "30d"

ALERTS = "alerts follow from objective and window; `slo rules` writes them, with receivers by severity and team"

_WINDOW = re.compile(r"\{\{\s*\.window\s*\}\}")
_DURATION = re.compile(r"(\d+)(ms|[smhdwy])")
_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "y": timedelta(days=365),
}
_MINUTE, _HOUR, _DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def document(
    name: str,
    *,
    service: str,
    title: str = "",
    description: str = "",
    labels: Mapping[str, str],
    annotations: Mapping[str, str],
    window: Mapping[str, Any],
    objective: Mapping[str, Any],
    indicator: Mapping[str, Any],
    slices: bool = False,
) -> dict[str, Any]:
    """An OpenSLO v1 document of kind SLO."""
    metadata: dict[str, Any] = {"name": name}
    metadata |= {"displayName": title} if title else {}
    metadata |= {"labels": dict(labels)} if labels else {}
    metadata |= {"annotations": dict(annotations)} if annotations else {}
    return {
        "apiVersion": "openslo/v1",
        "kind": "SLO",
        "metadata": metadata,
        "spec": {
            **({"description": description} if description else {}),
            "service": service,
            "budgetingMethod": "Timeslices" if slices else "Occurrences",
            "timeWindow": [dict(window)],
            "objectives": [dict(objective)],
            "indicator": {"metadata": {"name": name}, "spec": dict(indicator)},
        },
    }


def slug(*parts: str) -> str:
    """A name as OpenSLO allows it, of lower-case letters, digits and dashes, at most 63 of them."""
    text = re.sub(r"[^a-z0-9]+", "-", "-".join(part for part in parts if part).lower()).strip("-")
    return text[:63].rstrip("-")


def source(query: str) -> dict[str, Any]:
    """A metric that is read from Prometheus."""
    return {"metricSource": {"type": "Prometheus", "spec": {"query": query}}}


def ratio(part: str, its: str, total: str) -> dict[str, Any]:
    """Good or bad of all, as counters."""
    return {"ratioMetric": {"counter": True, part: source(its), "total": source(total)}}


def grouped(labels: Iterable[str]) -> dict[str, str]:
    """The annotation that keeps groups apart; nothing without groups."""
    names = sorted(set(labels))
    return {GROUP_BY: ",".join(names)} if names else {}


def tree_of(query: str, path: str) -> promql.Expr:
    """A query, its window filled in. Raises NotCarried for what is no PromQL."""
    try:
        return parsed(_WINDOW.sub(RANGE, query))
    except PromqlError as error:
        raise NotCarried(path, query, str(error)) from error


def text_of(tree: promql.Expr) -> str:
    """A query in one line where it fits."""
    text = tree.prettify()
    line = " ".join(text.split()).replace("( ", "(").replace(" )", ")")
    return line if len(line) <= 160 else text


def bare(tree: promql.Expr) -> promql.Expr:
    """Without the parentheses around it."""
    while isinstance(tree, promql.ParenExpr):
        tree = tree.expr
    return tree


def kept_labels(*trees: promql.Expr) -> set[str]:
    """Labels that sums keep apart."""
    found: set[str] = set()

    def note(node: promql.Expr) -> bool:
        modifier = node.modifier if isinstance(node, promql.AggregateExpr) else None
        if modifier is not None and modifier.type == promql.AggModifierType.By:
            found.update(modifier.labels)
        return True

    for tree in trees:
        promql.walk(tree, note)
    return found


def rated(tree: promql.Expr, labels: Iterable[str] = ()) -> str:
    """A counter, or a sum of one, as the sum of its rate."""
    names = ", ".join(labels)
    inner = bare(tree)
    if isinstance(inner, promql.AggregateExpr) and str(inner.op) == "sum":
        names = names or ", ".join(sorted(kept_labels(inner)))
        inner = bare(inner.expr)
    if not isinstance(inner, promql.VectorSelector):
        return text_of(tree)
    return f"sum{f' by ({names}) ' if names else ''}(rate({inner.prettify()}[{RANGE}]))"


def matcher_labels(selector: promql.VectorSelector) -> dict[str, str]:
    """Conditions on labels as definitions have them: plain, "~" regular expression, "!" not."""
    found: dict[str, str] = {}
    for one in selector.matchers.matchers:
        negated = one.op in (promql.MatchOp.NotEqual, promql.MatchOp.NotRe)
        regular = one.op in (promql.MatchOp.Re, promql.MatchOp.NotRe)
        found[one.name] = f"{'!' if negated else ''}{'~' if regular else ''}{one.value}"
    return found


def rolling(text: str, path: str) -> dict[str, Any]:
    """A rolling window of a length as Prometheus writes it, in one unit."""
    length = duration(text, path)
    size, unit = next(
        (size, unit) for size, unit in ((_DAY, "d"), (_HOUR, "h"), (_MINUTE, "m")) if not length % size or unit == "m"
    )
    return {"duration": f"{length // size}{unit}", "isRolling": True}


def duration(text: str, path: str) -> timedelta:
    """A length of time as Prometheus writes it, as in 1w12h or 200ms."""
    parts = _DURATION.findall(text)
    if not parts or "".join(f"{count}{unit}" for count, unit in parts) != text:
        raise NotCarried(path, text, "is no length of time as in 28d or 1w12h")
    return sum((int(count) * _UNITS[unit] for count, unit in parts), timedelta())


def of_percent(percent: Decimal, path: str) -> Decimal:
    """A target from percent. Raises NotCarried for one that leaves no budget, or no promise."""
    if not 0 < percent < 100:
        why = "leaves no error budget; zero tolerance is written as an Invariant" if percent == 100 else "is no promise"
        raise NotCarried(path, f"{percent}", f"an objective of {percent} % {why}")
    return percent / 100
