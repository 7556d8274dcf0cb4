"""Meetings between their rows and the types of `scoring.meetings`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, select

from data.store.content import canonical
from data.store.tables import ACTIONS, ACTORS, DECISIONS, RECORDS, SESSIONS, SNAPSHOTS
from scoring.actors import Scope, ScopeKind
from scoring.meetings.actions import Action, ActionId, ActionStatus
from scoring.meetings.canonical import parse
from scoring.meetings.decisions import Decision, DecisionEntry
from scoring.meetings.records import Record, verified
from scoring.meetings.sessions import Session, SessionId, SessionKind
from scoring.meetings.snapshots import Snapshot
from scoring.meetings.subjects import Subject
from scoring.meetings.texts import MeetingError

OPENER, CLOSER, CREATOR, CHANGER = (ACTORS.alias(name) for name in ("opener", "closer", "creator", "changer"))


class NoSessionError(MeetingError):
    """There is no session with that number."""

    def __init__(self, session: SessionId) -> None:
        super().__init__(f"There is no session {session}; open one, or choose another.")


def in_series(kind: SessionKind, scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """Meetings of one kind about one part of the platform: they follow each other and hand their actions on."""
    return SESSIONS.c.kind == kind, SESSIONS.c.scope_kind == scope.kind, SESSIONS.c.scope_name == scope.name


def sessions_where(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Sessions with the names of who opened and closed them, the latest first."""
    return (
        select(SESSIONS, OPENER.c.name.label("opener"), CLOSER.c.name.label("closer"))
        .join(OPENER, OPENER.c.id == SESSIONS.c.opened_by)
        .outerjoin(CLOSER, CLOSER.c.id == SESSIONS.c.closed_by)
        .where(*conditions)
        .order_by(SESSIONS.c.id.desc())
    )


def session_from(row: Any) -> Session:
    """A session from a row of `sessions_where`."""
    return Session(
        id=SessionId(row.id),
        kind=SessionKind(row.kind),
        title=row.title,
        period_start=row.period_start,
        opened_at=row.opened_at,
        opened_by=row.opener,
        scope=Scope(ScopeKind(row.scope_kind), row.scope_name),
        zone=row.zone,
        settings=json.loads(row.settings),
        closed_at=row.closed_at,
        closed_by=row.closer,
    )


def session_of(connection: Connection, session: SessionId) -> Session:
    """One session. Raises NoSessionError."""
    row = connection.execute(sessions_where(SESSIONS.c.id == session)).one_or_none()
    if row is None:
        raise NoSessionError(session)
    return session_from(row)


def snapshot_of(connection: Connection, session: SessionId) -> Snapshot:
    """The newest snapshot of a session; there is one from its opening on."""
    newest = select(SNAPSHOTS.c.body).where(SNAPSHOTS.c.session_id == session).order_by(SNAPSHOTS.c.number.desc())
    return Snapshot.from_json(parse(connection.execute(newest.limit(1)).scalar_one()))


def histories(
    connection: Connection, sessions: Iterable[SessionId], subject: Subject | None = None
) -> dict[tuple[SessionId, Subject], list[DecisionEntry]]:
    """Every step of every decision of these sessions (about one subject), oldest first."""
    steps = (
        select(DECISIONS, ACTORS.c.name)
        .join(ACTORS, ACTORS.c.id == DECISIONS.c.decided_by)
        .where(DECISIONS.c.session_id.in_(list(sessions)))
        .order_by(DECISIONS.c.session_id, DECISIONS.c.subject, DECISIONS.c.version)
    )
    if subject is not None:
        steps = steps.where(DECISIONS.c.subject == subject)
    found: dict[tuple[SessionId, Subject], list[DecisionEntry]] = {}
    for row in connection.execute(steps):
        entry = DecisionEntry(Subject(row.subject), row.version, _decision(row), row.name, row.decided_at)
        found.setdefault((SessionId(row.session_id), entry.subject), []).append(entry)
    return found


def _decision(row: Any) -> Decision | None:
    if row.choice is None:
        return None
    return Decision(
        choice=row.choice,
        note=row.note,
        owner=row.owner,
        due=row.due,
        dissent=row.dissent,
        evidence=tuple(json.loads(row.evidence)),
        approved_by=row.approved_by,
    )


def decision_columns(decision: Decision | None) -> dict[str, Any]:
    """The columns of a decision; of None, that the one before was taken back."""
    said = Decision("") if decision is None else decision
    return {
        "choice": said.choice or None,
        "note": said.note,
        "owner": said.owner,
        "due": said.due,
        "dissent": said.dissent,
        "evidence": canonical(said.evidence),
        "approved_by": said.approved_by,
    }


def actions_where(connection: Connection, *conditions: ColumnElement[bool]) -> list[Action]:
    """Actions, oldest first; conditions may be about their sessions too."""
    found = (
        select(ACTIONS, CREATOR.c.name.label("creator"), CHANGER.c.name.label("changer"))
        .join(SESSIONS, SESSIONS.c.id == ACTIONS.c.session_id)
        .join(CREATOR, CREATOR.c.id == ACTIONS.c.created_by)
        .join(CHANGER, CHANGER.c.id == ACTIONS.c.changed_by)
        .where(*conditions)
        .order_by(ACTIONS.c.id)
    )
    return [_action(row) for row in connection.execute(found)]


def _action(row: Any) -> Action:
    return Action(
        id=ActionId(row.id),
        session=SessionId(row.session_id),
        subject=Subject(row.subject),
        text=row.text,
        owner=row.owner,
        due=row.due,
        status=ActionStatus(row.status),
        note=row.note,
        version=row.version,
        created_at=row.created_at,
        created_by=row.creator,
        changed_at=row.changed_at,
        changed_by=row.changer,
    )


def carried_into(connection: Connection, session: Session) -> list[Action]:
    """Actions of earlier sessions of the series that were open when this one was opened."""
    return actions_where(
        connection,
        *in_series(session.kind, session.scope),
        ACTIONS.c.session_id < session.id,
        (ACTIONS.c.status == ActionStatus.OPEN) | (ACTIONS.c.changed_at >= session.opened_at),
    )


def own_actions(connection: Connection, session: Session) -> list[Action]:
    """Actions that came from this session."""
    return actions_where(connection, ACTIONS.c.session_id == session.id)


def last_record(connection: Connection, kind: SessionKind, scope: Scope) -> Any:
    """The row of the record at the end of a series: the one that no other names; None when there is none."""
    named = RECORDS.alias("later").c.previous
    found = (
        select(RECORDS)
        .join(SESSIONS, SESSIONS.c.id == RECORDS.c.session_id)
        .where(
            *in_series(kind, scope),
            RECORDS.c.sha256.not_in(select(named).where(named.is_not(None))),
        )
    )
    return connection.execute(found).one_or_none()


def record_before(connection: Connection, session: Session) -> Any:
    """The row of the record before a session: that which its own one names, or while it is open the last one."""
    if session.is_open:
        return last_record(connection, session.kind, session.scope)
    own = select(RECORDS.c.previous).where(RECORDS.c.session_id == session.id).scalar_subquery()
    return connection.execute(select(RECORDS).where(RECORDS.c.sha256 == own)).one_or_none()


def record_from(row: Any) -> Record:
    """A record from its row. Raises RecordError when it is not what its hash says."""
    return verified(row.body, row.sha256)
