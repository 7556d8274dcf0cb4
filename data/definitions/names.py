"""Names in definition files, and what they must look like."""

from __future__ import annotations

import re

from data.definitions.located import Located

NAME = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
METRIC = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def name_of(node: Located) -> str:
    """The name of a definition."""
    return matching(node, NAME, "lower-case letters, digits and dashes")


def label_of(node: Located) -> str:
    """The name of a label."""
    return matching(node, LABEL, "a label name")


def metric_of(node: Located) -> str:
    """The name of a metric."""
    return matching(node, METRIC, "a metric name")


def labels_of(text: str, node: Located) -> tuple[str, ...]:
    """Label names with commas between them; DefinitionError at `node` for what is none."""
    names = tuple(part.strip() for part in text.split(","))
    for name in names:
        if not LABEL.fullmatch(name):
            raise node.wrong(f"must be label names with commas between them, not {text!r}")
    return names


def matching(node: Located, pattern: re.Pattern[str], meaning: str) -> str:
    """The text if it matches. Raises DefinitionError."""
    if not pattern.fullmatch(node.text()):
        raise node.wrong(f"must be {meaning}, not {node.text()!r}")
    return node.text()
