"""What the cluster health page says of each answer: its words, its tone, where it is from and how old it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from dashboard.freshness import GRACE, MISSED_LOOKS
from dashboard.theme import Tone
from dashboard.wording import age, count
from data.health.questions import HealthKey
from data.health.readings import HealthReading, HealthRow, HealthValue
from data.store.read import GroupRow, TopicRow
from scoring.slo.definition import EventClass, EventsSli

NOT_EXPORTED = "not exported here"
NOT_COLLECTED = "not collected yet"

SHOWN_GROUPS = 10

CLASS_WORDS: Mapping[EventClass, str] = {
    EventClass.SUCCESS: "success",
    EventClass.PLATFORM: "platform fault",
    EventClass.CLIENT: "client fault",
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One number. words: what it means, with its tone; source: from where and how old; query: how to repeat it."""

    title: str
    value: str
    tone: Tone
    words: str
    source: str
    query: str


def none_is_well(number: float, bad: Tone, words: str) -> tuple[Tone, str]:
    """Well at 0, otherwise what it means."""
    return (Tone.HEALTHY, "none") if number == 0 else (bad, words)


def _controllers(number: float) -> tuple[Tone, str]:
    if number == 1:
        return Tone.HEALTHY, "exactly one, as it should be"
    return Tone.LOCKDOWN, "no leader moves" if number == 0 else "more than one claims to lead"


Judge = Callable[[float], tuple[Tone, str]]

TILES: tuple[tuple[HealthKey, str, Judge], ...] = (
    (HealthKey.BROKERS, "Brokers scraped", lambda number: (Tone.HEALTHY if number else Tone.LOCKDOWN, "with metrics")),
    (HealthKey.CONTROLLERS, "Active controllers", _controllers),
    (
        HealthKey.OFFLINE,
        "Offline partitions",
        lambda number: none_is_well(number, Tone.LOCKDOWN, "neither written nor read"),
    ),
    (
        HealthKey.UNDER_REPLICATED,
        "Under-replicated",
        lambda number: none_is_well(number, Tone.INCIDENT, "a replica is missing or behind"),
    ),
    (
        HealthKey.UNDER_MIN_ISR,
        "Below min ISR",
        lambda number: none_is_well(number, Tone.LOCKDOWN, "writes with acks=all are refused"),
    ),
    (
        HealthKey.ISR_SHRINKS,
        "ISR shrinks, 1 h",
        lambda number: none_is_well(round(number), Tone.HALT, "replicas left the in-sync set"),
    ),
    (
        HealthKey.ISR_EXPANDS,
        "ISR expands, 1 h",
        lambda number: (Tone.HEALTHY, "replicas came back" if round(number) else "none"),
    ),
)


def tiles(rows: Iterable[HealthRow], now: datetime, cadence: timedelta, *, sample: bool) -> list[Tile]:
    """One tile a question of one number, in the order of TILES; what is missing says why."""
    found = {row.reading.key: row.reading for row in rows}
    return [_tile(found.get(key), title, judge, now, cadence, sample=sample) for key, title, judge in TILES]


def _tile(
    reading: HealthReading | None, title: str, judge: Judge, now: datetime, cadence: timedelta, *, sample: bool
) -> Tile:
    if reading is None:
        words = "not in the recording" if sample else NOT_COLLECTED
        return Tile(title, "unknown", Tone.NO_DATA, words, "Prometheus", "")
    source = source_words(reading, now)
    if not reading.values:
        words = NOT_EXPORTED if reading.values is None else "no number came back"
        return Tile(title, "unknown", Tone.NO_DATA, words, source, reading.query)
    number = reading.values[0].value
    tone, words = judge(number)
    if not sample and old(reading, now, cadence):
        tone, words = Tone.NO_DATA, f"old; then: {words}"
    return Tile(title, count(number), tone, words, source, reading.query)


def old(reading: HealthReading, now: datetime, cadence: timedelta) -> bool:
    """True when the answer should have been renewed since."""
    return now > reading.observed_at + MISSED_LOOKS * cadence + GRACE


def source_words(reading: HealthReading, now: datetime) -> str:
    """Whose metric it is, and how old the answer is."""
    return f"{reading.dialect or 'no known exporter'}, {age(now - reading.observed_at)} ago"


@dataclass(frozen=True, slots=True)
class ErrorRow:
    """Answers to Produce of one code within an hour. fault: whose, in words; None for a success."""

    code: str
    fault: str | None
    answers: float


def produce_errors(values: Sequence[HealthValue], sli: EventsSli) -> list[ErrorRow]:
    """By code, platform faults first, successes last. A value without a code is of requests that failed in any way."""
    rows = []
    for value in values:
        code = value.labels.get("error", "")
        kind = sli.classify(code) if code else EventClass.PLATFORM
        fault = None if kind is EventClass.SUCCESS else CLASS_WORDS.get(kind, kind.value)
        rows.append(ErrorRow(code or "failed requests, code not exported", fault, value.value))
    order = (CLASS_WORDS[EventClass.PLATFORM], CLASS_WORDS[EventClass.CLIENT], None)
    return sorted(rows, key=lambda row: (order.index(row.fault) if row.fault in order else 1, -row.answers))


def name_of(labels: Mapping[str, str]) -> str:
    """The one label that tells the value from the others."""
    return ", ".join(value for _, value in sorted(labels.items())) or "all"


def worst_groups(groups: Iterable[GroupRow]) -> list[GroupRow]:
    """The groups that are farthest behind; groups of which nobody knows it are left out."""
    known = [group for group in groups if group.lag is not None]
    return sorted(known, key=lambda group: (-(group.lag or 0), group.cluster, group.name))[:SHOWN_GROUPS]


def partition_sums(topics: Iterable[TopicRow]) -> tuple[int, int, int]:
    """Partitions, those with too few replicas in sync, and those without a leader, as Kafka's own metadata has them."""
    listed = list(topics)
    return (
        sum(topic.partitions for topic in listed),
        sum(topic.under_replicated for topic in listed),
        sum(topic.leaderless for topic in listed),
    )
