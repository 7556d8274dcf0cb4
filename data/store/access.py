"""Who may do what: roles granted to actors, and taken back; both leave their trace."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select, update

from data.store.dialect import insert
from data.store.engine import Database
from data.store.tables import ACTORS, ROLE_GRANTS
from data.store.writing import Write, Writer
from scoring.actors import Actor, Grant, Role, Scope, ScopeKind


class Access:
    """Grants and revokes roles. Every write needs the role admin."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer

    def actor(self, name: str) -> Actor:
        """The actor of that name with all that is granted to it now; one that nobody knows has no grants."""
        granted = (
            select(ROLE_GRANTS.c.role, ROLE_GRANTS.c.scope_kind, ROLE_GRANTS.c.scope_name)
            .join(ACTORS, ACTORS.c.id == ROLE_GRANTS.c.actor_id)
            .where(ACTORS.c.name == name, ROLE_GRANTS.c.revoked_at.is_(None))
        )
        with self._database.reading() as connection:
            rows = connection.execute(granted).all()
        grants = (Grant(Role(row.role), Scope(ScopeKind(row.scope_kind), row.scope_name)) for row in rows)
        return Actor(name, frozenset(grants))

    def grant(self, by: Actor, name: str, grant: Grant) -> None:
        """Give a role to an actor; nothing changes when it has it. Raises ForbiddenError, ValueError for `system`."""
        if grant.role is Role.SYSTEM:
            raise ValueError("the role system belongs to parts of streamgauge and cannot be granted")
        with self._writer.write(by, Role.ADMIN, "access.grant", name) as write:
            row = {**_columns(write, name, grant), "granted_at": write.at, "granted_by": write.actor_id}
            held = select(ROLE_GRANTS.c.id).where(*_open_grant(row))
            if write.connection.execute(held).first() is None:
                write.connection.execute(ROLE_GRANTS.insert(), row)
            write.detail |= _words(grant)

    def revoke(self, by: Actor, name: str, grant: Grant) -> bool:
        """Take a role back; False when the actor did not have it. Raises ForbiddenError."""
        with self._writer.write(by, Role.ADMIN, "access.revoke", name) as write:
            held = update(ROLE_GRANTS).where(*_open_grant(_columns(write, name, grant)))
            ended = write.connection.execute(held.values(revoked_at=write.at, revoked_by=write.actor_id)).rowcount
            write.detail |= _words(grant) | {"held": bool(ended)}
            return bool(ended)


def _columns(write: Write, name: str, grant: Grant) -> dict[str, object]:
    fresh = insert(write.connection, ACTORS).on_conflict_do_nothing(index_elements=["name"])
    write.connection.execute(fresh, {"name": name, "first_seen": write.at})
    # locked, so that of two admins who grant the same role at once the second one finds it granted
    found = select(ACTORS.c.id).where(ACTORS.c.name == name).with_for_update()
    return {
        "actor_id": write.connection.execute(found).scalar_one(),
        "role": grant.role,
        "scope_kind": grant.scope.kind,
        "scope_name": grant.scope.name,
    }


def _open_grant(row: dict[str, object]) -> tuple[ColumnElement[bool], ...]:
    same = (ROLE_GRANTS.c[column] == row[column] for column in ("actor_id", "role", "scope_kind", "scope_name"))
    return (*same, ROLE_GRANTS.c.revoked_at.is_(None))


def _words(grant: Grant) -> dict[str, str]:
    return {"role": grant.role, "scope": grant.scope.kind, "name": grant.scope.name}
