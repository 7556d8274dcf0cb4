from __future__ import annotations

from scoring.evidence.alert_routing import Matcher, Route, Routing

NOBODY, OPS, DBA = "nobody", "ops", "dba"
TELLS = {NOBODY: (), OPS: ("email",), DBA: ("webhook",)}


def to(receiver: str, *matchers: Matcher, carries_on: bool = False, children: tuple[Route, ...] = ()) -> Route:
    return Route(receiver, matchers, carries_on, children)


WARNING = Matcher("severity", "=", "warning")


def test_the_first_matching_child_takes_the_alert() -> None:
    tree = Routing(to(NOBODY, children=(to(OPS, WARNING), to(NOBODY, WARNING))), TELLS)

    assert tree.tells_somebody({"severity": "warning"}) is True
    assert tree.tells_somebody({"severity": "critical"}) is False


def test_a_child_that_carries_on_shares_the_alert_with_the_next() -> None:
    tree = Routing(to(NOBODY, children=(to(NOBODY, WARNING, carries_on=True), to(DBA, WARNING))), TELLS)

    assert tree.possible({"severity": "warning"}) == {frozenset({NOBODY, DBA})}
    assert tree.tells_somebody({"severity": "warning"}) is True


def test_a_label_that_only_the_alert_will_have_leaves_both_ways_open() -> None:
    tree = Routing(to(NOBODY, children=(to(OPS, Matcher("team", "=", "orders")),)), TELLS)

    assert tree.possible({"severity": "warning"}) == {frozenset({OPS}), frozenset({NOBODY})}
    assert tree.tells_somebody({"severity": "warning"}) is None


def test_it_does_not_matter_which_way_when_both_tell_somebody() -> None:
    tree = Routing(to(DBA, children=(to(OPS, Matcher("team", "=", "orders")),)), TELLS)

    assert tree.tells_somebody({}) is True


def test_regular_expressions_match_the_whole_value_and_can_be_turned_round() -> None:
    assert Matcher("severity", "=~", "warn").matches({"severity": "warning"}) is False
    assert Matcher("severity", "=~", "warn.*").matches({"severity": "warning"}) is True
    assert Matcher("severity", "!~", "warn.*").matches({"severity": "warning"}) is False
    assert Matcher("severity", "!=", "info").matches({"severity": "warning"}) is True


def test_a_child_of_a_child_is_reached_through_its_parent() -> None:
    inner = to(OPS, Matcher("alertname", "=~", ".*Lag"))
    tree = Routing(to(NOBODY, children=(to(NOBODY, WARNING, children=(inner,)),)), TELLS)

    assert tree.tells_somebody({"severity": "warning", "alertname": "ConsumerLag"}) is True
    assert tree.tells_somebody({"severity": "warning", "alertname": "DiskFull"}) is False


def test_a_receiver_that_the_configuration_does_not_describe_tells_nobody() -> None:
    assert Routing(to("gone"), TELLS).tells_somebody({}) is False
