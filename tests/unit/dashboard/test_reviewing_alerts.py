"""Which alerts are a budget's own, and when nothing is known about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from dashboard.reviewing_alerts import alert_answers, alerts_about
from data.health.questions import HealthKey
from data.health.readings import HealthReading, HealthRow, HealthValue
from scoring.catalog.estate import ClusterName
from tests.unit.scoring.slo.test_gate import status

ASKED = datetime(2026, 11, 20, 12, 0, 20, tzinfo=UTC)
STATUS = replace(status(100), as_of=datetime(2026, 11, 20, 12, 0, tzinfo=UTC))


def fires(**labels: str) -> HealthValue:
    return HealthValue({"__name__": "ALERTS", "alertstate": "firing", "slo": STATUS.id, **labels}, 1.0)


THERE = HealthValue({"slo": STATUS.id}, 0.0)


def answer(*values: HealthValue, at: datetime = ASKED, cluster: ClusterName = STATUS.cluster) -> HealthRow:
    return HealthRow(cluster, HealthReading(HealthKey.ALERTS, "ALERTS", "generated rules", at, values or None))


def test_what_fires_is_named_by_severity_and_window_with_pages_first() -> None:
    told = alerts_about(
        STATUS,
        (),
        [
            answer(
                fires(alertname="SloBudgetBand", severity="ticket", slo_band="halt"),
                fires(alertname="SloBudgetBurn", severity="page", slo_pair="1h/5m"),
                HealthValue({"slo": "another", "alertname": "SloNoData", "severity": "ticket"}, 1.0),
                THERE,
            )
        ],
    )
    assert told == {
        "rules": True,
        "firing": ["page: burn 1h/5m", "ticket: band halt"],
        "observed_at": "2026-11-20T12:00:20Z",
    }


def test_quiet_rules_and_no_rules_are_two_things() -> None:
    quiet, without = alerts_about(STATUS, (), [answer(THERE)]), alerts_about(STATUS, (), [answer()])
    assert quiet is not None
    assert without is not None
    assert (quiet["rules"], quiet["firing"]) == (True, [])
    assert (without["rules"], without["firing"]) == (False, [])


def test_an_alert_of_another_group_of_the_slo_is_not_this_groups() -> None:
    status = replace(STATUS, group="topic=one", labels={**STATUS.labels, "topic": "one"})
    found = answer(
        fires(alertname="SloNoData", severity="ticket", topic="two"),
        fires(alertname="SloBudgetBurn", severity="page", slo_pair="1h/5m", topic="one"),
    )
    told = alerts_about(status, ("topic",), [found])
    assert told is not None
    assert told["firing"] == ["page: burn 1h/5m"]


def test_an_answer_of_another_time_or_cluster_says_nothing() -> None:
    before = STATUS.as_of - timedelta(minutes=4, seconds=1)
    assert alerts_about(STATUS, (), [answer(THERE, at=before)]) is None
    assert alerts_about(STATUS, (), [answer(THERE, cluster=ClusterName("elsewhere"))]) is None
    assert alerts_about(STATUS, (), []) is None


def test_other_questions_about_a_clusters_health_are_no_answer_about_alerts() -> None:
    brokers = HealthRow(STATUS.cluster, HealthReading(HealthKey.BROKERS, "count(up)", "", ASKED, None))
    assert alert_answers([brokers, answer(THERE)]) == [answer(THERE)]
