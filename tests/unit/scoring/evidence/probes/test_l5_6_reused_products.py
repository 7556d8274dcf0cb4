from __future__ import annotations

import re
from dataclasses import replace

from scoring.catalog.estate import Acl
from scoring.evidence.aspects import Strength, VerdictState
from scoring.evidence.finding import Outcome
from scoring.evidence.naming import Naming
from scoring.evidence.probes.l5_6_reused_products import PROBE, PRODUCTS
from tests.unit.scoring.evidence.probes.estates import AWAY, EMPTY, group, judged, outcomes, rule, there, topic

ORDER, REFUND, STOCK = "orders.events.order.v1", "payments.events.refund.v1", "inventory.cdc.stock.v1"
TEAMS = {"mailer": "customers", "router": "logistics", "settlement": "payments", "checkout-cache": "orders"}
NAMED = Naming(domains={f"{name}-user": domain for name, domain in TEAMS.items()})


def of_group(name: str) -> Acl:
    return rule(f"{name}-user", "READ", name, kind="GROUP")


REUSED = replace(
    EMPTY,
    naming=NAMED,
    topics=there((topic(ORDER), topic(REFUND))),
    acls=there(tuple(of_group(name) for name in TEAMS)),
    groups=there(
        (
            group("mailer", ORDER),
            group("router", ORDER),
            group("settlement", ORDER, REFUND),
            group("checkout-cache", ORDER),
        )
    ),
)


def test_half_of_the_products_used_by_three_other_domains_prove_it() -> None:
    judgement = judged(PROBE, REUSED)

    assert outcomes(PROBE, REUSED, PRODUCTS) == {ORDER: Outcome.TRUE, REFUND: Outcome.FALSE}
    assert (judgement.state, judgement.strength) == (VerdictState.SUPPORTED, Strength.PROVES)
    assert "1 of 2 products" in judgement.sentence


def test_fewer_than_half_are_half_of_it_and_none_refutes_it() -> None:
    third = replace(REUSED, topics=there((topic(ORDER), topic(REFUND), topic(STOCK))))
    two = replace(REUSED, groups=there((group("mailer", ORDER), group("router", ORDER))))

    assert judged(PROBE, third).state is VerdictState.PARTLY
    assert judged(PROBE, two).state is VerdictState.REFUTED


def test_the_owners_own_groups_and_the_platforms_do_not_count() -> None:
    own = rule("router-user", "WRITE", ORDER)
    given = replace(REUSED, acls=there((*(of_group(name) for name in TEAMS), own)))

    assert outcomes(PROBE, given, PRODUCTS)[ORDER] is Outcome.FALSE
    mirrored = replace(
        REUSED, groups=there((group("connect-sink", ORDER), group("mm2-copy", ORDER), group("mailer", ORDER)))
    )
    assert outcomes(PROBE, mirrored, PRODUCTS)[ORDER] is Outcome.FALSE


def test_users_without_a_named_domain_count_each_as_one_and_prove_nothing() -> None:
    judgement = judged(PROBE, replace(REUSED, naming=Naming()))

    assert (judgement.state, judgement.strength) == (VerdictState.SUPPORTED, Strength.SUGGESTS)


def test_names_of_groups_can_tell_their_domain() -> None:
    naming = Naming(group_domain=re.compile(r"^(?P<domain>[a-z]+)\."))
    groups = (group("a.x", ORDER), group("b.x", ORDER), group("c.x", ORDER), group("orders.x", ORDER))
    given = replace(REUSED, naming=naming, acls=AWAY, groups=there(groups))

    judgement = judged(PROBE, given)

    assert (judgement.state, judgement.strength) == (VerdictState.SUPPORTED, Strength.PROVES)


def test_groups_that_nobody_can_place_leave_it_open() -> None:
    groups = tuple(group(name, ORDER) for name in ("one", "two", "three"))

    assert outcomes(PROBE, replace(REUSED, groups=there(groups)), PRODUCTS)[ORDER] is Outcome.NOT_AVAILABLE
    unseen = tuple(group(name, ORDER, members=0, read=None) for name in ("mailer", "router", "settlement"))
    assert outcomes(PROBE, replace(REUSED, groups=there(unseen)), PRODUCTS)[ORDER] is Outcome.NOT_AVAILABLE


def test_without_rules_and_without_a_pattern_it_is_not_available() -> None:
    assert judged(PROBE, replace(REUSED, acls=AWAY)).state is VerdictState.NOT_AVAILABLE
    assert judged(PROBE, EMPTY).state is VerdictState.NOT_AVAILABLE


def test_without_a_product_the_question_does_not_apply() -> None:
    given = replace(REUSED, topics=there((topic("test123"), topic(ORDER, written=False), topic("orders.dlq.order.v1"))))

    assert judged(PROBE, given).state is VerdictState.NOT_APPLICABLE
