"""Where Alertmanager sends an alert: its tree of routes, walked with the labels that are known beforehand.

An alert has more labels than its rule (those of the series it fires for), so a matcher on a label that the rule does
not set may match or not. All receivers that are possible are found; only when they agree is there an answer.
Semantics: Alertmanager's dispatch/route.go: the first matching child takes the alert unless it says `continue`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on a label. operator: =, !=, =~ or !~; a regular expression must match the whole value."""

    label: str
    operator: str
    value: str

    def matches(self, labels: Mapping[str, str]) -> bool | None:
        """Whether an alert with at least these labels meets it; None when that hangs on a label it may get."""
        if self.label not in labels:
            return None
        found = labels[self.label]
        equal = re.fullmatch(self.value, found) is not None if self.operator.endswith("~") else found == self.value
        return equal != self.operator.startswith("!")


@dataclass(frozen=True, slots=True)
class Route:
    """One node of the tree. carries_on: what it takes is offered to the next sibling too."""

    receiver: str
    matchers: tuple[Matcher, ...] = ()
    carries_on: bool = False
    children: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True)
class Routing:
    """The tree, and what each receiver tells: its kinds of integration, such as email; none tells nobody."""

    root: Route
    receivers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def possible(self, labels: Mapping[str, str]) -> frozenset[frozenset[str]]:
        """The sets of receivers that an alert with at least these labels may reach; one set when it is certain."""
        return frozenset(_reached(self.root, labels))

    def tells_somebody(self, labels: Mapping[str, str]) -> bool | None:
        """Whether the alert reaches a receiver with an integration; None when that hangs on labels not known yet."""
        answers = {any(self.receivers.get(name) for name in names) for names in self.possible(labels)}
        return answers.pop() if len(answers) == 1 else None


def _reached(route: Route, labels: Mapping[str, str]) -> list[frozenset[str]]:
    """Every set of receivers that the node may hand a matching alert to."""
    results: set[frozenset[str]] = set()
    for choice in product(*(_choices(child, labels) for child in route.children)):
        outcomes: list[frozenset[str]] = [frozenset()]
        for child, taken in zip(route.children, choice, strict=True):
            if not taken:
                continue
            outcomes = [before | after for before in outcomes for after in _reached(child, labels)]
            if not child.carries_on:
                break
        results |= {names or frozenset({route.receiver}) for names in outcomes}
    return sorted(results, key=sorted)


def _choices(child: Route, labels: Mapping[str, str]) -> tuple[bool, ...]:
    answers = [matcher.matches(labels) for matcher in child.matchers]
    if False in answers:
        return (False,)
    return (True, False) if None in answers else (True,)
