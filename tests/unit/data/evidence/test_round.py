"""One round of evidence: what it keeps, and what a probe that breaks off does to the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from data.definitions.rubric import load_rubric
from data.evidence.round import EvidenceRound
from data.evidence.verdicts import verdicts
from data.settings import AlertmanagerSettings, ClusterSettings
from data.store import CollectorStore, Store, open_store
from data.store.read import SourceCondition, SourceState
from scoring.catalog.estate import Present, SourceName
from scoring.evidence.alert_routing import Route, Routing
from scoring.evidence.finding import Outcome
from scoring.evidence.naming import Naming
from scoring.evidence.probe import Need, Notes
from scoring.evidence.probes import every_probe
from tests.unit.data.store.estates import NOON, PROD, SILENT, Clock, Hands

SETTINGS = ClusterSettings.model_validate({"name": PROD, "kafka": {"bootstrap_servers": "127.0.0.1:1"}})


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path}/store.sqlite", clock)
    yield opened
    opened.close()


def round_over(clock: Clock) -> EvidenceRound:
    return EvidenceRound.of(SETTINGS, Naming(), 300, clock)


def tried(store: Store, clock: Clock) -> CollectorStore:
    """A collector that has tried every part and got no answer."""
    hands = Hands(store, clock)
    hands.see(**dict.fromkeys(("brokers", "topics", "end_offsets", "groups", "committed", "acls"), SILENT))
    return hands.store


def test_the_first_round_waits_until_every_source_was_tried(store: Store, clock: Clock) -> None:
    first = round_over(clock)
    first.run(Hands(store, clock).store)

    assert store.findings.latest() == []
    assert first.every < 300
    first.run(tried(store, clock))
    assert first.every == 300
    assert store.findings.latest()


ALERTING = SETTINGS.model_copy(update={"alertmanager": AlertmanagerSettings(url="http://127.0.0.1:1")})
MINUTE = timedelta(minutes=1)


def alertmanager(store: Store, asof: datetime | None = None) -> SourceState:
    """How Alertmanager answers, as the pages are told."""
    return next(one for one in store.read.source_states(PROD, asof) if one.source is SourceName.ALERTMANAGER)


def test_alertmanager_is_a_source_with_a_condition_since_when_and_what_to_do(store: Store, clock: Clock) -> None:
    found = EvidenceRound.of(ALERTING, Naming(), 300, clock)
    collecting = tried(store, clock)
    assert alertmanager(store).state is SourceCondition.NEVER

    clock.move(60)
    found.run(collecting)
    clock.move(60)
    found.run(collecting)
    gone = alertmanager(store)
    assert (gone.state, gone.since, gone.last_attempt) == (
        SourceCondition.UNREACHABLE,
        NOON + MINUTE,
        NOON + 2 * MINUTE,
    )
    assert gone.last_success is None
    assert "Alertmanager" in gone.error
    assert gone.next_step

    found.questions.asks[Need.ROUTING] = lambda at: Present(Routing(Route("mail")), at, "GET /api/v2/status")
    clock.move(60)
    found.run(collecting)
    clock.move(60)
    found.run(collecting)
    back = alertmanager(store)
    assert (back.state, back.since, back.last_success) == (SourceCondition.OK, NOON + 3 * MINUTE, NOON + 4 * MINUTE)
    assert (back.error, back.next_step) == ("", "")
    then = alertmanager(store, NOON + 90 * timedelta(seconds=1))
    assert (then.state, then.last_attempt) == (SourceCondition.UNREACHABLE, NOON + 90 * timedelta(seconds=1))
    found.close()


def test_every_probe_says_something_of_a_cluster_that_does_not_answer(store: Store, clock: Clock) -> None:
    round_over(clock).run(tried(store, clock))

    found = store.findings.latest()

    assert {one.probe for one in found} == {probe.id for probe in every_probe()}
    assert {one.outcome for one in found if one.aspect != "production"} == {Outcome.NOT_AVAILABLE}
    states: dict[str, str] = {one.indicator: one.state for one in verdicts(store, load_rubric(), clock())}
    assert states["L3.4"] == "not_available"
    assert states["L1.1"] == "no_probe"


def test_a_probe_that_breaks_off_is_an_error_and_the_others_still_look(store: Store, clock: Clock) -> None:
    def broken(_: Notes) -> list[object]:
        raise ZeroDivisionError

    first, *rest = every_probe()
    wrong = replace(round_over(clock), probes=(replace(first, look=broken), *rest))  # type: ignore[arg-type]

    wrong.run(tried(store, clock))

    by_probe = {one.probe: one for one in store.findings.latest()}
    assert by_probe[first.id].outcome is Outcome.ERROR
    assert "ZeroDivisionError" in by_probe[first.id].sentence
    assert len(by_probe) == len(every_probe())


def test_a_second_round_that_sees_the_same_adds_nothing(store: Store, clock: Clock) -> None:
    writing = tried(store, clock)
    round_over(clock).run(writing)
    before = store.findings.latest()
    clock.move(300)
    round_over(clock).run(writing)

    (entry, *_) = store.read.audit(1)

    assert entry.detail == {}
    assert [one.hash for one in store.findings.latest()] == [one.hash for one in before]
