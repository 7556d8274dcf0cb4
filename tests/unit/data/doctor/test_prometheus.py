"""What the doctor says of a Prometheus that lacks something."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from data.doctor.prometheus import examine_prometheus
from data.doctor.report import Check, SourceReport, Verdict
from data.settings import ClusterSettings, KafkaSettings, PrometheusSettings
from tests.unit.data.conftest import Asked, Reply, Service, reply

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
STRIMZI = "dialect: JMX exporter with Strimzi's names"


CANARY = {
    "kafka_server_replicamanager_partitioncount": 3,
    "streamgauge_canary_acknowledged_total": 3,
    "streamgauge_canary_end_to_end_latency_seconds_bucket": 3,
    "streamgauge_canary_replica_lag": 3,
    "streamgauge_schema_records_sampled_total": 3,
}


class Prometheus:
    """Answers the doctor's questions; each attribute is one fact about it."""

    def __init__(self) -> None:
        self.metrics: Mapping[str, int] = {"kafka_network_requestmetrics_errors_total": 12, **CANARY}
        self.retention = "45d"
        self.targets: list[dict[str, Any]] = [
            {"labels": {"job": "kafka"}, "scrapeInterval": "15s", "health": "up", "scrapeUrl": "http://b1:9404/metrics"}
        ]
        self.clock = NOW.timestamp()
        self.asked_for: list[str] = []

    def __call__(self, asked: Asked) -> Reply:
        if asked.path == "/api/v1/query":
            return self._query(asked.form["query"][0])
        if asked.path == "/api/v1/status/runtimeinfo":
            return data({"storageRetention": self.retention})
        if asked.path == "/api/v1/targets":
            return data({"activeTargets": self.targets})
        return data({"version": "2.42.0"})

    def _query(self, query: str) -> Reply:
        self.asked_for.append(query)
        if query == "time()":
            return data({"resultType": "scalar", "result": [self.clock, str(self.clock)]})
        if query.startswith("count by (__name__)"):
            found = [(name, count) for name, count in self.metrics.items() if name in query]
        else:
            found = [(name, 1) for name in self.metrics if query.split("{")[0] == name]
        vector = [{"metric": {"__name__": name}, "value": [self.clock, str(count)]} for name, count in found]
        return data({"resultType": "vector", "result": vector})


def data(value: object) -> Reply:
    return reply({"status": "success", "data": value})


@pytest.fixture
def prometheus(service: Service) -> Prometheus:
    facts = Prometheus()
    service.answer = facts
    return facts


def report(service: Service, **prometheus: Any) -> SourceReport:
    settings = PrometheusSettings(url=service.url, **prometheus)
    cluster = ClusterSettings(name="x", kafka=KafkaSettings(bootstrap_servers="a:1"), prometheus=settings)
    return examine_prometheus(cluster, lambda: NOW)


def checks(service: Service, **prometheus: Any) -> dict[str, Check]:
    return {check.name: check for check in report(service, **prometheus).checks}


def test_a_prometheus_that_has_everything_lacks_nothing(service: Service, prometheus: Prometheus) -> None:
    found = checks(service)
    assert {check.verdict for check in found.values()} == {Verdict.OK}
    assert found["connection"].sentence == "Prometheus 2.42.0"
    assert found[STRIMZI].sentence.startswith("1 of 8 metrics, 12 series")
    assert found["scrape interval"].sentence == "kafka 15 s"
    assert found["clock"].sentence.startswith("+0.00 s")


def test_without_errors_by_code_it_says_what_the_lesser_count_misses(service: Service, prometheus: Prometheus) -> None:
    prometheus.metrics = {"kafka_server_brokertopicmetrics_totalproducerequests_total": 3}
    found = checks(service)["SLO produce success"]
    assert found.verdict is Verdict.LACKING
    assert "permission and size errors" in found.costs
    assert "kafka_network_requestmetrics_errors_total" in found.remedy


def test_each_slo_says_what_it_is_counted_by_and_what_that_cannot_see(service: Service, prometheus: Prometheus) -> None:
    prometheus.metrics = {"kminion_kafka_broker_info": 3, "streamgauge_canary_replica_lag": 3}
    found = checks(service)
    assert found["SLO broker availability"].verdict is Verdict.LACKING
    assert found["SLO broker availability"].sentence == "counted by kminion"
    assert "shorter than a session timeout is not seen" in found["SLO broker availability"].costs
    assert found["SLO replication lag"].sentence.startswith("counted by canary: Sees the replicas")
    assert found["SLO data durability"].remedy == "Run the canary and let Prometheus scrape it."


def test_without_any_broker_metric_no_slo_has_data(service: Service, prometheus: Prometheus) -> None:
    prometheus.metrics = {"kafka_consumergroup_lag": 4}
    found = checks(service)
    assert found[STRIMZI].verdict is Verdict.LACKING
    assert found["dialect: kafka_exporter"].sentence.startswith("1 of 3 metrics, 4 series")
    assert found["SLO produce success"].verdict is Verdict.LACKING


def test_the_clusters_matchers_narrow_every_question(service: Service, prometheus: Prometheus) -> None:
    checks(service, matchers={"cluster": 'eu"1'})
    asked = [query for query in prometheus.asked_for if query != "time()"]
    assert len(asked) > 6
    assert all('cluster="eu\\"1"' in query for query in asked)


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ("15d", Verdict.LACKING),
        ("30d", Verdict.OK),
        ("5w", Verdict.OK),
        ("1y", Verdict.OK),
        ("30d or 50GiB", Verdict.OK),
        ("29d23h", Verdict.LACKING),
        ("50GiB", Verdict.UNKNOWN),
        ("", Verdict.UNKNOWN),
    ],
)
def test_retention_is_held_against_the_window_of_30_days(
    service: Service, prometheus: Prometheus, told: str, verdict: Verdict
) -> None:
    prometheus.retention = told
    assert checks(service)["retention"].verdict is verdict


@pytest.mark.parametrize(
    ("interval", "verdict"), [("30s", Verdict.OK), ("1m", Verdict.LACKING), ("1m30s", Verdict.LACKING)]
)
def test_a_coarse_scrape_interval_is_told(
    service: Service, prometheus: Prometheus, interval: str, verdict: Verdict
) -> None:
    prometheus.targets[0]["scrapeInterval"] = interval
    assert checks(service)["scrape interval"].verdict is verdict


def test_targets_that_are_down_are_named(service: Service, prometheus: Prometheus) -> None:
    prometheus.targets.append({**prometheus.targets[0], "health": "down", "scrapeUrl": "http://b2:9404/metrics"})
    found = checks(service)["targets"]
    assert found.verdict is Verdict.LACKING
    assert found.sentence == "1 of 2 do not answer: http://b2:9404/metrics"


@pytest.mark.parametrize(
    ("seconds", "verdict"), [(1.5, Verdict.OK), (-1.5, Verdict.OK), (3, Verdict.LACKING), (-90, Verdict.LACKING)]
)
def test_a_difference_between_the_clocks_is_told_with_its_sign(
    service: Service, prometheus: Prometheus, seconds: float, verdict: Verdict
) -> None:
    prometheus.clock += seconds
    found = checks(service)["clock"]
    assert found.verdict is verdict
    assert found.sentence.startswith(f"{seconds:+.2f} s")


def test_an_engine_without_targets_and_status_is_unknown_there_and_not_broken(
    service: Service, prometheus: Prometheus
) -> None:
    def answer(asked: Asked) -> Reply:
        return prometheus(asked) if asked.path == "/api/v1/query" else reply({"message": "not here"}, 404)

    service.answer = answer
    found = checks(service)
    assert found["connection"].verdict is Verdict.OK
    assert {found[name].verdict for name in ("scrape interval", "retention")} == {Verdict.UNKNOWN}


def test_a_prometheus_that_is_gone_has_one_check_which_says_what_it_costs(service: Service) -> None:
    service.stop()
    found = report(service)
    assert not found.reachable
    (check,) = found.checks
    assert check.verdict is Verdict.FAILED
    assert check.sentence.startswith("unreachable: ")
    assert check.costs
