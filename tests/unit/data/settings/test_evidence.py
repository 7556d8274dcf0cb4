"""Names that probes look at: built in, or a company's own."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from data.settings import EvidenceSettings


def test_without_settings_both_conventions_tell_the_domain() -> None:
    naming = EvidenceSettings().naming()

    assert naming.domain_of_topic("payments.events.refund.v1") == "payments"
    assert naming.domain_of_topic("nordmart.pricing.master.price-list.v1.state") == "pricing"
    assert naming.domain_of_topic("solvang.orders.sales.pos-receipt.events") == "orders"
    assert naming.domain_of_topic("test123") is None


def test_a_company_may_name_its_topics_otherwise() -> None:
    naming = EvidenceSettings(topics=(r"^(?P<domain>[A-Z]+)_",)).naming()

    assert naming.domain_of_topic("PAY_REFUNDS") == "PAY"
    assert naming.domain_of_topic("payments.events.refund.v1") is None


@pytest.mark.parametrize("wrong", [{"topics": ("^a$",)}, {"group_domain": "^x"}, {"dead_letters": "("}])
def test_a_pattern_that_cannot_work_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="regular expression"):
        EvidenceSettings.model_validate(wrong)


@pytest.mark.parametrize(
    ("topic", "business"),
    [
        ("payments.events.refund.v1", True),
        ("tracker-order-state-changelog", False),
        ("tracker-by-order-repartition", False),
        ("__consumer_offsets", False),
        ("_schemas", False),
        ("connect-configs", False),
        ("main.heartbeats", False),
        ("mm2-offset-syncs.dr.internal", False),
        ("dr.checkpoints.internal", False),
        ("payments.dlq.refund.v1", False),
    ],
)
def test_topics_of_the_platform_are_no_teams(topic: str, business: bool) -> None:
    assert EvidenceSettings().naming().is_business(topic) is business
