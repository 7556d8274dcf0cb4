"""Rule groups as Prometheus' rule files have them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from scoring.slo.rules.model import RecordingRule, Rule, RuleGroup


def rule_document(groups: Iterable[RuleGroup], normalised: Callable[[str], str]) -> dict[str, Any]:
    """A rule file's content. normalised: checks an expression and sets it in its final form."""
    return {
        "groups": [
            {
                "name": group.name,
                "interval": duration_text(group.interval),
                "rules": [_rule(rule, normalised) for rule in group.rules],
            }
            for group in groups
        ]
    }


def _rule(rule: Rule, normalised: Callable[[str], str]) -> dict[str, Any]:
    if isinstance(rule, RecordingRule):
        return {"record": rule.record, "expr": normalised(rule.expr), "labels": dict(rule.labels)}
    lasting = {"for": duration_text(rule.lasting)} if rule.lasting else {}
    return {
        "alert": rule.alert,
        "expr": normalised(rule.expr),
        **lasting,
        "labels": dict(rule.labels),
        "annotations": dict(rule.annotations),
    }


def duration_text(duration: timedelta) -> str:
    """A whole number of minutes as Prometheus reads it."""
    return f"{duration // timedelta(minutes=1)}m"
