"""L4.1: what a stream processor leaves on real brokers.

It is a real consumer group with the client id and the topics of Kafka Streams, and not Kafka Streams itself: the Java
that the stack brings has no compiler for a topology.
"""

from __future__ import annotations

from scoring.evidence.aspects import Strength, VerdictState
from tests.integration.evidence.conftest import Observe
from tests.integration.evidence.observing import Company

THREAD = "tracker-5f0c8f5e-StreamThread-1-consumer"


def test_a_running_application_proves_it_a_stopped_one_refutes_it_and_none_says_nothing(
    company: Company, observe: Observe
) -> None:
    observer = observe()
    nothing = observer.verdict("L4.1")
    assert nothing.state is VerdictState.NOT_AVAILABLE

    work = company.topic("tracker-by-order-repartition")
    company.topic("tracker-order-state-changelog")
    company.write(work)
    with company.reader("tracker", work, f"{company.tag}{THREAD}") as group:
        proven = observer.verdict("L4.1")
        assert proven.proven, proven.sentence
        assert f"{group} runs in production" in proven.sentence

        elsewhere = observe()
        tried = elsewhere.cluster.model_copy(update={"environment": "dev"})
        outside = type(elsewhere)(elsewhere.store, tried, elsewhere.evidence, elsewhere.tag).verdict("L4.1")
        assert (outside.state, outside.strength) == (VerdictState.SUPPORTED, Strength.SUGGESTS)

    stopped = observer.eventually("L4.1", VerdictState.REFUTED)
    assert "its group has no member" in stopped.sentence

    company.forget_group(group)
    company.close()
    company.topics.clear()
    assert observer.eventually("L4.1", VerdictState.NOT_AVAILABLE).state is VerdictState.NOT_AVAILABLE
