"""Meetings are held here: opened, decided in, closed. Each step is one transaction and one audit entry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from data.store.dialect import insert
from data.store.engine import Database
from data.store.meetings import rows
from data.store.meetings.keeping import (
    add_snapshot,
    add_step,
    end_voting,
    keep_action,
    keep_snapshot,
    made_record,
    require_decided,
    require_zone,
    settings_text,
)
from data.store.meetings.reading import MeetingReader
from data.store.tables import ACTIONS, AUDIT_HEAD, RECORDS, SESSIONS
from data.store.writing import Write, Writer
from scoring.actors import EVERYTHING, Actor, Role, Scope
from scoring.meetings.actions import Action, ActionDraft, ActionId, ActionStatus
from scoring.meetings.assessments import require_answer
from scoring.meetings.decisions import (
    ConflictError,
    Decision,
    DecisionEntry,
    DecisionError,
    checked,
    require_unchanged,
    standing,
)
from scoring.meetings.records import SCHEMA, Record
from scoring.meetings.sessions import Session, SessionId, SessionKind
from scoring.meetings.snapshots import Snapshot, SnapshotId
from scoring.meetings.subjects import Subject
from scoring.meetings.texts import MeetingError, written

WEEK = timedelta(days=7)
"""What a first meeting looks back over."""


class Meetings:
    """Holds meetings; `read` answers questions about them. May be used from any thread."""

    def __init__(self, database: Database, writer: Writer) -> None:
        self._database = database
        self._writer = writer
        self.read = MeetingReader(database)

    def open(
        self,
        actor: Actor,
        kind: SessionKind,
        title: str,
        snapshot: Snapshot,
        *,
        scope: Scope = EVERYTHING,
        zone: str = "UTC",
        period_start: datetime | None = None,
        settings: Mapping[str, Any] | None = None,
    ) -> Session:
        """Open a meeting on these numbers (needs facilitator).

        period_start: by default the moment of the last meeting's numbers, a week before these for the first one.
        Raises MeetingError when a review of this scope is open already, or for a zone that nobody knows.
        """
        title = written("title", title, needed=True)
        require_zone(zone)
        with self._writer.write(actor, Role.FACILITATOR, "session.open", kind, scope) as write:
            if period_start is None:
                last = rows.last_record(write.connection, kind, scope)
                period_start = rows.record_from(last).snapshot.as_of if last else snapshot.as_of - WEEK
            row = {
                "kind": kind,
                "title": title,
                "scope_kind": scope.kind,
                "scope_name": scope.name,
                "zone": zone,
                "settings": settings_text(settings or {}),
                "period_start": period_start,
                "opened_at": write.at,
                "opened_by": write.actor_id,
            }
            fresh = insert(write.connection, SESSIONS).values(row).on_conflict_do_nothing().returning(SESSIONS.c.id)
            key = write.connection.execute(fresh).scalar_one_or_none()
            if key is None:
                raise MeetingError("A review of this is open already; go on with it, or close it first.")
            session = rows.session_of(write.connection, SessionId(key))
            keep_snapshot(write, session, snapshot, 1)
            write.detail |= {"session": key, "title": title, "snapshot": snapshot.id}
            return session

    def refresh(self, actor: Actor, session: SessionId, snapshot: Snapshot) -> None:
        """Put newer numbers before the meeting; the earlier ones stay on file (needs facilitator)."""
        with self._holding(actor, session, "session.refresh") as (write, found):
            add_snapshot(write, found, snapshot)
            write.detail |= {"snapshot": snapshot.id}

    def decide(
        self, actor: Actor, session: SessionId, subject: Subject, decision: Decision, based_on: int
    ) -> DecisionEntry:
        """Decide about one subject (needs facilitator).

        based_on: the version of the subject's history that was on the screen (`Meeting.version`). Raises ConflictError
        when somebody decided meanwhile, DecisionError for what cannot be decided, SessionClosedError.
        """
        with self._holding(actor, session, "decision.make") as (write, found):
            kept = checked(found.kind, subject, decision)
            numbers = rows.snapshot_of(write.connection, session).subjects.get(subject)
            if numbers is None:
                raise DecisionError(f"{subject} is not in this meeting's numbers; refresh them, or choose another.")
            if found.kind is SessionKind.ASSESSMENT:
                require_answer(numbers, kept)
            add_step(write, found, subject, kept, based_on)
            entry = DecisionEntry(subject, based_on + 1, kept, actor.name, write.at)
            write.detail |= {"subject": subject, "version": entry.version, "choice": kept.choice, "owner": kept.owner}
            return entry

    def take_back(self, actor: Actor, session: SessionId, subject: Subject, based_on: int) -> DecisionEntry | None:
        """Take the standing decision back; returns the one that stands now (needs facilitator).

        Raises ConflictError as `decide` does, DecisionError when there is nothing to take back, SessionClosedError.
        """
        with self._holding(actor, session, "decision.take_back") as (write, found):
            history = rows.histories(write.connection, [session], subject).get((session, subject), [])
            require_unchanged(history, based_on)
            if standing(history) is None:
                raise DecisionError("Nothing is decided here that could be taken back.")
            add_step(write, found, subject, None, based_on)
            write.detail |= {"subject": subject, "version": based_on + 1}
            return standing([*history, DecisionEntry(subject, based_on + 1, None, actor.name, write.at)])

    def add_action(self, actor: Actor, session: SessionId, draft: ActionDraft) -> ActionId:
        """Write down something to be done (needs facilitator). Raises SessionClosedError, TextError."""
        with self._holding(actor, session, "action.add") as (write, found):
            key = keep_action(write, found, draft)
            write.detail |= {"action": key, "text": draft.text}
            return key

    def change_action(
        self,
        actor: Actor,
        action: ActionId,
        based_on: int,
        *,
        status: ActionStatus,
        owner: str,
        due: date | None,
        note: str = "",
    ) -> Action:
        """Say how far an action is, who sees to it and until when; also between meetings (facilitator or editor).

        based_on: the action's version that was on the screen. Raises ConflictError when somebody changed it meanwhile.
        """
        scope = self._scope_of(action)
        role = Role.FACILITATOR if actor.may(Role.FACILITATOR, scope) else Role.EDITOR
        with self._writer.write(actor, role, "action.change", f"action {action}", scope) as write:
            change = {
                "status": status,
                "owner": written("owner", owner),
                "due": due,
                "note": written("note", note),
                "version": based_on + 1,
                "changed_at": write.at,
                "changed_by": write.actor_id,
            }
            same = (ACTIONS.c.id == action, ACTIONS.c.version == based_on)
            changed = write.connection.execute(ACTIONS.update().where(*same).values(change)).rowcount
            (now,) = rows.actions_where(write.connection, ACTIONS.c.id == action)
            if not changed:
                raise ConflictError(
                    f"{now.changed_by} changed this action meanwhile to “{now.status}”; look again.", now
                )
            write.detail |= {"status": status, "owner": now.owner, "due": str(due or "")}
            return now

    def close(
        self,
        actor: Actor,
        session: SessionId,
        snapshot: Snapshot | None = None,
        *,
        seen: SnapshotId | None = None,
        decided: Mapping[Subject, int] | None = None,
        voted: int | None = None,
    ) -> Record:
        """Close the meeting and its lobby, and freeze its record: numbers, evidence, decisions, actions (facilitator).

        snapshot: the last numbers; by default those that the meeting looked at. seen: the id of the numbers that were
        on the screen. decided: the version of every subject's history that the last numbers were made from, where these
        count decisions; voted: of the lobby, where they count votes. Standing decisions with an owner become actions.
        Raises ConflictError when somebody has refreshed the numbers, decided or voted meanwhile, SessionClosedError
        when it is closed already.
        """
        with self._holding(actor, session, "session.close") as (write, found):
            end_voting(write, found, voted)  # before the audit log is locked: whoever votes locks in this order
            # Locked to the end, so that of two meetings of a series closed at once the second names the first.
            write.connection.execute(select(AUDIT_HEAD.c.id).with_for_update())
            current = rows.snapshot_of(write.connection, session)
            if seen is not None and current.id != seen:
                raise ConflictError(
                    "Somebody has refreshed the numbers meanwhile; look at them before closing.", current
                )
            if decided is not None:
                require_decided(rows.histories(write.connection, [session]), decided)
            if snapshot is not None:
                add_snapshot(write, found, snapshot)
            record = made_record(write, found, actor)
            row = {
                "session_id": session,
                "form": SCHEMA,
                "sha256": record.sha256,
                "previous": record.previous,
                "body": record.body(),
            }
            write.connection.execute(RECORDS.insert(), row)
            closed = SESSIONS.update().where(SESSIONS.c.id == session)
            write.connection.execute(closed.values(closed_at=write.at, closed_by=write.actor_id))
            write.detail |= {"sha256": record.sha256, "decisions": len(record.decisions)}
            return record

    @contextmanager
    def _holding(self, actor: Actor, session: SessionId, action: str) -> Iterator[tuple[Write, Session]]:
        """A write in a session that is open, and stays so until the write is done."""
        with self._database.reading() as connection:
            scope = rows.session_of(connection, session).scope
        with self._writer.write(actor, Role.FACILITATOR, action, f"session {session}", scope) as write:
            write.connection.execute(select(SESSIONS.c.id).where(SESSIONS.c.id == session).with_for_update())
            found = rows.session_of(write.connection, session)
            found.require_open()
            yield write, found

    def _scope_of(self, action: ActionId) -> Scope:
        with self._database.reading() as connection:
            found = rows.actions_where(connection, ACTIONS.c.id == action)
            if not found:
                raise MeetingError(f"There is no action {action}; look at the list again.")
            return rows.session_of(connection, found[0].session).scope
