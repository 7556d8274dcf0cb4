from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from scoring.evidence.alert_routing import Matcher, Route, Routing
from scoring.evidence.aspects import Strength, VerdictState
from scoring.evidence.finding import METRICS_TTL, Outcome
from scoring.evidence.given import AlertRule, LagSeries
from scoring.evidence.probes.l3_4_lag_alerting import COVERAGE, PROBE, ROUTE, RULES, asks_for_lag
from tests.unit.scoring.evidence.probes.estates import (
    AWAY,
    EMPTY,
    NOW,
    READ_AT,
    alert,
    found,
    group,
    judged,
    outcomes,
    there,
)

GROUPS = tuple(f"g{place}" for place in range(20))
TO_OPS = Routing(Route("ops"), {"ops": ("email",)})
TO_NOBODY = Routing(Route("nobody"), {"nobody": ()})


def measured(*names: str) -> LagSeries:
    return LagSeries("kafka_exporter" if names else "", frozenset(names))


WATCHED = replace(
    EMPTY,
    groups=there(tuple(group(name, "t") for name in GROUPS)),
    lag_series=there(measured(*GROUPS)),
    alert_rules=there((alert(),)),
    routing=there(TO_OPS),
)


def test_measured_watched_and_told_to_somebody_proves_it() -> None:
    judgement = judged(PROBE, WATCHED)

    assert (judgement.state, judgement.strength) == (VerdictState.SUPPORTED, Strength.PROVES)
    assert "20 of 20 active groups" in judgement.sentence


def test_nineteen_of_twenty_groups_are_enough_and_eighteen_are_not() -> None:
    assert judged(PROBE, replace(WATCHED, lag_series=there(measured(*GROUPS[1:])))).state is VerdictState.SUPPORTED
    fewer = judged(PROBE, replace(WATCHED, lag_series=there(measured(*GROUPS[2:]))))
    assert fewer.state is VerdictState.PARTLY
    assert "g0, g1 is not" in fewer.sentence


def test_no_lag_metric_at_all_refutes_it() -> None:
    assert judged(PROBE, replace(WATCHED, lag_series=there(measured()))).state is VerdictState.REFUTED


def test_no_rule_on_consumers_lag_refutes_it() -> None:
    other = alert("Replica", "kafka_server_replicafetchermanager_maxlag > 1000")

    judgement = judged(PROBE, replace(WATCHED, alert_rules=there((other,))))

    assert judgement.state is VerdictState.REFUTED
    assert "None of 1 alert rules" in judgement.sentence


@pytest.mark.parametrize(
    ("rule", "outcome"),
    [
        (alert(health="err", error="bad expression"), Outcome.FALSE),
        (alert(evaluated_at=READ_AT - timedelta(seconds=31)), Outcome.FALSE),
        (alert(evaluated_at=READ_AT - timedelta(seconds=30)), Outcome.TRUE),
        (alert(health="unknown", evaluated_at=None), Outcome.NOT_AVAILABLE),
    ],
)
def test_a_rule_must_be_evaluated_without_error_and_lately(rule: AlertRule, outcome: Outcome) -> None:
    assert list(outcomes(PROBE, replace(WATCHED, alert_rules=there((rule,))), RULES).values()) == [outcome]


def test_an_alert_that_reaches_nobody_refutes_it() -> None:
    judgement = judged(PROBE, replace(WATCHED, routing=there(TO_NOBODY)))

    assert judgement.state is VerdictState.REFUTED
    assert "nobody" in judgement.sentence


def test_without_alertmanager_it_is_a_sign_and_says_what_is_not_known() -> None:
    judgement = judged(PROBE, replace(WATCHED, routing=EMPTY.routing))

    assert (judgement.state, judgement.strength) == (VerdictState.SUPPORTED, Strength.SUGGESTS)
    assert "Where alert ConsumerLag goes is not known" in judgement.sentence


def test_a_route_by_a_templated_label_is_not_known() -> None:
    by_team = Routing(Route("nobody", children=(Route("ops", (Matcher("team", "=", "a"),)),)), {"ops": ("email",)})
    rule = alert(labels={"team": "{{ $labels.team }}"})

    given = replace(WATCHED, alert_rules=there((rule,)), routing=there(by_team))

    assert list(outcomes(PROBE, given, ROUTE).values()) == [Outcome.NOT_AVAILABLE]


def test_two_rules_of_one_alert_are_told_apart() -> None:
    rules = (alert(), alert(labels={"severity": "critical"}))

    assert len(found(PROBE, replace(WATCHED, alert_rules=there(rules)), RULES)) == 2


def test_groups_that_nobody_uses_need_no_metric() -> None:
    groups = there(
        (
            group("idle", "t", members=0, read=False),
            group("_own", "t"),
            group("workers"),
            group("new", "t", members=0, read=None),
        )
    )

    assert outcomes(PROBE, replace(WATCHED, groups=groups), COVERAGE) == {"new": Outcome.NOT_AVAILABLE}


def test_without_prometheus_or_groups_it_is_not_available() -> None:
    silent = replace(WATCHED, lag_series=AWAY, alert_rules=AWAY)

    assert judged(PROBE, silent).state is VerdictState.NOT_AVAILABLE
    assert judged(PROBE, replace(WATCHED, groups=AWAY)).state is VerdictState.NOT_AVAILABLE
    assert judged(PROBE, EMPTY).state is VerdictState.NOT_AVAILABLE


def test_without_any_active_group_the_question_does_not_apply() -> None:
    assert judged(PROBE, replace(WATCHED, groups=there(()))).state is VerdictState.NOT_APPLICABLE


def test_a_finding_is_as_old_as_the_oldest_it_stands_on_and_counts_for_an_hour() -> None:
    old = replace(WATCHED, lag_series=replace(there(measured(*GROUPS)), observed_at=NOW - timedelta(minutes=50)))

    (first, *_) = found(PROBE, old, COVERAGE)

    assert first.observed_at == NOW - timedelta(minutes=50)
    assert first.fresh_until == NOW - timedelta(minutes=50) + METRICS_TTL


@pytest.mark.parametrize(
    ("expression", "asks"),
    [
        ("sum by (consumergroup) (kafka_consumergroup_lag) > 10000", True),
        ("kminion_kafka_consumer_group_topic_lag > 5", True),
        ("group:consumer_lag:max > 5", True),
        ("kafka_server_replicafetchermanager_maxlag > 5", False),
        ("node_feature_flags > 5", False),
        ('up{job="lag-exporter"} == 0', False),
    ],
)
def test_which_rules_ask_for_consumers_lag(expression: str, asks: bool) -> None:
    assert asks_for_lag(expression) is asks
