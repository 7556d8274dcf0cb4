"""Who acts, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an actor may do; a service checks the role on every write."""

    VIEWER = "viewer"
    VOTER = "voter"
    ASSESSOR = "assessor"
    FACILITATOR = "facilitator"
    EDITOR = "editor"
    APPROVER = "approver"
    ADMIN = "admin"
    SYSTEM = "system"


class ScopeKind(StrEnum):
    """How far a role reaches."""

    EVERYTHING = "everything"
    DOMAIN = "domain"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the platform that a grant covers; `name` is empty for everything."""

    kind: ScopeKind = ScopeKind.EVERYTHING
    name: str = ""

    def covers(self, other: Scope) -> bool:
        """True when a grant over this scope is enough to act on `other`."""
        return self.kind is ScopeKind.EVERYTHING or self == other


EVERYTHING = Scope()


@dataclass(frozen=True, slots=True)
class Grant:
    """One role over one scope."""

    role: Role
    scope: Scope = EVERYTHING


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a part of the product that writes; `name` is what the audit log shows."""

    name: str
    grants: frozenset[Grant]

    @classmethod
    def system(cls, name: str) -> Actor:
        """A part of the product itself, such as the collector."""
        return cls(name=f"system:{name}", grants=frozenset({Grant(Role.SYSTEM)}))

    @classmethod
    def local_admin(cls) -> Actor:
        """The one person of an instance that is bound to loopback."""
        return cls(name="local", grants=frozenset({Grant(Role.ADMIN)}))

    def may(self, role: Role, scope: Scope = EVERYTHING) -> bool:
        """True when a grant gives `role` (or admin) over `scope`; the system role is given by nothing else."""
        wanted = {role} if role is Role.SYSTEM else {role, Role.ADMIN}
        return any(grant.role in wanted and grant.scope.covers(scope) for grant in self.grants)


class ForbiddenError(Exception):
    """An actor asked for a write that none of its grants allows."""

    def __init__(self, actor: Actor, role: Role, action: str) -> None:
        super().__init__(f"{actor.name} may not {action}: that needs the role {role}; ask an admin to grant it.")
