"""What access rules allow: who may write or read a topic, and whose a consumer group is."""

from __future__ import annotations

from collections import defaultdict

from scoring.catalog.estate import Acl
from scoring.evidence.naming import Naming

EVERYTHING = "*"
TOPIC, GROUP = "TOPIC", "GROUP"
READ, WRITE, ALL = "READ", "WRITE", "ALL"


class Access:
    """The rules that allow something to a principal that is no part of the platform itself.

    A rule for everything, or for everybody, names nobody's topics; `at_large` tells whom such rules are for.
    Denying rules are not looked at: they only make smaller what was allowed. Rules are found by name and by each
    beginning of it, because thousands of topics are asked about.
    """

    def __init__(self, acls: tuple[Acl, ...], naming: Naming) -> None:
        """acls: all that there are; those of the platform's own users are left out."""
        self._literal: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
        self._prefixed: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
        principals, wide = set(), set()
        for rule in acls:
            if rule.permission != "ALLOW" or naming.is_platform(rule.principal):
                continue
            if EVERYTHING in (rule.resource_name, rule.principal.partition(":")[2]):
                if rule.resource_type == TOPIC and rule.operation in (READ, WRITE, ALL):
                    wide.add(rule.principal)
                continue
            if rule.resource_type == TOPIC:
                principals.add(rule.principal)
            kept = self._prefixed if rule.pattern_type == "PREFIXED" else self._literal
            for operation in (READ, WRITE) if rule.operation == ALL else (rule.operation,):
                kept[operation, rule.resource_type, rule.resource_name].add(rule.principal)
        self.principals = tuple(sorted(principals))
        """Whoever a rule on topics by name is for."""
        self.at_large = tuple(sorted(wide))
        """Whoever may read or write all topics; User:* where a rule is for all users."""

    def allowed(self, operation: str, kind: str, name: str) -> frozenset[str]:
        """Whom rules that name the resource, or the beginning of its name, allow the operation."""
        found = set(self._literal.get((operation, kind, name), ()))
        for end in range(1, len(name) + 1) if self._prefixed else ():
            found.update(self._prefixed.get((operation, kind, name[:end]), ()))
        return frozenset(found)
