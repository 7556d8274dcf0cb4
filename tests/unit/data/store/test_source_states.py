"""How sources answer, since when, and when they last gave something."""

from __future__ import annotations

from datetime import timedelta

import pytest

from data.store import Store
from data.store.clusters import ClusterFacts
from data.store.read import SourceCondition, SourceState
from data.store.states import OK, Answer
from data.store.store import COLLECTOR
from scoring.catalog.estate import SourceName
from tests.unit.data.store.estates import DR, NOON, PROD, REFUSED, SILENT, Clock, Hands, group, topic

MINUTE = timedelta(minutes=1)


@pytest.fixture
def hands(store: Store, clock: Clock) -> Hands:
    return Hands(store, clock)


def kafka(store: Store, **question: object) -> SourceState:
    """The state of Kafka in the first cluster."""
    return next(row for row in store.read.source_states(PROD, **question) if row.source is SourceName.KAFKA)  # type: ignore[arg-type]


def test_a_configured_source_that_was_never_tried_says_never(store: Store, hands: Hands) -> None:
    states = store.read.source_states()
    assert [row.source for row in states] == list(SourceName)
    assert {(row.state, row.since, row.last_attempt, row.last_success) for row in states} == {
        (SourceCondition.NEVER, None, None, None)
    }
    assert all(row.feeds for row in states)


def test_since_is_when_the_condition_began_and_success_stays_where_it_was(
    store: Store, clock: Clock, hands: Hands
) -> None:
    hands.see(topics=(topic(),))
    clock.move(60)
    hands.see(topics=SILENT)
    clock.move(60)
    hands.see(topics=SILENT)
    state = kafka(store)
    assert (state.state, state.since) == (SourceCondition.UNREACHABLE, NOON + MINUTE)
    assert (state.last_attempt, state.last_success) == (NOON + 2 * MINUTE, NOON)
    assert (state.error, state.next_step) == ("No broker answers.", "Check the address.")


def test_a_source_that_recovers_is_ok_without_an_error(store: Store, clock: Clock, hands: Hands) -> None:
    hands.see(topics=SILENT)
    clock.move(60)
    hands.see(topics=(topic(),))
    state = kafka(store)
    assert (state.state, state.since, state.last_success) == (SourceCondition.OK, NOON + MINUTE, NOON + MINUTE)
    assert (state.error, state.next_step) == ("", "")


def test_one_refused_part_makes_the_source_partial_and_names_it(store: Store, clock: Clock, hands: Hands) -> None:
    hands.see(topics=(topic(),), groups=REFUSED)
    assert (kafka(store).state, kafka(store).error) == (SourceCondition.PARTIAL, REFUSED.sentence)
    parts = {row.part: (row.state, row.last_success) for row in store.read.part_states()}
    assert parts == {"topics": (SourceCondition.OK, NOON), "groups": (SourceCondition.FORBIDDEN, None)}


def test_a_part_on_a_slower_cadence_is_not_forgotten(store: Store, clock: Clock, hands: Hands) -> None:
    hands.see(acls=REFUSED)
    clock.move(30)
    hands.see(topics=(topic(),))
    assert kafka(store).state is SourceCondition.PARTIAL
    clock.move(30)
    hands.see(acls=())
    assert kafka(store).state is SourceCondition.OK


def test_a_refused_item_makes_its_part_partial_but_fresh(store: Store, hands: Hands) -> None:
    hands.see(groups=hands.present((group(),), missing=["Group a was refused.", "Group b was refused."]))
    (part,) = store.read.part_states()
    assert (part.state, part.last_success) == (SourceCondition.PARTIAL, NOON)
    assert part.error == "Group a was refused. (and 1 more)"


def test_as_of_shows_the_condition_of_that_time(store: Store, clock: Clock, hands: Hands) -> None:
    for answer in ((topic(),), (topic(),), SILENT, (topic(),)):
        hands.see(topics=answer)
        clock.move(60)
    then = kafka(store, asof=NOON + 1.5 * MINUTE)
    assert (then.state, then.since, then.last_attempt) == (SourceCondition.OK, NOON, NOON + MINUTE)
    broken = kafka(store, asof=NOON + 2.5 * MINUTE)
    assert (broken.state, broken.last_success) == (SourceCondition.UNREACHABLE, NOON + MINUTE)
    assert kafka(store).since == NOON + 3 * MINUTE


def test_in_the_middle_of_a_period_the_runs_say_when_it_was_last_tried(
    store: Store, clock: Clock, hands: Hands
) -> None:
    for _ in range(5):
        hands.see(topics=(topic(),))
        clock.move(60)
    then = kafka(store, asof=NOON + 2.9 * MINUTE)
    assert (then.last_attempt, then.last_success) == (NOON + 2 * MINUTE, NOON + 2 * MINUTE)


def test_an_attempt_without_facts_is_recorded_too(store: Store, clock: Clock, hands: Hands) -> None:
    trouble = Answer(SourceCondition.TIMEOUT, "Prometheus took too long.", "Look at its load.")
    hands.store.observations.attempted(SourceName.PROMETHEUS, "slices", {"slices": trouble}, clock.now)
    (state,) = (one for one in store.read.source_states() if one.source is SourceName.PROMETHEUS)
    assert (state.state, state.error) == (SourceCondition.TIMEOUT, trouble.error)
    clock.move(15)
    hands.store.observations.attempted(SourceName.PROMETHEUS, "slices", {"slices": OK}, clock.now)
    (state,) = (one for one in store.read.source_states() if one.source is SourceName.PROMETHEUS)
    assert state.last_success == NOON + timedelta(seconds=15)


def test_a_source_and_a_cluster_that_are_no_longer_configured_are_kept_but_not_shown(
    store: Store, clock: Clock, hands: Hands
) -> None:
    Hands(store, clock, DR)
    hands.see(topics=(topic(),))
    clock.move(60)
    store.registry.register(COLLECTOR, [ClusterFacts(DR, "dev", "us", (SourceName.KAFKA,))])
    assert [(row.cluster, row.source) for row in store.read.source_states()] == [(DR, SourceName.KAFKA)]
    assert store.read.topics() == []
    assert len(store.read.topics(PROD)) == 1
    assert len(store.read.topics(asof=NOON + MINUTE / 2)) == 1
    assert [(row.name, row.environment, row.configured) for row in store.read.clusters()] == [
        (DR, "dev", True),
        (PROD, "prod", False),
    ]
