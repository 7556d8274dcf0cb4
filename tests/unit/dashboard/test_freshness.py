"""The freshness line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dashboard.freshness import freshness_line
from dashboard.theme import Tone
from data.store.read import SourceCondition, SourceState
from scoring.catalog.estate import ClusterName, SourceName

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CADENCES = dict.fromkeys(SourceName, timedelta(seconds=30))


def state(
    source: SourceName,
    condition: SourceCondition,
    *,
    since: float = 600,
    success: float | None = 10,
    cluster: str = "eu",
) -> SourceState:
    last = None if success is None else NOW - timedelta(seconds=success)
    began = NOW - timedelta(seconds=since)
    return SourceState(ClusterName(cluster), source, condition, began, NOW, last, "", "", ())


def line(*states: SourceState, sample: bool = False) -> list[tuple[str, Tone, str]]:
    found = freshness_line(states, NOW, CADENCES, sample=sample)
    return [(item.title, item.tone, item.words.replace("\u202f", " ")) for item in found]


def test_a_source_that_answers_shows_the_age_of_its_answer() -> None:
    assert line(state(SourceName.KAFKA, SourceCondition.OK, success=40)) == [("Kafka", Tone.HEALTHY, "40 s")]


def test_an_answer_older_than_three_cadences_and_a_minute_is_not_healthy() -> None:
    assert line(state(SourceName.KAFKA, SourceCondition.OK, success=150))[0][1] is Tone.HEALTHY
    assert line(state(SourceName.KAFKA, SourceCondition.OK, success=151)) == [
        ("Kafka", Tone.HALT, "2 min old, not refreshed")
    ]


@pytest.mark.parametrize(
    ("condition", "tone", "words"),
    [
        (SourceCondition.FORBIDDEN, Tone.INCIDENT, "3 min, refused"),
        (SourceCondition.UNREACHABLE, Tone.INCIDENT, "3 min, unreachable"),
        (SourceCondition.TIMEOUT, Tone.INCIDENT, "3 min, no answer in time"),
        (SourceCondition.BAD_ANSWER, Tone.INCIDENT, "3 min, bad answer"),
        (SourceCondition.PARTIAL, Tone.HALT, "3 min, answers in part"),
        (SourceCondition.NEVER, Tone.NO_DATA, "not asked yet"),
    ],
)
def test_a_source_in_trouble_says_what_and_since_when(condition: SourceCondition, tone: Tone, words: str) -> None:
    assert line(state(SourceName.REGISTRY, condition, since=180)) == [("Registry", tone, words)]


def test_trouble_comes_first_and_well_sources_of_many_clusters_become_one_entry_with_the_oldest_age() -> None:
    found = line(
        state(SourceName.KAFKA, SourceCondition.OK, success=10, cluster="eu"),
        state(SourceName.KAFKA, SourceCondition.OK, success=50, cluster="us"),
        state(SourceName.REGISTRY, SourceCondition.UNREACHABLE, since=60, cluster="us"),
    )
    assert found == [("Registry us", Tone.INCIDENT, "1 min, unreachable"), ("Kafka", Tone.HEALTHY, "50 s")]


def test_a_recorded_estate_is_never_shown_as_healthy() -> None:
    assert line(state(SourceName.KAFKA, SourceCondition.OK), sample=True) == [("Kafka", Tone.NO_DATA, "recorded")]
