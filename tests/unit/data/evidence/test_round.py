"""One round of evidence: what it keeps, and what a probe that breaks off does to the others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from data.definitions.rubric import load_rubric
from data.evidence.round import EvidenceRound
from data.evidence.verdicts import verdicts
from data.settings import ClusterSettings
from data.store import CollectorStore, Store, open_store
from scoring.evidence.finding import Outcome
from scoring.evidence.naming import Naming
from scoring.evidence.probe import Notes
from scoring.evidence.probes import every_probe
from tests.unit.data.store.estates import PROD, SILENT, Clock, Hands

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
