"""PromQL read by a parser: an expression is checked before it is written or believed."""

from __future__ import annotations

import promql_parser


class PromqlError(Exception):
    """An expression that is no PromQL; the message has it and what is wrong."""


def parsed(expression: str) -> promql_parser.Expr:
    """The expression's tree. Raises PromqlError."""
    try:
        return promql_parser.parse(expression)
    except ValueError as error:
        raise PromqlError(f"{expression!r} is no PromQL: {error}") from error


def normalised(expression: str) -> str:
    """The expression as the parser sets it, over several lines where it is long. Raises PromqlError."""
    return parsed(expression).prettify()


def metrics_in(expression: str) -> frozenset[str]:
    """Names of the metrics that an expression asks for. Raises PromqlError."""
    found: set[str] = set()

    def note(node: promql_parser.Expr) -> bool:
        selector = node.vector_selector if isinstance(node, promql_parser.MatrixSelector) else node
        if isinstance(selector, promql_parser.VectorSelector) and selector.name:
            found.add(selector.name)
        return True

    promql_parser.walk(parsed(expression), note)
    return frozenset(found)
