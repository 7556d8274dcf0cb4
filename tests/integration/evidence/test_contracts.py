"""L3.2: levels of subjects in a real registry."""

from __future__ import annotations

import pytest

from scoring.evidence.aspects import VerdictState
from scoring.evidence.finding import Outcome
from stack.state import StackState
from tests.integration.evidence.conftest import Observe
from tests.integration.evidence.observing import Company
from tests.integration.stack.asking import fault


def test_a_checked_subject_proves_it_level_none_refutes_it_and_no_registry_says_nothing(
    company: Company, observe: Observe
) -> None:
    topic = company.topic("orders.events.order.v1")
    subject = company.register(topic)
    company.level(subject, "FULL")
    observer = observe()
    observer.look()
    company.write(topic)

    proven = observer.verdict("L3.2")
    assert proven.proven, proven.sentence

    company.level(subject, "NONE")
    refuted = observer.verdict("L3.2")
    assert refuted.state is VerdictState.REFUTED
    assert subject in refuted.sentence
    (loose,) = [one for one in observer.findings() if one.about.name == subject]
    assert loose.outcome is Outcome.FALSE
    assert loose.remediation is not None

    company.level(subject, "FULL")
    assert observer.verdict("L3.2").proven

    nothing = observe(without=("registry",)).verdict("L3.2")
    assert nothing.state is VerdictState.NOT_AVAILABLE
    assert "No schema registry is named" in nothing.sentence


@pytest.mark.fault(order=41)
def test_a_registry_that_is_down_is_no_lack_of_contracts(stack: StackState, observe: Observe) -> None:
    observer = observe()
    fault(stack, "registry", "stop")
    try:
        verdict = observer.verdict("L3.2")
    finally:
        fault(stack, "registry", "start")

    assert verdict.state is VerdictState.NOT_AVAILABLE
    assert "not reachable" in verdict.sentence
