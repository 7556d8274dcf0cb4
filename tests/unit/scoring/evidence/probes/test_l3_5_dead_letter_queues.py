from __future__ import annotations

from dataclasses import replace

import pytest

from scoring.catalog.estate import Connector
from scoring.evidence.aspects import Strength, VerdictState
from scoring.evidence.finding import Outcome
from scoring.evidence.probes.l3_5_dead_letter_queues import PROBE, QUEUES, READERS, SINKS
from tests.unit.scoring.evidence.probes.estates import AWAY, EMPTY, alert, group, judged, outcomes, sink, there, topic

QUEUE, WORK = "orders.dlq.order.v1", "orders.events.order.v1"
SAFE = sink("to-search", errors_deadletterqueue_topic_name=QUEUE, errors_tolerance="all")
BARE = sink("to-file")
GUARDED = replace(
    EMPTY,
    connectors=there((SAFE, sink("from-file", kind="source"))),
    topics=there((topic(QUEUE), topic(WORK))),
    groups=there((group("replayer", QUEUE),)),
    alert_rules=there(()),
)


def test_a_queue_for_every_sink_that_somebody_reads_proves_it() -> None:
    judgement = judged(PROBE, GUARDED)

    assert (judgement.state, judgement.strength) == (VerdictState.SUPPORTED, Strength.PROVES)
    assert outcomes(PROBE, GUARDED, SINKS) == {"to-search": Outcome.TRUE}


@pytest.mark.parametrize(
    "broken",
    [
        BARE,
        sink("to-file", errors_deadletterqueue_topic_name=QUEUE),
        sink("to-file", errors_deadletterqueue_topic_name=QUEUE, errors_tolerance="none"),
        sink("to-file", errors_deadletterqueue_topic_name="gone", errors_tolerance="all"),
    ],
)
def test_a_sink_that_would_lose_or_stop_is_named(broken: Connector) -> None:
    given = replace(GUARDED, connectors=there((SAFE, broken)))

    assert outcomes(PROBE, given, SINKS) == {"to-search": Outcome.TRUE, "to-file": Outcome.FALSE}
    assert judged(PROBE, given).state is VerdictState.PARTLY


def test_no_queue_anywhere_refutes_it() -> None:
    for connectors in ((BARE,), (), (sink("from-file", kind="source"),)):
        given = replace(GUARDED, connectors=there(connectors), topics=there((topic(WORK),)))
        assert judged(PROBE, given).state is VerdictState.REFUTED


def test_names_of_topics_alone_suggest_it() -> None:
    judgement = judged(PROBE, replace(GUARDED, connectors=there(())))

    assert (judgement.state, judgement.strength) == (VerdictState.SUPPORTED, Strength.SUGGESTS)


def test_sinks_without_a_queue_beside_applications_with_one_are_half_of_it() -> None:
    assert judged(PROBE, replace(GUARDED, connectors=there((BARE,)))).state is VerdictState.PARTLY


def test_a_queue_that_nobody_reads_or_watches_is_half_of_it() -> None:
    unread = replace(GUARDED, groups=there(()))

    assert outcomes(PROBE, unread, READERS) == {QUEUE: Outcome.FALSE}
    assert judged(PROBE, unread).state is VerdictState.PARTLY
    watched = replace(unread, alert_rules=there((alert("Dead", f'records{{topic="{QUEUE}"}} > 0'),)))
    assert outcomes(PROBE, watched, READERS) == {QUEUE: Outcome.TRUE}


def test_whether_anybody_watches_is_not_known_without_prometheus() -> None:
    given = replace(GUARDED, groups=there(()), alert_rules=AWAY)

    assert outcomes(PROBE, given, READERS) == {QUEUE: Outcome.NOT_AVAILABLE}
    assert judged(PROBE, given).state is VerdictState.SUPPORTED


def test_no_connection_is_no_lack_of_queues() -> None:
    assert judged(PROBE, EMPTY).state is VerdictState.NOT_AVAILABLE
    without = replace(GUARDED, connectors=AWAY, topics=there((topic(WORK),)))
    assert judged(PROBE, without).state is VerdictState.NOT_AVAILABLE
    half = replace(GUARDED, connectors=there(()), topics=there((topic(WORK),), "Metadata", "Some topics are hidden."))
    assert judged(PROBE, half).state is VerdictState.NOT_AVAILABLE
    unseen = replace(GUARDED, topics=AWAY)
    assert outcomes(PROBE, unseen, SINKS) == {"to-search": Outcome.NOT_AVAILABLE}


@pytest.mark.parametrize("name", ["orders.dlq", "orders-DLT", "dead.letters.orders", "orders_dead-letter-queue", "dlq"])
def test_names_that_say_dead_letters(name: str) -> None:
    assert outcomes(PROBE, replace(GUARDED, topics=there((topic(name),))), QUEUES) == {name: Outcome.TRUE}


@pytest.mark.parametrize("name", ["dlqueue", "orders.deadline", "middlqware"])
def test_names_that_do_not(name: str) -> None:
    assert outcomes(PROBE, replace(GUARDED, topics=there((topic(name),))), QUEUES) == {"main": Outcome.FALSE}
