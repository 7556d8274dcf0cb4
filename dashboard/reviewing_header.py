"""What stands above the review's table: period, freshness, coverage, bands, debt and how far the meeting is. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dashboard.reviewing_rows import band_of
from dashboard.theme import Tone
from dashboard.wording import age, percents, plural
from scoring.meetings.reviewing import Progress, ReviewDebt
from scoring.meetings.snapshots import Snapshot
from scoring.meetings.subjects import Subject

_WORST_FIRST = (Tone.LOCKDOWN, Tone.INCIDENT, Tone.HALT, Tone.NO_DATA, Tone.HEALTHY)


@dataclass(frozen=True, slots=True)
class ReviewHeader:
    """bands: tone, word and how many SLOs, the worst first. facts: label and value."""

    bands: tuple[tuple[Tone, str, int], ...]
    facts: tuple[tuple[str, str], ...]


def review_header(
    snapshot: Snapshot,
    period_start: datetime,
    zone: ZoneInfo,
    now: datetime,
    *,
    debt: ReviewDebt | None = None,
    progress: Progress | None = None,
    frozen: bool = False,
) -> ReviewHeader:
    """The header of these numbers. debt, progress: left out where there is none. frozen: of a closed review, whose age
    says nothing."""
    found = Counter((band.tone or Tone.NO_DATA, band.words) for band in map(band_of, snapshot.subjects.values()))
    bands = sorted(found.items(), key=lambda item: (_WORST_FIRST.index(item[0][0]), item[0][1]))
    as_of = f"{_day(snapshot.as_of, zone)} {snapshot.as_of.astimezone(zone):%H:%M}"
    facts = [
        ("Period", f"{_day(period_start, zone)} – {_day(snapshot.as_of, zone)}"),
        ("Times in", zone.key),
        ("Numbers of", as_of if frozen else f"{as_of}, {age(now - snapshot.as_of)} old"),
        ("Observed", coverage_words(snapshot.subjects)),
    ]
    if progress is not None:
        facts.append(("Reviewed", f"{progress.reviewed} of {len(progress.statuses)}"))
    if debt is not None:
        facts.append(("Review debt", debt_words(debt)))
    facts.append(("Snapshot", snapshot.id))
    return ReviewHeader(tuple((tone, word, number) for (tone, word), number in bands), tuple(facts))


def coverage_words(subjects: Mapping[Subject, Mapping[str, Any]]) -> str:
    """The lowest coverage of those that have data, and how many have too little."""
    known = [float(one["coverage"]) for one in subjects.values() if one.get("state") not in ("no_data", "insufficient")]
    missing = len(subjects) - len(known)
    lowest = f"{percents(min(known), 1)} or more of {plural(len(known), 'window')}" if known else "nothing"
    return f"{lowest}; {missing} without data" if missing and known else lowest


def debt_words(debt: ReviewDebt) -> str:
    """Who waits for a review, and how."""
    if not debt.count:
        return "none"
    parts = [f"{len(debt.never)} never reviewed"] if debt.never else []
    return ", ".join([*parts, f"{len(debt.overdue)} overdue"] if debt.overdue else parts)


def _day(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%-d %b %Y}"
