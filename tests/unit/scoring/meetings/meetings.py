"""Small meetings for the tests: a review of two SLOs with a decision and an action."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from scoring.meetings.actions import Action, ActionId, ActionStatus
from scoring.meetings.decisions import Decision, DecisionEntry
from scoring.meetings.records import Record
from scoring.meetings.sessions import Session, SessionId, SessionKind
from scoring.meetings.snapshots import DefinitionPin, Snapshot
from scoring.meetings.subjects import Subject, slo_subject

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def status(name: str = "produce-success", cluster: str = "prod", **changes: Any) -> dict[str, Any]:
    """An SLO's status as `slo status --json` gives it."""
    return {
        "id": name, "title": name.replace("-", " "), "labels": {"cluster": cluster, "owner": "team-a"},
        "kind": "events", "objective": 0.9999, "window": "30d", "state": "ok", "bad": 1204, "total": 12_412_371,
        "sli": 0.999903, "remaining": 0.03, "remaining_without_exemptions": 0.03, "projected": None, "coverage": 1.0,
        "band": "lockdown", "band_since": "2026-11-17T14:20:00Z", "burn": {"1h": 2.1, "6h": 0.9, "3d": 1.3},
        "as_of": "2026-11-20T12:00:00Z", "group": "",
    } | changes  # fmt: skip


def subject(shown: dict[str, Any]) -> Subject:
    """The subject of such a status."""
    return slo_subject(shown["id"], shown["labels"].get("cluster", ""), shown["group"])


def snapshot(*statuses: dict[str, Any], pins: tuple[DefinitionPin, ...] | None = None) -> Snapshot:
    """A snapshot of these statuses."""
    shown = statuses or (status(), status("broker-up", remaining=0.71, band="healthy"))
    named = tuple(DefinitionPin("SLO", one["id"], "a" * 64, "1") for one in shown) if pins is None else pins
    return Snapshot(
        NOON,
        {subject(one): one for one in shown},
        named,
        ({"source": "prometheus", "age_seconds": 12},),
        {"gate": {"critical": "go", "non-critical": "halt"}},
    )


def session(**changes: Any) -> Session:
    """A closed review."""
    values: dict[str, Any] = {
        "id": SessionId(3), "kind": SessionKind.SLO_REVIEW, "title": "SLO review of 20 November",
        "period_start": NOON - timedelta(days=7), "opened_at": NOON, "opened_by": "fay", "zone": "Europe/Berlin",
        "settings": {"cluster": "prod"}, "closed_at": NOON + timedelta(hours=1), "closed_by": "fay",
    }  # fmt: skip
    return Session(**(values | changes))


def entry(version: int, decision: Decision | None, about: str = "produce-success/prod") -> DecisionEntry:
    """One step of a history."""
    return DecisionEntry(Subject(about), version, decision, "fay", NOON + timedelta(minutes=version))


def action(number: int, status: ActionStatus = ActionStatus.OPEN, due: date | None = None) -> Action:
    """An action of the meeting before."""
    return Action(
        ActionId(number), SessionId(2), Subject("produce-success/prod"), f"Action {number}", "tom", due, status, "",
        1, NOON, "fay", NOON, "fay",
    )  # fmt: skip


def record(**changes: Any) -> Record:
    """The record of that review."""
    values: dict[str, Any] = {
        "session": session(), "snapshot": snapshot(),
        "decisions": (entry(1, Decision("tighten", "It never hurt.", "tom", date(2026, 12, 1), evidence=("https://x/1",))),),
        "actions": (action(1), action(2, ActionStatus.DONE, date(2026, 11, 19))), "previous": "b" * 64,
    }  # fmt: skip
    return Record(**(values | changes))
