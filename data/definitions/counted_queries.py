"""PromQL that counts, turned into the selectors of the counters that it counts.

An SLI is counted minute by minute from the counters themselves, so that a budget is exact; an expression that is
already a rate over minutes, a quantile or a recorded ratio has lost what is needed for that and is refused.
"""

from __future__ import annotations

from dataclasses import dataclass

import promql_parser as promql

from data.definitions.located import Located
from data.definitions.promql import PromqlError, parsed
from data.slice_promql import literally
from scoring.slo.definition import Selector, Within

RATES = ("rate", "increase", "irate", "delta")
FORM = 'sum(rate(METRIC{LABEL="VALUE"}[5m])), added up or combined with `or`'
GAUGE_FORM = 'METRIC{LABEL="VALUE"}, or max by (LABEL) (METRIC{…})'


@dataclass(frozen=True, slots=True)
class Counted:
    """Counters that are added up; by: labels that the expression keeps apart."""

    selectors: tuple[Selector, ...]
    by: frozenset[str] = frozenset()


def counted_in(node: Located) -> tuple[Counted, ...]:
    """The counters of an expression that adds up counters; several where `or` names further ones to fall back on.

    Raises DefinitionError for every other expression, with the form that works.
    """
    return _alternatives(_parsed(node), node)


def divided_in(node: Located) -> tuple[tuple[Counted, ...], tuple[Counted, ...]] | None:
    """Dividend and divisor where the expression divides counters by counters; None where it is no division."""
    tree = _bare(_parsed(node))
    if not isinstance(tree, promql.BinaryExpr) or str(tree.op) != "/":
        return None
    return _alternatives(tree.lhs, node), _alternatives(tree.rhs, node)


def gauge_in(node: Located) -> tuple[Selector, str | None, Within | None]:
    """The gauge of an expression, the label that it is kept apart by, and by which extreme, where it says so.

    Raises DefinitionError for an expression that is more than one gauge.
    """
    tree, label, within = _bare(_parsed(node)), None, None
    if isinstance(tree, promql.AggregateExpr) and str(tree.op) in ("max", "min"):
        labels = _by(tree, node)
        if len(labels) > 1:
            raise node.wrong("keeps several labels apart; a component is named by one, further ones are for group-by")
        label, within = next(iter(labels), None), Within(str(tree.op))
        tree = _bare(tree.expr)
    if isinstance(tree, promql.Call) and tree.func.name in ("max_over_time", "min_over_time", "last_over_time"):
        within = Within(tree.func.name.removesuffix("_over_time"))
        tree = tree.args[0].vector_selector if isinstance(tree.args[0], promql.MatrixSelector) else tree.args[0]
    if not isinstance(tree, promql.VectorSelector):
        raise node.wrong(
            f"is more than a gauge, so a minute of it cannot be kept exactly; write {GAUGE_FORM}. Shares of events "
            "and latencies are ratioMetric: good or bad, and total, as counters."
        )
    return selector_of(tree, node), label, within


def selector_of(selector: promql.VectorSelector, node: Located) -> Selector:
    """A selector as definitions have it. Raises DefinitionError for what they cannot say."""
    if selector.offset or selector.at:
        raise node.wrong("has an offset or @; slices are read for their own minute")
    if selector.matchers.or_matchers or not selector.name:
        raise node.wrong("must name one metric, with conditions that all hold")
    labels: dict[str, str] = {}
    for one in selector.matchers.matchers:
        if one.name in labels:
            raise node.wrong(f"has two conditions on {one.name}; write them as one regular expression")
        labels[one.name] = _condition(one)
    return Selector(selector.name, labels)


def _condition(matcher: promql.Matcher) -> str:
    plain = f"~{literally(matcher.value)}" if matcher.value.startswith(("~", "!")) else matcher.value
    if matcher.op == promql.MatchOp.Equal:
        return plain
    if matcher.op == promql.MatchOp.NotEqual:
        return f"!{plain}"
    return f"{'~' if matcher.op == promql.MatchOp.Re else '!~'}{matcher.value}"


def _parsed(node: Located) -> promql.Expr:
    try:
        return parsed(node.text())
    except PromqlError as error:
        raise node.wrong(str(error)) from error


def _bare(tree: promql.Expr) -> promql.Expr:
    while isinstance(tree, promql.ParenExpr):
        tree = tree.expr
    return tree


def _alternatives(tree: promql.Expr, node: Located) -> tuple[Counted, ...]:
    tree = _bare(tree)
    if isinstance(tree, promql.BinaryExpr) and str(tree.op) == "or":
        left = _alternatives(tree.lhs, node)
        return left if _is_nothing(tree.rhs) else (*left, *_alternatives(tree.rhs, node))
    return (_sum(tree, node),)


def _is_nothing(tree: promql.Expr) -> bool:
    """True for what is there only to make an empty answer a zero: vector(0), 0 * total, and plain 0."""
    tree = _bare(tree)
    if isinstance(tree, promql.NumberLiteral):
        return tree.val == 0
    if isinstance(tree, promql.Call) and tree.func.name == "vector":
        return _is_nothing(tree.args[0])
    if isinstance(tree, promql.BinaryExpr) and str(tree.op) == "*":
        return _is_nothing(tree.lhs) or _is_nothing(tree.rhs)
    return False


def _sum(tree: promql.Expr, node: Located) -> Counted:
    tree = _bare(tree)
    if isinstance(tree, promql.BinaryExpr) and str(tree.op) == "+":
        left, right = _sum(tree.lhs, node), _sum(tree.rhs, node)
        return Counted((*left.selectors, *right.selectors), left.by | right.by)
    if isinstance(tree, promql.AggregateExpr) and str(tree.op) == "sum":
        inner = _sum(tree.expr, node)
        return Counted(inner.selectors, inner.by | _by(tree, node))
    if isinstance(tree, promql.Call) and tree.func.name in RATES and isinstance(tree.args[0], promql.MatrixSelector):
        return Counted((selector_of(tree.args[0].vector_selector, node),))
    raise node.wrong(
        f"cannot be counted exactly: {tree.prettify().splitlines()[0][:80]!r} is no sum of rates; write {FORM}"
    )


def _by(tree: promql.AggregateExpr, node: Located) -> frozenset[str]:
    if tree.modifier is None:
        return frozenset()
    if tree.modifier.type != promql.AggModifierType.By:
        raise node.wrong("adds up `without` labels; name those to keep with `by`")
    return frozenset(tree.modifier.labels)
