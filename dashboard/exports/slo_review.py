"""The record of an SLO review as a report, and as rows for a spreadsheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.exports.report import Cell, Column, Report, Section, Table
from dashboard.exports.sections import actions, definitions, evidence, facts_of
from dashboard.shapes import Shape
from dashboard.theme import Tone
from dashboard.wording import count, percents
from scoring.meetings.comparing import Presence, SubjectChange, compare
from scoring.meetings.decisions import DecisionEntry
from scoring.meetings.records import Record
from scoring.meetings.subjects import Subject
from scoring.slo.budget import Band

BANDS: Mapping[str, tuple[Tone, str]] = {
    Band.HEALTHY: (Tone.HEALTHY, "healthy"),
    Band.HALT: (Tone.HALT, "halt"),
    Band.INCIDENT: (Tone.INCIDENT, "incident"),
    Band.LOCKDOWN: (Tone.LOCKDOWN, "lockdown"),
    Band.NO_DATA: (Tone.NO_DATA, "no data"),
}
STATES = {"no_data": "no data", "no_traffic": "no traffic", "insufficient": "too little observed"}
NONE = "—"

COLUMNS = (
    Column("Band", 1.35),
    Column("SLO", 2.6),
    Column("Promised", 1.0, numeric=True),
    Column("Actual", 1.2, numeric=True),
    Column("Budget left", 1.15, numeric=True),
    Column("Bad of total", 1.5, numeric=True),
    Column("Since last", 1.05, numeric=True),
    Column("Burn 1h / 6h / 3d", 1.4, numeric=True),
    Column("Observed", 1.0, numeric=True),
    Column("Decision", 3.2),
)


def report(record: Record, before: Record | None) -> Report:
    """The review as a document. before: the record that this one names as the one before it."""
    session, snapshot = record.session, record.snapshot
    zone = ZoneInfo(session.zone)
    changes = _changes(record, before)
    decisions = {entry.subject: entry for entry in record.decisions}
    rows = tuple(
        _row(numbers, changes.get(subject), decisions.get(subject), zone)
        for subject, numbers in snapshot.subjects.items()
    )
    bands = Counter(_band(numbers)[1] for numbers in snapshot.subjects.values())
    coverages = [n["coverage"] for n in snapshot.subjects.values() if n.get("coverage") is not None]
    gone = [change for change in changes.values() if change.presence is Presence.REMOVED]
    return Report(
        title=session.title,
        subtitle="SLO review",
        facts=(
            *facts_of(record),
            ("Bands", ", ".join(f"{number} {band}" for band, number in bands.items()) or NONE),
            ("Reviewed", f"{sum(subject in snapshot.subjects for subject in decisions)} of {len(snapshot.subjects)}"),
            ("Lowest coverage", percents(min(coverages), 1) if coverages else NONE),
            *((("No longer there", ", ".join(change.subject for change in gone)),) if gone else ()),
        ),
        sections=(
            Section("Service level objectives", Table(COLUMNS, rows), "No SLO was looked at."),
            actions(record),
            definitions(record),
            evidence(record),
        ),
        seal=f"SHA-256 {record.sha256}; the record before it: {record.previous or 'none'}",
    )


def spreadsheet(record: Record, before: Record | None) -> list[Shape]:
    """One row an SLO, with numbers as numbers; what is unknown is None."""
    changes = _changes(record, before)
    decisions = {entry.subject: entry for entry in record.decisions}
    return [
        _shape(numbers, changes.get(subject), decisions.get(subject))
        for subject, numbers in record.snapshot.subjects.items()
    ]


def _changes(record: Record, before: Record | None) -> dict[Subject, SubjectChange]:
    if before is None:
        return {}
    return {change.subject: change for change in compare(before.snapshot, record.snapshot)}


def _band(numbers: Mapping[str, Any]) -> tuple[Tone, str]:
    if numbers.get("state") == "violated":
        return Tone.LOCKDOWN, "violated" if numbers.get("band") == Band.LOCKDOWN else "violated, acknowledged"
    return BANDS.get(str(numbers.get("band")), (Tone.NO_DATA, "no data"))


def _row(
    numbers: Mapping[str, Any], change: SubjectChange | None, entry: DecisionEntry | None, zone: ZoneInfo
) -> tuple[Cell, ...]:
    tone, band = _band(numbers)
    since = _moment(numbers.get("band_since"), zone)
    return (
        Cell(band, f"since {since}" if since else "", tone),
        Cell(str(numbers.get("title") or numbers["id"]), _where(numbers)),
        Cell(_promised(numbers)),
        Cell(_share(numbers.get("sli"), 4)),
        _left(numbers),
        _spent(numbers),
        _since_last(change),
        Cell(" / ".join(_burn(numbers.get("burn", {}).get(window)) for window in ("1h", "6h", "3d"))),
        Cell(_share(numbers.get("coverage"), 1)),
        _decision(entry),
    )


def _where(numbers: Mapping[str, Any]) -> str:
    labels: Mapping[str, str] = numbers.get("labels", {})
    known = (labels.get("cluster"), numbers.get("group"), labels.get("owner"))
    return ", ".join((*(name for name in known if name), str(numbers.get("window", ""))))


def _promised(numbers: Mapping[str, Any]) -> str:
    objective = numbers.get("objective")
    return "zero" if objective is None else f"{(Decimal(str(objective)) * 100).normalize():f} %"


def _share(share: float | None, digits: int) -> str:
    return NONE if share is None else percents(share, digits)


def _left(numbers: Mapping[str, Any]) -> Cell:
    if numbers.get("objective") is None:
        return Cell(NONE)
    remaining = numbers.get("remaining")
    if remaining is None:
        return Cell(STATES.get(str(numbers.get("state")), "unknown"), tone=Tone.NO_DATA)
    without = numbers.get("remaining_without_exemptions")
    if without is None or without == remaining:
        return Cell(percents(remaining, 1))
    return Cell(percents(remaining, 1), f"{percents(without, 1)} without exemptions")


def _spent(numbers: Mapping[str, Any]) -> Cell:
    bad, total = numbers.get("bad"), numbers.get("total")
    found: Mapping[str, float] = numbers.get("where") or {}
    where = ", ".join(f"{count(number)} {place}" for place, number in list(found.items())[:3])
    return Cell(f"{count(bad)} of {count(total)}", where)


def _since_last(change: SubjectChange | None) -> Cell:
    if change is None:
        return Cell(NONE)
    if change.presence is Presence.NEW:
        return Cell("new")
    detail = "redefined" if change.redefined else ""
    if change.remaining is None:
        return Cell(NONE, detail)
    points = (change.remaining * 100).quantize(Decimal("0.1"))
    return Cell(f"{points:+} pp".replace("-", "\u2212"), detail)


def _burn(rate: float | None) -> str:
    return NONE if rate is None else f"{rate:.1f}"


def _moment(text: str | None, zone: ZoneInfo) -> str:
    return "" if text is None else f"{datetime.fromisoformat(text).astimezone(zone):%Y-%m-%d %H:%M}"


def _decision(entry: DecisionEntry | None) -> Cell:
    if entry is None or entry.decision is None:
        return Cell("not reviewed", tone=Tone.NO_DATA)
    said = entry.decision
    who = f"{said.owner or 'nobody'}{f' by {said.due}' if said.due else ''}" if said.owner or said.due else ""
    dissent = f"Dissent: {said.dissent}" if said.dissent else ""
    links = " ".join(said.evidence)
    return Cell(said.choice, " · ".join(text for text in (said.note, who, dissent, links) if text))


def _shape(numbers: Mapping[str, Any], change: SubjectChange | None, entry: DecisionEntry | None) -> Shape:
    labels: Mapping[str, str] = numbers.get("labels", {})
    said = entry.decision if entry is not None else None
    points = None if change is None else change.remaining
    burn: Mapping[str, float | None] = numbers.get("burn", {})
    return {
        "slo": numbers["id"],
        "title": numbers.get("title"),
        "cluster": labels.get("cluster"),
        "group": numbers.get("group") or None,
        "owner": labels.get("owner"),
        "kind": numbers.get("kind"),
        "window": numbers.get("window"),
        "state": numbers.get("state"),
        "band": numbers.get("band"),
        "band_since": numbers.get("band_since"),
        "objective": numbers.get("objective"),
        "sli": numbers.get("sli"),
        "remaining": numbers.get("remaining"),
        "remaining_without_exemptions": numbers.get("remaining_without_exemptions"),
        "change_since_last": None if points is None else float(points),
        "redefined": None if change is None else change.redefined,
        "bad": numbers.get("bad"),
        "total": numbers.get("total"),
        "coverage": numbers.get("coverage"),
        "burn_1h": burn.get("1h"),
        "burn_6h": burn.get("6h"),
        "burn_3d": burn.get("3d"),
        "decision": said.choice if said else None,
        "note": said.note if said else None,
        "decision_owner": said.owner if said else None,
        "due": said.due.isoformat() if said and said.due else None,
        "dissent": said.dissent if said else None,
        "evidence": list(said.evidence) if said else None,
        "decided_by": entry.by if entry is not None else None,
    }
