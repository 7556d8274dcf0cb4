from __future__ import annotations

from dataclasses import replace

from scoring.evidence.aspects import Strength, VerdictState
from scoring.evidence.finding import Outcome
from scoring.evidence.naming import Naming
from scoring.evidence.probe import seen
from scoring.evidence.probes.l2_1_independent_teams import HIDDEN, PROBE, TEAMS
from tests.unit.scoring.evidence.probes.estates import EMPTY, REFUSED, group, judged, outcomes, rule, there, topic

ORDERS, PAYMENTS = "orders.events.order.v1", "payments.events.refund.v1"
TWO_TEAMS = replace(
    EMPTY,
    topics=there((topic(ORDERS), topic(PAYMENTS))),
    groups=there(()),
    acls=there((rule("checkout", "WRITE", ORDERS), rule("payments-core", "WRITE", "payments.", pattern="PREFIXED"))),
)


def test_two_principals_that_write_topics_of_two_domains_prove_it() -> None:
    judgement = judged(PROBE, TWO_TEAMS)

    assert (judgement.state, judgement.strength) == (VerdictState.SUPPORTED, Strength.PROVES)
    assert "checkout, payments-core" in judgement.sentence


def test_two_principals_of_one_domain_only_suggest_it() -> None:
    acls = there((rule("checkout", "WRITE", ORDERS), rule("fulfilment", "WRITE", ORDERS)))

    judgement = judged(PROBE, replace(TWO_TEAMS, acls=acls))

    assert (judgement.state, judgement.strength) == (VerdictState.SUPPORTED, Strength.SUGGESTS)


def test_the_settings_tell_whose_a_principal_is() -> None:
    acls = there((rule("checkout", "WRITE", ORDERS), rule("payments-core", "WRITE", PAYMENTS)))
    naming = Naming(domains={"checkout": "shop", "payments-core": "shop"})

    assert judged(PROBE, replace(TWO_TEAMS, acls=acls, naming=naming)).strength is Strength.SUGGESTS


def test_a_team_that_only_reads_is_a_team_when_its_group_reads() -> None:
    acls = there(
        (
            rule("checkout", "WRITE", ORDERS),
            rule("mailing", "READ", ORDERS),
            rule("mailing", "READ", "mailer", kind="GROUP"),
        )
    )
    given = replace(TWO_TEAMS, acls=acls)

    assert outcomes(PROBE, replace(given, groups=there((group("mailer", ORDERS),))), TEAMS) == {
        "User:checkout": Outcome.TRUE,
        "User:mailing": Outcome.TRUE,
    }
    assert outcomes(PROBE, given, TEAMS)["User:mailing"] is Outcome.FALSE


def test_one_team_alone_refutes_it_and_the_idle_one_gets_a_remedy() -> None:
    given = replace(TWO_TEAMS, topics=there((topic(ORDERS), topic(PAYMENTS, written=False))))

    assert judged(PROBE, given).state is VerdictState.REFUTED
    (idle,) = [one for one in PROBE.findings(given, EMPTY.at) if one.outcome is Outcome.FALSE]
    assert idle.about.name == "User:payments-core"
    assert idle.remediation is not None


def test_topics_that_were_not_watched_for_long_enough_decide_nothing() -> None:
    given = replace(TWO_TEAMS, topics=there((topic(ORDERS), topic(PAYMENTS, written=None))))

    assert judged(PROBE, given).state is VerdictState.NOT_AVAILABLE


def test_one_principal_for_everything_hides_who_works() -> None:
    given = replace(TWO_TEAMS, acls=there((rule("everything", "ALL", "*"),)))

    assert outcomes(PROBE, given, HIDDEN) == {"main": Outcome.NOT_AVAILABLE}
    assert judged(PROBE, given).state is VerdictState.NOT_AVAILABLE


def test_the_platforms_own_users_are_no_teams() -> None:
    given = replace(TWO_TEAMS, acls=there((rule("connect", "WRITE", ORDERS), rule("checkout", "WRITE", ORDERS))))

    assert list(outcomes(PROBE, given, TEAMS)) == ["User:checkout"]
    assert judged(PROBE, given).state is VerdictState.REFUTED
    canary = replace(TWO_TEAMS, acls=there((*seen(TWO_TEAMS.acls), rule("watcher", "READ", "*"))))
    assert outcomes(PROBE, canary, HIDDEN) == {"main": Outcome.NOT_AVAILABLE}
    assert outcomes(PROBE, replace(canary, naming=Naming(ours=frozenset({"watcher"}))), HIDDEN) == {}


def test_rules_that_may_not_be_seen_are_no_lack_of_teams() -> None:
    unread = replace(TWO_TEAMS, acls=there((rule("checkout", "WRITE", ORDERS),)), groups=REFUSED)
    for given in (replace(TWO_TEAMS, acls=REFUSED), EMPTY, replace(TWO_TEAMS, acls=there(())), unread):
        assert judged(PROBE, given).state is VerdictState.NOT_AVAILABLE


def test_nothing_is_refuted_by_half_an_answer() -> None:
    given = replace(TWO_TEAMS, acls=there((rule("checkout", "WRITE", ORDERS),), "DescribeAcls", "Some are hidden."))

    assert judged(PROBE, given).state is VerdictState.NOT_AVAILABLE
