"""How fresh each source is, in the few words that one line has room for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

from dashboard.theme import Tone
from dashboard.wording import age
from data.store.read import SourceCondition, SourceState
from scoring.catalog.estate import SourceName

SOURCE_TITLES: Mapping[SourceName, str] = {
    SourceName.KAFKA: "Kafka",
    SourceName.REGISTRY: "Registry",
    SourceName.CONNECT: "Connect",
    SourceName.PROMETHEUS: "Prometheus",
    SourceName.ALERTMANAGER: "Alertmanager",
}

MISSED_LOOKS = 3
"""A source that answered, but not within this many cadences, is no longer fresh."""

GRACE = timedelta(seconds=60)
"""Added to the cadences: a look at a large cluster takes its time."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """One source, or one kind of source over all clusters, as the freshness line shows it."""

    title: str
    tone: Tone
    words: str

    @property
    def troubled(self) -> bool:
        """True when a person should look."""
        return self.tone is not Tone.HEALTHY


def describe(state: SourceCondition) -> str:
    """The condition in a word or two."""
    match state:
        case SourceCondition.OK:
            return "answers"
        case SourceCondition.UNREACHABLE:
            return "unreachable"
        case SourceCondition.TIMEOUT:
            return "no answer in time"
        case SourceCondition.FORBIDDEN:
            return "refused"
        case SourceCondition.BAD_ANSWER:
            return "bad answer"
        case SourceCondition.PARTIAL:
            return "answers in part"
        case SourceCondition.NEVER:
            return "not asked yet"
    assert_never(state)


def fresh_until(state: SourceState, cadence: timedelta) -> datetime | None:
    """When an answer turns old; None when there never was one."""
    return None if state.last_success is None else state.last_success + MISSED_LOOKS * cadence + GRACE


def assess(state: SourceState, now: datetime, cadence: timedelta, *, sample: bool) -> tuple[Tone, str]:
    """Tone and words for one source at `now`: its age when it is well, otherwise what is wrong and since when."""
    if sample:
        return Tone.NO_DATA, "recorded"
    match state.state:
        case SourceCondition.NEVER:
            return Tone.NO_DATA, describe(state.state)
        case SourceCondition.OK:
            if state.last_success is None:
                return Tone.NO_DATA, describe(SourceCondition.NEVER)
            until = fresh_until(state, cadence)
            old = until is not None and now > until
            shown = age(now - state.last_success)
            return (Tone.HALT, f"{shown} old, not refreshed") if old else (Tone.HEALTHY, shown)
        case SourceCondition.PARTIAL:
            return Tone.HALT, _since(state, now)
        case _:
            return Tone.INCIDENT, _since(state, now)


def freshness_line(
    states: Sequence[SourceState], now: datetime, cadences: Mapping[SourceName, timedelta], *, sample: bool
) -> list[Freshness]:
    """What the frame shows: sources in trouble one by one and first, then one entry for each kind that is well."""
    several = len({state.cluster for state in states}) > 1
    troubled: list[Freshness] = []
    well: dict[SourceName, SourceState] = {}
    for state in states:
        tone, words = assess(state, now, cadences[state.source], sample=sample)
        if tone is Tone.HEALTHY or sample:
            oldest = well.get(state.source)
            if oldest is None or (state.last_success or now) < (oldest.last_success or now):
                well[state.source] = state
            continue
        title = SOURCE_TITLES[state.source]
        troubled.append(Freshness(f"{title} {state.cluster}" if several else title, tone, words))
    troubled.sort(key=lambda item: _ORDER[item.tone])
    calm = [
        Freshness(SOURCE_TITLES[source], *assess(well[source], now, cadences[source], sample=sample))
        for source in SourceName
        if source in well
    ]
    return troubled + calm


def _since(state: SourceState, now: datetime) -> str:
    """The condition and for how long, as in "3 min, refused"."""
    words = describe(state.state)
    return words if state.since is None else f"{age(now - state.since)}, {words}"


_ORDER = {tone: rank for rank, tone in enumerate((Tone.LOCKDOWN, Tone.INCIDENT, Tone.HALT, Tone.NO_DATA, Tone.HEALTHY))}
