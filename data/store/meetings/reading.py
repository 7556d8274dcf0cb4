"""What the store answers about meetings; every question is one consistent snapshot of the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, true

from data.store.engine import Database
from data.store.meetings import rows
from data.store.tables import ACTIONS, DECISIONS, RECORDS, SESSIONS, SNAPSHOTS
from scoring.actors import EVERYTHING, Scope
from scoring.meetings.actions import Action, ActionStatus
from scoring.meetings.decisions import DecisionEntry, standing
from scoring.meetings.records import Record
from scoring.meetings.reviewing import Progress, progress
from scoring.meetings.sessions import PARKED, Session, SessionId, SessionKind
from scoring.meetings.snapshots import Snapshot
from scoring.meetings.subjects import Subject


@dataclass(frozen=True, slots=True)
class Meeting:
    """All of one meeting as it stands.

    histories: the steps of each decision, oldest first. carried: actions of earlier meetings that were open when this
    one was opened. actions: those that came from it. previous: the record before it in its series.
    """

    session: Session
    snapshot: Snapshot
    histories: Mapping[Subject, Sequence[DecisionEntry]]
    carried: tuple[Action, ...]
    actions: tuple[Action, ...]
    previous: Record | None

    @property
    def decisions(self) -> dict[Subject, DecisionEntry]:
        """The decisions that stand."""
        found = {subject: standing(history) for subject, history in self.histories.items()}
        return {subject: entry for subject, entry in found.items() if entry is not None}

    def version(self, subject: Subject) -> int:
        """The version to name when deciding about this subject: what was on the screen; 0 before the first step."""
        history = self.histories.get(subject)
        return history[-1].version if history else 0

    @property
    def progress(self) -> Progress:
        """How far the meeting is."""
        return progress(self.snapshot.subjects, self.decisions)


@dataclass(frozen=True, slots=True)
class RecordRow:
    """A closed meeting in a list. previous: SHA-256 of the record before it."""

    session: SessionId
    title: str
    closed_at: datetime
    sha256: str
    previous: str | None


class MeetingReader:
    """Answers questions about meetings. May be used from any thread."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sessions(self, kind: SessionKind, limit: int = 50) -> tuple[Session, ...]:
        """The latest sessions of a kind, of every scope, the latest first."""
        with self._database.reading() as connection:
            found = connection.execute(rows.sessions_where(SESSIONS.c.kind == kind).limit(limit))
            return tuple(rows.session_from(row) for row in found)

    def open_session(self, kind: SessionKind, scope: Scope = EVERYTHING) -> Session | None:
        """The latest session of a series that is not closed."""
        with self._database.reading() as connection:
            still = rows.sessions_where(*rows.in_series(kind, scope), SESSIONS.c.closed_at.is_(None)).limit(1)
            row = connection.execute(still).one_or_none()
            return None if row is None else rows.session_from(row)

    def meeting(self, session: SessionId) -> Meeting:
        """All of one session as it stands; of a closed one `record` is what counts. Raises NoSessionError."""
        with self._database.reading() as connection:
            found = rows.session_of(connection, session)
            previous = rows.record_before(connection, found)
            histories = rows.histories(connection, [session])
            return Meeting(
                session=found,
                snapshot=rows.snapshot_of(connection, session),
                histories={subject: tuple(steps) for (_, subject), steps in histories.items()},
                carried=tuple(rows.carried_into(connection, found)),
                actions=tuple(rows.own_actions(connection, found)),
                previous=None if previous is None else rows.record_from(previous),
            )

    def mark(self, session: SessionId) -> str:
        """Another text after every step in this session and every change of an action; so cheap that a page may poll.

        A page that draws only when it changed loses nothing of what somebody is typing.
        """
        in_session = (
            (SESSIONS.c.closed_at, SESSIONS, SESSIONS.c.id == session),
            (func.count(), SNAPSHOTS, SNAPSHOTS.c.session_id == session),
            (func.count(), DECISIONS, DECISIONS.c.session_id == session),
            (func.sum(ACTIONS.c.version), ACTIONS, true()),
        )
        with self._database.reading() as connection:
            counts = [
                connection.execute(select(what).select_from(table).where(which)).scalar_one_or_none()
                for what, table, which in in_session
            ]
        return "/".join(str(count) for count in counts)

    def record(self, session: SessionId) -> Record | None:
        """The record of a closed session. Raises RecordError when it is not what its hash says."""
        with self._database.reading() as connection:
            row = connection.execute(select(RECORDS).where(RECORDS.c.session_id == session)).one_or_none()
            return None if row is None else rows.record_from(row)

    def last_record(self, kind: SessionKind, scope: Scope = EVERYTHING) -> Record | None:
        """The newest record of a series: what the next meeting is compared with."""
        with self._database.reading() as connection:
            row = rows.last_record(connection, kind, scope)
            return None if row is None else rows.record_from(row)

    def records(self, kind: SessionKind, limit: int = 50) -> tuple[RecordRow, ...]:
        """The latest closed meetings of a kind, the latest first."""
        found = (
            select(RECORDS.c.session_id, SESSIONS.c.title, SESSIONS.c.closed_at, RECORDS.c.sha256, RECORDS.c.previous)
            .join(SESSIONS, SESSIONS.c.id == RECORDS.c.session_id)
            .where(SESSIONS.c.kind == kind)
            .order_by(SESSIONS.c.closed_at.desc(), SESSIONS.c.id.desc())
            .limit(limit)
        )
        with self._database.reading() as connection:
            return tuple(RecordRow(SessionId(row[0]), *row[1:]) for row in connection.execute(found))

    def actions(self, status: ActionStatus | None = ActionStatus.OPEN) -> tuple[Action, ...]:
        """The actions of all meetings in one status (None: in any), oldest first."""
        conditions = () if status is None else (ACTIONS.c.status == status,)
        with self._database.reading() as connection:
            return tuple(rows.actions_where(connection, *conditions))

    def last_reviewed(self, kind: SessionKind = SessionKind.SLO_REVIEW) -> dict[Subject, datetime]:
        """When each subject was last decided about in a meeting that was closed; parking it is no decision."""
        closed = select(SESSIONS.c.id).where(SESSIONS.c.kind == kind, SESSIONS.c.closed_at.is_not(None))
        last: dict[Subject, datetime] = {}
        with self._database.reading() as connection:
            ids = [SessionId(key) for key in connection.execute(closed).scalars()]
            found = rows.histories(connection, ids)
        for (_, subject), history in found.items():
            entry = standing(history)
            if entry is not None and entry.decision is not None and entry.decision.choice != PARKED:
                last[subject] = max(entry.at, last.get(subject, entry.at))
        return last
