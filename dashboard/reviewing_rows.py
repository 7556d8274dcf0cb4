"""The review's table: from the numbers of a snapshot to what stands in each cell. Pure; the same for every snapshot,
of this minute, of an open session or of a record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.theme import Tone
from dashboard.verdict import SILENCE
from dashboard.wording import count, duration, goal_words, percents
from scoring.meetings.comparing import Presence, SubjectChange
from scoring.meetings.subjects import Subject
from scoring.slo.budget import Band

NONE = "—"

BAND_TONES: Mapping[str, Tone] = {
    Band.HEALTHY: Tone.HEALTHY,
    Band.HALT: Tone.HALT,
    Band.INCIDENT: Tone.INCIDENT,
    Band.LOCKDOWN: Tone.LOCKDOWN,
}
"""Every other band is no data."""

STATES = {"no_data": "no data", "no_traffic": "no traffic", "insufficient": "too little"}


@dataclass(frozen=True, slots=True)
class Told:
    """Words for a cell; a tone where they state a condition."""

    words: str
    tone: Tone | None = None


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One SLO of one cluster and group, in words.

    share: of the budget left, for the bar, between 0 and 1; None where there is no budget. left: what may still come,
    in percent; amount: in events and minutes. demand: what the policy asks for, since when and until when.
    """

    subject: Subject
    band: Told
    title: str
    where: str
    objective: str
    actual: str
    share: float | None
    left: str
    amount: str
    change: str
    burn: str
    empty: str
    data: Told
    alerts: Told
    owner: str
    demand: str


def review_row(
    subject: Subject,
    numbers: Mapping[str, Any],
    zone: ZoneInfo,
    change: SubjectChange | None = None,
    *,
    clusters: bool = True,
) -> ReviewRow:
    """The row of one subject. change: since the last review, None without one. clusters: name the cluster."""
    labels: Mapping[str, str] = numbers.get("labels") or {}
    remaining = numbers.get("remaining")
    place = (labels.get("cluster") if clusters else None, numbers.get("group"))
    return ReviewRow(
        subject=subject,
        band=band_of(numbers),
        title=str(numbers.get("title") or numbers["id"]),
        where=", ".join(name for name in place if name),
        objective="zero" if numbers.get("objective") is None else goal_words(Decimal(str(numbers["objective"]))),
        actual=_actual(numbers),
        share=None if remaining is None else min(1.0, max(0.0, float(remaining))),
        left=NONE if remaining is None else percents(float(remaining), 1),
        amount=_amount(numbers),
        change=_change(change),
        burn=_burn(numbers),
        empty=_empty(numbers),
        data=_data(numbers, zone),
        alerts=_alerts(numbers),
        owner=labels.get("owner") or labels.get("team") or "nobody",
        demand=_demand(numbers, zone),
    )


def names_of(subjects: Mapping[Subject, Mapping[str, Any]]) -> dict[Subject, str]:
    """What each subject is called in a sentence: its title, with its cluster and group where others have that title."""
    titles = {subject: str(numbers.get("title") or subject) for subject, numbers in subjects.items()}
    shared = Counter(titles.values())

    def name(subject: Subject, numbers: Mapping[str, Any]) -> str:
        place = ((numbers.get("labels") or {}).get("cluster"), numbers.get("group"))
        where = ", ".join(part for part in place if part) if shared[titles[subject]] > 1 else ""
        return f"{titles[subject]} ({where})" if where else titles[subject]

    return {subject: name(subject, numbers) for subject, numbers in subjects.items()}


def band_of(numbers: Mapping[str, Any]) -> Told:
    """The policy's band; a violated invariant is called that."""
    if numbers.get("state") == "violated":
        return Told("violated" if numbers.get("band") != Band.HEALTHY else "acknowledged", Tone.LOCKDOWN)
    tone = BAND_TONES.get(str(numbers.get("band")), Tone.NO_DATA)
    return Told(tone.value, tone)


def local(text: str | None, zone: ZoneInfo) -> str:
    """A moment as a meeting says it: Tue 17 Nov 14:20."""
    return NONE if text is None else f"{datetime.fromisoformat(text).astimezone(zone):%a %-d %b %H:%M}"


def _actual(numbers: Mapping[str, Any]) -> str:
    if numbers.get("objective") is None:
        return NONE if numbers.get("state") in STATES else f"{count(numbers.get('bad'))} found"
    sli = numbers.get("sli")
    return NONE if sli is None else percents(float(sli), 4)


def _amount(numbers: Mapping[str, Any]) -> str:
    if numbers.get("objective") is None:
        if numbers.get("state") == "no_data" and not numbers.get("total"):
            return STATES["no_data"]
        checked = numbers.get("checked") or "checks"
        return f"{count(numbers.get('bad'))} found in {count(numbers.get('total'))} {checked}"
    left: Mapping[str, float | None] = numbers.get("left") or {}
    events, minutes = left.get("events"), left.get("minutes")
    if numbers.get("remaining") is None or events is None:
        return STATES.get(str(numbers.get("state")), "unknown")
    noun = "events" if numbers.get("kind") == "events" else "slices"
    if events < 0:
        return f"{count(-events)} {noun} over"
    time = "" if minutes is None else f" · {duration(minutes * 60)}"
    return f"{count(int(events))} {noun}{time}"


def _change(change: SubjectChange | None) -> str:
    if change is None:
        return NONE
    if change.presence is Presence.NEW:
        return "new"
    if change.redefined:
        return "redefined"
    return NONE if change.remaining is None else points(change.remaining)


def points(share: Decimal) -> str:
    """A change of a share in percentage points, with its sign."""
    shown = (share * 100).quantize(Decimal("0.1"))
    return f"{shown:+} pp".replace("-", "\u2212") if shown else "0.0 pp"


def _burn(numbers: Mapping[str, Any]) -> str:
    rates: Mapping[str, float | None] = numbers.get("burn") or {}
    found = [rates.get(window) for window in ("1h", "6h", "3d")]
    if numbers.get("objective") is None or all(rate is None for rate in found):
        return NONE
    return " / ".join(NONE if rate is None else f"{rate:.{0 if rate >= 99.95 else 1}f}" for rate in found)


def _empty(numbers: Mapping[str, Any]) -> str:
    """When the budget is gone at the pace of the last day, three days and week, as a range."""
    gone: Mapping[str, Any] | None = numbers.get("exhaustion")
    if gone is None:
        return NONE
    if gone["spent"]:
        return "spent"
    if not gone["known"]:
        return "unknown"
    if gone["earliest"] is None:
        return "not at this pace"
    as_of = datetime.fromisoformat(numbers["as_of"])
    ends = [f"~{_rough(datetime.fromisoformat(gone['earliest']) - as_of)}"]
    if gone["latest"] != gone["earliest"]:
        ends.append("never" if gone["latest"] is None else _rough(datetime.fromisoformat(gone["latest"]) - as_of))
    return ends[0] if len(ends) == 2 and ends[0] == f"~{ends[1]}" else " – ".join(ends)


def _rough(span: timedelta) -> str:
    """A span in its larger unit alone: a forecast is no timetable."""
    return duration(span.total_seconds()).split(" ")[0]


def _data(numbers: Mapping[str, Any], zone: ZoneInfo) -> Told:
    coverage = percents(float(numbers.get("coverage") or 0), 1)
    if numbers.get("down_since"):
        return Told(f"down since {_hour(numbers['down_since'], zone)}", Tone.LOCKDOWN)
    state = str(numbers.get("state"))
    if state in STATES:
        return Told(f"{STATES[state]}, {coverage}" if state == "insufficient" else STATES[state], Tone.NO_DATA)
    until = numbers.get("observed_until")
    if until and datetime.fromisoformat(numbers["as_of"]) - datetime.fromisoformat(until) > SILENCE:
        return Told(f"silent since {_hour(until, zone)}", Tone.NO_DATA)
    return Told(coverage)


def _hour(text: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(text).astimezone(zone):%H:%M}"


def _alerts(numbers: Mapping[str, Any]) -> Told:
    """How many alerts Prometheus fires, of the graver severity first; without rules, the pair of burn rates that would.

    Their names stand in the line below.
    """
    told = numbers.get("alerts")
    if told and told["rules"]:
        severities = [name.partition(":")[0] for name in told["firing"]]
        if not severities:
            return Told("none")
        graver, same = severities[0], severities.count(severities[0])
        return _firing(f"{same} {graver}{'s' if same > 1 else ''}", len(severities) - same)
    pairs = numbers.get("firing")
    if pairs:
        return _firing(pairs[0], len(pairs) - 1)
    return Told("no rules" if told else "not read", Tone.NO_DATA)


def _firing(words: str, more: int) -> Told:
    return Told(f"{words} +{more}" if more else words, Tone.INCIDENT)


def _demand(numbers: Mapping[str, Any], zone: ZoneInfo) -> str:
    band = str(numbers.get("band"))
    parts = [str(numbers.get("action") or "").rstrip(".")]
    held = BAND_TONES.get(band, Tone.NO_DATA) not in (Tone.HEALTHY, Tone.NO_DATA)
    since = numbers.get("band_since")
    if since:
        parts.append(f"since {local(since, zone)}")
    elif held:
        parts.append("for longer than is known")
    if held and numbers.get("state") == "violated":
        parts.append("until an approver acknowledges it")
    elif held:
        lifts = numbers.get("lifts")
        parts.append(f"lifts {local(lifts, zone)} if nothing more burns" if lifts else "when it lifts is not known")
    fires = (numbers.get("alerts") or {}).get("firing")
    if fires:
        parts.append(f"Prometheus fires {', '.join(fires)}")
    return "; ".join(part for part in parts if part)
