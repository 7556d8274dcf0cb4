"""The record of a closed meeting: one canonical JSON text and its SHA-256, from which every export is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from scoring.actors import Scope, ScopeKind
from scoring.meetings.actions import Action, ActionId, ActionStatus
from scoring.meetings.canonical import CanonicalError, canonical, digest, instant, parse, plain
from scoring.meetings.decisions import Decision, DecisionEntry
from scoring.meetings.sessions import Session, SessionId, SessionKind
from scoring.meetings.snapshots import Snapshot
from scoring.meetings.subjects import Subject
from scoring.meetings.texts import MeetingError

SCHEMA = "streamgauge/record/v1"


class RecordError(MeetingError):
    """A file or row is no record, or not the record that its hash names."""


@dataclass(frozen=True, slots=True)
class Record:
    """What a meeting saw and decided.

    session: closed. decisions: those that stood at the end. actions: carried over and new ones, as they stood then.
    previous: SHA-256 of the record before it in the same series of meetings, None for the first; so that no record
    of a series can be exchanged without changing all that follow.
    """

    session: Session
    snapshot: Snapshot
    decisions: tuple[DecisionEntry, ...]
    actions: tuple[Action, ...]
    previous: str | None

    def as_json(self) -> dict[str, Any]:
        """As JSON's types. Raises CanonicalError for a value that JSON cannot say."""
        return {
            "schema": SCHEMA,
            "session": _session_json(self.session),
            "snapshot_id": self.snapshot.id,
            "snapshot": self.snapshot.as_json(),
            "decisions": [_decision_json(entry) for entry in self.decisions],
            "actions": [_action_json(action) for action in self.actions],
            "previous": self.previous,
        }

    def body(self) -> str:
        """The canonical text."""
        return canonical(self.as_json()).decode()

    @property
    def sha256(self) -> str:
        """Hash of the canonical text, 64 hexadecimal digits."""
        return digest(self.as_json())


def verified(body: str | bytes, sha256: str) -> Record:
    """The record that a canonical text holds. Raises RecordError when it is not the one that the hash names."""
    return _verified(_parsed(body), sha256)


def verified_file(text: str | bytes) -> Record:
    """The record in an exported file, `{"record": …, "sha256": …}`, in whatever layout. Raises RecordError."""
    found = _parsed(text)
    if not isinstance(found, dict) or set(found) != {"record", "sha256"} or not isinstance(found["sha256"], str):
        raise RecordError("This is no exported record: it needs the two fields record and sha256, and no others.")
    return _verified(found["record"], found["sha256"])


def _parsed(text: str | bytes) -> Any:
    try:
        return parse(text)
    except CanonicalError as error:
        raise RecordError(f"This is no record: {error}") from error


def _verified(found: Any, sha256: str) -> Record:
    schema = found.get("schema") if isinstance(found, dict) else None
    if schema != SCHEMA:
        raise RecordError(f"This is no record that this version reads: its schema is {schema!r}, not {SCHEMA}.")
    try:
        actual = digest(found)
    except (CanonicalError, RecursionError) as error:
        raise RecordError(f"This is no record: {error}") from error
    if actual != sha256:
        raise RecordError(
            f"The record was changed: its text has the hash {actual}, and {sha256} is written beside it. "
            "Export it again from the database that it came from."
        )
    try:
        record = _from_json(found)
        complete = record.as_json() == found
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecordError(f"The record does not have the form of {SCHEMA}: {error!r}.") from error
    if not complete:
        raise RecordError(f"The record has fields that {SCHEMA} does not have.")
    return record


def _from_json(found: Mapping[str, Any]) -> Record:
    return Record(
        session=_session_from(found["session"]),
        snapshot=Snapshot.from_json(found["snapshot"]),
        decisions=tuple(_decision_from(one) for one in found["decisions"]),
        actions=tuple(_action_from(one) for one in found["actions"]),
        previous=found["previous"],
    )


def _session_json(session: Session) -> dict[str, Any]:
    return {
        "id": session.id,
        "kind": session.kind.value,
        "title": session.title,
        "scope": {"kind": session.scope.kind.value, "name": session.scope.name},
        "zone": session.zone,
        "period_start": instant(session.period_start),
        "settings": plain(session.settings, "settings"),
        "opened_at": instant(session.opened_at),
        "opened_by": session.opened_by,
        "closed_at": None if session.closed_at is None else instant(session.closed_at),
        "closed_by": session.closed_by,
    }


def _session_from(found: Mapping[str, Any]) -> Session:
    return Session(
        id=SessionId(found["id"]),
        kind=SessionKind(found["kind"]),
        title=found["title"],
        period_start=datetime.fromisoformat(found["period_start"]),
        opened_at=datetime.fromisoformat(found["opened_at"]),
        opened_by=found["opened_by"],
        scope=Scope(ScopeKind(found["scope"]["kind"]), found["scope"]["name"]),
        zone=found["zone"],
        settings=found["settings"],
        closed_at=datetime.fromisoformat(found["closed_at"]),
        closed_by=found["closed_by"],
    )


def _decision_json(entry: DecisionEntry) -> dict[str, Any]:
    decision = entry.decision
    if decision is None:
        raise CanonicalError(f"{entry.subject}: a decision that was taken back does not stand in a record.")
    return {"subject": entry.subject, "version": entry.version, "by": entry.by, "at": instant(entry.at)} | {
        "decision": decision_json(decision)
    }


def decision_json(decision: Decision) -> dict[str, Any]:
    """A decision as JSON's types."""
    return {
        "choice": decision.choice,
        "note": decision.note,
        "owner": decision.owner,
        "due": None if decision.due is None else decision.due.isoformat(),
        "dissent": decision.dissent,
        "evidence": list(decision.evidence),
        "approved_by": decision.approved_by,
    }


def _decision_from(found: Mapping[str, Any]) -> DecisionEntry:
    said = found["decision"]
    decision = Decision(
        choice=said["choice"],
        note=said["note"],
        owner=said["owner"],
        due=None if said["due"] is None else date.fromisoformat(said["due"]),
        dissent=said["dissent"],
        evidence=tuple(said["evidence"]),
        approved_by=said["approved_by"],
    )
    return DecisionEntry(
        Subject(found["subject"]), found["version"], decision, found["by"], datetime.fromisoformat(found["at"])
    )


def _action_json(action: Action) -> dict[str, Any]:
    return {
        "id": action.id,
        "session": action.session,
        "subject": action.subject,
        "text": action.text,
        "owner": action.owner,
        "due": None if action.due is None else action.due.isoformat(),
        "status": action.status.value,
        "note": action.note,
        "version": action.version,
        "created_at": instant(action.created_at),
        "created_by": action.created_by,
        "changed_at": instant(action.changed_at),
        "changed_by": action.changed_by,
    }


def _action_from(found: Mapping[str, Any]) -> Action:
    return Action(
        id=ActionId(found["id"]),
        session=SessionId(found["session"]),
        subject=Subject(found["subject"]),
        text=found["text"],
        owner=found["owner"],
        due=None if found["due"] is None else date.fromisoformat(found["due"]),
        status=ActionStatus(found["status"]),
        note=found["note"],
        version=found["version"],
        created_at=datetime.fromisoformat(found["created_at"]),
        created_by=found["created_by"],
        changed_at=datetime.fromisoformat(found["changed_at"]),
        changed_by=found["changed_by"],
    )
