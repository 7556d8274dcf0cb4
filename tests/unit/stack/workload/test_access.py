"""The grants: what follows from the company, and the two that stand apart."""

from __future__ import annotations

from stack.workload.access import Grant, grants
from stack.workload.company import Operation, Pattern, ResourceKind
from stack.workload.company_file import load_company


def topic_grants(user: str, name: str) -> set[tuple[Pattern, Operation]]:
    return {
        (grant.pattern, grant.operation)
        for grant in grants(load_company())
        if (grant.user, grant.resource, grant.name) == (user, ResourceKind.TOPIC, name)
    }


def test_a_writer_may_write_and_describe_its_topic_and_not_read_it() -> None:
    assert topic_grants("parcel-network", "logistics.events.delivery.v1") == {
        (Pattern.LITERAL, Operation.WRITE),
        (Pattern.LITERAL, Operation.DESCRIBE),
    }


def test_a_reader_may_read_its_topic_and_its_group_and_nothing_more() -> None:
    found = {grant for grant in grants(load_company()) if grant.user == "fraud-watch"}
    reads = {(grant.resource, grant.name) for grant in found if grant.operation is Operation.READ}
    assert reads == {
        (ResourceKind.TOPIC, "payments.events.transaction.v1"),
        (ResourceKind.TOPIC, "customers.events.login.v1"),
        (ResourceKind.GROUP, "fraud-scoring"),
    }
    assert {grant.name for grant in found if grant.operation is Operation.WRITE} == {"payments.events.fraud-alert.v1"}


def test_the_processor_may_read_and_write_its_internal_topics() -> None:
    everything = {(Pattern.LITERAL, operation) for operation in Operation}
    assert topic_grants("fulfilment", "fulfilment-tracker-order-state-changelog") == everything
    assert topic_grants("fulfilment", "fulfilment-tracker-by-order-repartition") == everything


def test_what_an_extra_grant_covers_has_no_grant_of_its_own() -> None:
    assert topic_grants("insights", "customers.cdc.profile.v1") == set()
    assert topic_grants("insights", "customers.") == {
        (Pattern.PREFIXED, Operation.READ),
        (Pattern.PREFIXED, Operation.DESCRIBE),
    }


def test_only_the_owner_and_one_grant_that_should_not_be_there_write_to_an_event_topic() -> None:
    company = load_company()
    owners: dict[str, str] = {
        topic.name: company.user(topic.owner) for topic in company.topics if ".events." in topic.name
    }
    strangers = {
        grant
        for grant in grants(company)
        if grant.operation is Operation.WRITE and grant.name in owners and grant.user != owners[grant.name]
    }
    assert strangers == {
        Grant("loyalty", ResourceKind.TOPIC, "payments.events.refund.v1", Pattern.LITERAL, Operation.WRITE)
    }
