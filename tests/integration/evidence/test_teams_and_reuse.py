"""L2.1 and L5.6: whose topics are written and read, by rules, groups and records on real brokers."""

from __future__ import annotations

import uuid
from contextlib import ExitStack

from confluent_kafka.admin import (
    AclOperation,
    ResourceType,
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialUpsertion,
)

from scoring.evidence.aspects import VerdictState
from tests.integration.evidence.conftest import Observe
from tests.integration.evidence.observing import Company

READ, WRITE, GROUP = AclOperation.READ, AclOperation.WRITE, ResourceType.GROUP


def test_two_teams_that_write_prove_independence_one_refutes_it_and_one_user_for_all_hides_it(
    company: Company, observe: Observe
) -> None:
    orders, payments = company.topic("orders.events.order.v1"), company.topic("payments.events.refund.v1")
    company.write(orders, payments)
    company.allow("checkout", WRITE, orders)
    second = company.allow("payments-core", WRITE, payments)
    observer = observe()
    assert observer.verdict("L2.1").state is VerdictState.NOT_AVAILABLE, "nobody was seen to write yet"

    company.write(orders, payments)
    proven = observer.verdict("L2.1")
    assert proven.proven, proven.sentence
    assert f"{company.tag}checkout, {company.tag}payments-core" in proven.sentence

    company.revoke(second)
    assert observer.verdict("L2.1").state is VerdictState.REFUTED

    everything = company.allow("everything", WRITE, "*")
    hidden = observer.verdict("L2.1")
    assert hidden.state is VerdictState.NOT_AVAILABLE
    assert "cannot be told apart" in hidden.sentence

    company.revoke(everything)
    company.allow("payments-core", WRITE, payments)
    assert observer.verdict("L2.1").proven


def test_rules_that_the_user_may_not_see_are_not_available(company: Company, observe: Observe) -> None:
    name, password = f"narrow-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex
    scram = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 4096)
    upsert = UserScramCredentialUpsertion(name, scram, password.encode())
    for future in company.admin.alter_user_scram_credentials([upsert]).values():
        future.result(30)

    verdict = observe(login=(name, password)).verdict("L2.1")

    assert verdict.state is VerdictState.NOT_AVAILABLE
    assert "Grant DESCRIBE" in verdict.sentence


def test_three_other_domains_prove_reuse_two_refute_it_and_groups_of_nobody_leave_it_open(
    company: Company, observe: Observe
) -> None:
    topic = company.topic("orders.events.order.v1")
    company.write(topic)
    users = {"mailer": "customers", "router": "logistics", "settlement": "payments"}
    rules = [company.allow(name, READ, f"{company.tag}{name}", GROUP) for name in users]
    observer = observe(domains={f"{company.tag}{name}": domain for name, domain in users.items()})
    with ExitStack() as reading:
        for name in ("mailer", "router"):
            reading.enter_context(company.reader(name, topic))
        with company.reader("settlement", topic) as third:
            proven = observer.verdict("L5.6")
            assert proven.proven, proven.sentence
            assert "1 of 1 products" in proven.sentence

            company.revoke(*rules)
            assert observer.verdict("L5.6").state is VerdictState.NOT_AVAILABLE

            for name in users:
                company.allow(name, READ, f"{company.tag}{name}", GROUP)
            assert observer.verdict("L5.6").proven
        company.forget_group(third)
        refuted = observer.verdict("L5.6")
        assert refuted.state is VerdictState.REFUTED
        assert "0 of 1 products are used by 3" in refuted.sentence
