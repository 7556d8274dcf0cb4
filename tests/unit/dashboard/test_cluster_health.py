"""What the cluster health page says of each answer, and the page itself without a browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.cluster_health import Tile, name_of, produce_errors, tiles
from dashboard.definitions import produce_success
from dashboard.registry import CLUSTER_HEALTH
from dashboard.theme import Tone
from data.health.questions import HealthKey
from data.health.readings import HealthReading, HealthRow, HealthValue
from data.store import Store, open_store
from data.store.states import OK
from scoring.catalog.estate import ClusterName
from scoring.slo.definition import EventsSli
from tests.browser.believable import fill
from tests.unit.dashboard.conftest import NOW, Opening, opening

EU = ClusterName("prod-eu")
CADENCE = timedelta(seconds=15)


def reading(key: HealthKey, *values: float | None, ago: float = 12) -> HealthReading:
    found = None if None in values else tuple(HealthValue({}, one) for one in values if one is not None)
    dialect = "" if found is None else "strimzi-jmx"
    return HealthReading(key, "sum(x)", dialect, NOW - timedelta(seconds=ago), found)


def told(given: HealthReading | None, key: HealthKey, *, sample: bool = False) -> Tile:
    rows = [] if given is None else [HealthRow(EU, given)]
    order = [
        HealthKey.BROKERS,
        HealthKey.CONTROLLERS,
        HealthKey.OFFLINE,
        HealthKey.UNDER_REPLICATED,
        HealthKey.UNDER_MIN_ISR,
        HealthKey.ISR_SHRINKS,
        HealthKey.ISR_EXPANDS,
    ]
    return tiles(rows, NOW, CADENCE, sample=sample)[order.index(key)]


@pytest.mark.parametrize(
    ("key", "value", "tone", "shown"),
    [
        (HealthKey.CONTROLLERS, 1, Tone.HEALTHY, "1"),
        (HealthKey.CONTROLLERS, 0, Tone.LOCKDOWN, "0"),
        (HealthKey.CONTROLLERS, 2, Tone.LOCKDOWN, "2"),
        (HealthKey.OFFLINE, 0, Tone.HEALTHY, "0"),
        (HealthKey.OFFLINE, 1, Tone.LOCKDOWN, "1"),
        (HealthKey.UNDER_REPLICATED, 3, Tone.INCIDENT, "3"),
        (HealthKey.UNDER_MIN_ISR, 1, Tone.LOCKDOWN, "1"),
        (HealthKey.ISR_SHRINKS, 2.03, Tone.HALT, "2"),
        (HealthKey.ISR_SHRINKS, 0.0, Tone.HEALTHY, "0"),
    ],
)
def test_a_number_has_its_meaning(key: HealthKey, value: float, tone: Tone, shown: str) -> None:
    tile = told(reading(key, value), key)
    assert (tile.tone, tile.value) == (tone, shown)
    assert (tile.source, tile.query) == ("strimzi-jmx, 12\u202fs ago", "sum(x)")


def test_what_is_not_exported_is_said_and_is_not_well() -> None:
    tile = told(reading(HealthKey.OFFLINE, None), HealthKey.OFFLINE)
    assert (tile.value, tile.tone, tile.words) == ("unknown", Tone.NO_DATA, "not exported here")
    assert tile.source == "no known exporter, 12\u202fs ago"


def test_what_was_never_asked_is_said_differently() -> None:
    assert told(None, HealthKey.OFFLINE).words == "not collected yet"
    assert told(None, HealthKey.OFFLINE, sample=True).words == "not in the recording"


def test_an_answer_that_should_have_been_renewed_is_no_longer_well() -> None:
    # Three cadences of 15 s and a minute of grace.
    assert told(reading(HealthKey.OFFLINE, 0, ago=105), HealthKey.OFFLINE).tone is Tone.HEALTHY
    late = told(reading(HealthKey.OFFLINE, 0, ago=106), HealthKey.OFFLINE)
    assert (late.value, late.tone, late.words) == ("0", Tone.NO_DATA, "old; then: none")


def test_errors_are_told_by_whose_fault_they_are() -> None:
    sli = produce_success().sli
    assert isinstance(sli, EventsSli)
    values = [
        HealthValue({"error": "NONE"}, 900.0),
        HealthValue({"error": "TOPIC_AUTHORIZATION_FAILED"}, 70.0),
        HealthValue({"error": "NOT_ENOUGH_REPLICAS"}, 3.0),
    ]
    assert [(row.code, row.fault) for row in produce_errors(values, sli)] == [
        ("NOT_ENOUGH_REPLICAS", "platform fault"),
        ("TOPIC_AUTHORIZATION_FAILED", "client fault"),
        ("NONE", None),
    ]


def test_failures_without_a_code_are_the_platform_s() -> None:
    sli = produce_success().sli
    assert isinstance(sli, EventsSli)
    (row,) = produce_errors([HealthValue({}, 5.0)], sli)
    assert (row.code, row.fault, row.answers) == ("failed requests, code not exported", "platform fault", 5.0)


def test_a_value_is_named_by_its_labels() -> None:
    assert name_of({"request": "Produce"}) == "Produce"
    assert name_of({}) == "all"


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opening]:
    """Opens the page on a written estate with some answers, or without any."""
    url = f"sqlite:///{tmp_path / 'mine.sqlite'}"
    fill(url, NOW, produce_success(), topics=12, groups=6, sample=False)
    store: Store = open_store(url, clock=lambda: NOW)
    with opening(CLUSTER_HEALTH, store) as open_page:

        def start(*readings: HealthReading, **parameters: str) -> AppTest:
            lease = store.leases.acquire(EU, "test")
            assert lease is not None
            store.collecting(lease).observations.looked_at_health(readings, {"health": OK}, NOW)
            return open_page(**parameters)

        yield start
    store.close()


def text_of(app: AppTest) -> str:
    return " ".join(str(element.value) for element in [*app.markdown, *app.info]).replace("\\", "")


def test_kafka_s_own_numbers_need_no_exporter(opened: Opening) -> None:
    app = opened()
    shown = {metric.label: metric.value for metric in app.metric}
    # The last look found two partitions of one topic with a replica out of sync.
    assert (shown["Brokers"], shown["Out of sync, by Kafka"], shown["Active controllers"]) == ("3", "2", "unknown")
    assert "not collected yet" in text_of(app)
    groups = app.table[0].value
    # Every group is (number mod 5) × 311 behind on each partition of its topics, of which it has two: 12 times 4 × 311,
    # and six partitions more where one of them has grown to twelve.
    assert int(str(groups.iloc[0, 1]).replace("\u202f", "")) in (12 * 4 * 311, 18 * 4 * 311)


def test_an_exporter_s_numbers_stand_beside_them_with_query_and_age(opened: Opening) -> None:
    errors = HealthReading(
        HealthKey.PRODUCE_ERRORS,
        "sum by (error) (x)",
        "strimzi-jmx",
        NOW - timedelta(seconds=5),
        (HealthValue({"error": "NOT_ENOUGH_REPLICAS"}, 240.3), HealthValue({"error": "NONE"}, 1e6)),
    )
    app = opened(reading(HealthKey.CONTROLLERS, 1.0), errors)
    assert {metric.label: metric.value for metric in app.metric}["Active controllers"] == "1"
    table = app.table[0].value
    assert table.values.tolist() == [["NOT_ENOUGH_REPLICAS".replace("_", "\\_"), "platform fault", "240"]]
    assert app.code[-1].value == "sum by (error) (x)"


def test_of_a_past_moment_there_are_no_exporter_s_numbers_and_the_page_says_so(opened: Opening) -> None:
    app = opened(reading(HealthKey.CONTROLLERS, 1.0), asof="2026-11-20T11:00")
    assert "only the latest are kept" in text_of(app)
    assert {metric.label: metric.value for metric in app.metric}["Active controllers"] == "unknown"
