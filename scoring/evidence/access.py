"""What access rules allow: who may write or read a topic, and whose a consumer group is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from scoring.catalog.estate import Acl
from scoring.evidence.naming import Naming

EVERYTHING = "*"
TOPIC, GROUP = "TOPIC", "GROUP"
READ, WRITE = "READ", "WRITE"


@dataclass(frozen=True, slots=True)
class Access:
    """The rules that allow something to a principal that is no part of the platform itself.

    A rule for everything, or for everybody, names nobody's topics; `at_large` tells whom such rules are for.
    Denying rules are not looked at: they only make smaller what was allowed.
    """

    rules: tuple[Acl, ...]

    @classmethod
    def of(cls, acls: tuple[Acl, ...], naming: Naming) -> Access:
        """The rules that matter of all there are."""
        allowing = (rule for rule in acls if rule.permission == "ALLOW")
        return cls(tuple(rule for rule in allowing if not naming.platform_principals.search(rule.principal)))

    @property
    def principals(self) -> tuple[str, ...]:
        """Whoever a rule on topics by name is for, by name."""
        return tuple(sorted({rule.principal for rule in self.rules if rule.resource_type == TOPIC and _names(rule)}))

    @property
    def at_large(self) -> tuple[str, ...]:
        """Whoever may read or write all topics, and "everybody" where a rule is for all users."""
        wide = (
            rule
            for rule in self.rules
            if rule.resource_type == TOPIC and not _names(rule) and rule.operation in (READ, WRITE, "ALL")
        )
        return tuple(sorted({rule.principal for rule in wide}))

    def allows(self, principal: str, operation: str, kind: str, name: str) -> bool:
        """True when a rule that names the resource, or the beginning of its name, allows it."""
        return principal in set(self.allowed(operation, kind, name))

    def allowed(self, operation: str, kind: str, name: str) -> Iterator[str]:
        """Whom rules that name the resource, or the beginning of its name, allow the operation; once a rule."""
        for rule in self.rules:
            if rule.resource_type == kind and rule.operation in (operation, "ALL") and _names(rule):
                prefixed = rule.pattern_type == "PREFIXED" and name.startswith(rule.resource_name)
                if prefixed or rule.resource_name == name:
                    yield rule.principal


def _names(rule: Acl) -> bool:
    return EVERYTHING not in (rule.resource_name, rule.principal.partition(":")[2])
