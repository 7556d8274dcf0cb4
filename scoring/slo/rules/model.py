"""What a rule file is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from scoring.slo.rules.conventions import SLO


class RulesError(Exception):
    """An SLO that no rules can be made of; the message names it and says what to change."""


@dataclass(frozen=True, slots=True)
class RecordingRule:
    """`expr` evaluated at every interval of its group and kept under the name `record` with these labels added."""

    record: str
    expr: str
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AlertRule:
    """Fires for each series that `expr` has, when it has had it for `lasting`."""

    alert: str
    expr: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    lasting: timedelta = timedelta()


Rule = RecordingRule | AlertRule


@dataclass(frozen=True, slots=True)
class RuleGroup:
    """Rules that are evaluated one after another, each seeing what those before it recorded at the same moment."""

    name: str
    interval: timedelta
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose series the rules are about.

    slo: its id. cluster: labels that single out a cluster in a Prometheus that holds several; the selected series have
    them, and the recorded ones are given them. group_by: labels whose every combination of values has a budget.
    """

    slo: str
    cluster: Mapping[str, str]
    group_by: tuple[str, ...]

    @property
    def identity(self) -> dict[str, str]:
        """Labels of every recorded series."""
        return {SLO: self.slo, **self.cluster}
