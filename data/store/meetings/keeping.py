"""What a meeting's steps write, inside the transaction of whoever takes them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from data.store.meetings import rows
from data.store.tables import ACTIONS, DECISIONS, LOBBIES, SNAPSHOTS
from data.store.writing import Write
from scoring.actors import Actor
from scoring.meetings.actions import ActionDraft, ActionId, ActionStatus, action_from
from scoring.meetings.canonical import CanonicalError, canonical, plain
from scoring.meetings.decisions import ConflictError, Decision, DecisionEntry, require_unchanged, standing
from scoring.meetings.records import Record
from scoring.meetings.sessions import Session, SessionId
from scoring.meetings.snapshots import Snapshot
from scoring.meetings.subjects import Subject
from scoring.meetings.texts import MeetingError, written


def require_zone(zone: str) -> None:
    """Raises MeetingError for a time zone that nobody knows."""
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError) as error:
        raise MeetingError(f"There is no time zone {zone!r}; write one such as Europe/Berlin.") from error


def settings_text(settings: Mapping[str, Any]) -> str:
    """Canonical JSON of a meeting's settings. Raises MeetingError for what JSON cannot say."""
    try:
        return canonical(plain(settings, "settings")).decode()
    except CanonicalError as error:
        raise MeetingError(f"The settings of this meeting cannot be kept: {error}") from error


def keep_snapshot(write: Write, session: Session, snapshot: Snapshot, number: int) -> None:
    """Write a snapshot under a number. Raises MeetingError for numbers that JSON cannot say."""
    try:
        body = canonical(snapshot.as_json()).decode()
    except CanonicalError as error:
        raise MeetingError(f"These numbers cannot be kept: {error}") from error
    row = {
        "session_id": session.id,
        "number": number,
        "taken_at": write.at,
        "taken_by": write.actor_id,
        "snapshot_id": snapshot.id,
        "body": body,
    }
    write.connection.execute(SNAPSHOTS.insert(), row)


def add_snapshot(write: Write, session: Session, snapshot: Snapshot) -> None:
    """Write a snapshot after those that are there."""
    last = select(func.max(SNAPSHOTS.c.number)).where(SNAPSHOTS.c.session_id == session.id)
    keep_snapshot(write, session, snapshot, int(write.connection.execute(last).scalar_one()) + 1)


def add_step(write: Write, session: Session, subject: Subject, decision: Decision | None, based_on: int) -> None:
    """Write the next step of a history: a decision, or (None) that one was taken back. Raises ConflictError."""
    history = rows.histories(write.connection, [session.id], subject).get((session.id, subject), [])
    require_unchanged(history, based_on)
    row = {
        "session_id": session.id,
        "subject": subject,
        "version": based_on + 1,
        "decided_at": write.at,
        "decided_by": write.actor_id,
    }
    write.connection.execute(DECISIONS.insert(), row | rows.decision_columns(decision))


def require_decided(
    histories: Mapping[tuple[SessionId, Subject], Sequence[DecisionEntry]], decided: Mapping[Subject, int]
) -> None:
    """Raises ConflictError unless these are the versions that the histories end with."""
    steps = {subject: history for (_, subject), history in histories.items()}
    for subject in {**decided, **dict.fromkeys(steps)}:
        require_unchanged(steps.get(subject, ()), decided.get(subject, 0))


def end_voting(write: Write, session: Session, voted: int | None) -> None:
    """Close the lobby of a session that is being closed: its PIN is free again, and nobody is let in for nothing.

    voted: the version of the lobby that the last numbers were made from, where they count votes. Raises ConflictError
    when somebody has started, revealed or changed something since.
    """
    mine = LOBBIES.c.session_id == session.id
    version = write.connection.execute(select(LOBBIES.c.version).where(mine).with_for_update()).scalar_one_or_none()
    if voted is not None and version != voted:
        raise ConflictError("Something was voted or revealed meanwhile; look at it before closing.", version)
    closed = {"closed_at": write.at, "closed_by": write.actor_id, "version": LOBBIES.c.version + 1}
    write.connection.execute(LOBBIES.update().where(mine, LOBBIES.c.closed_at.is_(None)).values(closed))


def keep_action(write: Write, session: Session, draft: ActionDraft) -> ActionId:
    """Write down something to be done. Raises TextError."""
    row = {
        "session_id": session.id,
        "subject": draft.subject,
        "text": written("action", draft.text, needed=True),
        "owner": written("owner", draft.owner),
        "due": draft.due,
        "status": ActionStatus.OPEN,
        "note": "",
        "version": 1,
        "created_at": write.at,
        "created_by": write.actor_id,
        "changed_at": write.at,
        "changed_by": write.actor_id,
    }
    return ActionId(write.connection.execute(ACTIONS.insert().values(row).returning(ACTIONS.c.id)).scalar_one())


def made_record(write: Write, session: Session, actor: Actor) -> Record:
    """The record of a session that is being closed, after its owned decisions have become actions."""
    snapshot = rows.snapshot_of(write.connection, session.id)
    found = {subject: standing(steps) for (_, subject), steps in rows.histories(write.connection, [session.id]).items()}
    order = [*snapshot.subjects, *(subject for subject in found if subject not in snapshot.subjects)]
    decisions = tuple(entry for entry in map(found.get, order) if entry is not None)
    for entry in decisions:
        draft = entry.decision and action_from(entry.subject, entry.decision)
        if draft:
            keep_action(write, session, draft)
    actions = (*rows.carried_into(write.connection, session), *rows.own_actions(write.connection, session))
    before = rows.last_record(write.connection, session.kind, session.scope)
    previous = None if before is None else before.sha256
    return Record(session.closed(actor.name, write.at), snapshot, decisions, actions, previous)
