"""How a doctor's report reads, and the commands that it prints."""

from __future__ import annotations

import io
import json

import pytest
from rich.console import Console

from data.doctor import Check, ClusterReport, SourceReport, Verdict, as_json, examine, render
from data.doctor.dialects import metric_dialects
from data.doctor.kafka import PERMISSIONS, acl_command, principal
from data.doctor.services import examine_registry
from data.settings import ClusterSettings, KafkaSettings, RegistrySettings, SaslMechanism, SecurityProtocol, Settings
from tests.unit.data.conftest import Service, reply


def printed(*reports: ClusterReport) -> str:
    out = io.StringIO()
    render(reports, Console(file=out, width=100))
    return out.getvalue()


def report(*checks: Check) -> ClusterReport:
    return ClusterReport("eu-1", "prod", "north", (SourceReport("kafka", "a:9092", checks),))


def test_every_verdict_has_a_word_beside_its_mark() -> None:
    text = printed(
        report(
            Check("one", Verdict.OK, "fine"),
            Check("two", Verdict.LACKING, "gone", "Something.", "Do this."),
            Check("three", Verdict.FAILED, "broken"),
            Check("four", Verdict.UNKNOWN, "unclear"),
        )
    )
    assert "eu-1 (prod, north)" in text
    for word in ("[lacking]", "[failed]", "[unknown]", "Costs: Something.", "Do: Do this."):
        assert word in text


def test_a_long_command_is_printed_on_one_line_so_that_it_can_be_copied() -> None:
    command = "kafka-acls " + " ".join(f"--operation Number{number}" for number in range(20))
    assert command in printed(report(Check("x", Verdict.LACKING, "gone", "Something.", command)))


def test_without_a_cluster_it_says_where_to_begin() -> None:
    assert "streamgauge.yaml" in printed()
    assert examine(Settings()) == []


@pytest.mark.parametrize(
    ("verdict", "healthy"),
    [
        (Verdict.OK, True),
        (Verdict.NOT_CONFIGURED, True),
        (Verdict.LACKING, False),
        (Verdict.FAILED, False),
        (Verdict.UNKNOWN, False),
    ],
)
def test_unknown_and_lacking_are_not_healthy(verdict: Verdict, healthy: bool) -> None:
    assert report(Check("x", verdict, "")).healthy is healthy


def test_programs_get_plain_values() -> None:
    (plain,) = json.loads(json.dumps(as_json([report(Check("x", Verdict.OK, "fine"))])))
    assert plain == {
        "cluster": "eu-1",
        "environment": "prod",
        "region": "north",
        "healthy": True,
        "sources": [
            {
                "source": "kafka",
                "address": "a:9092",
                "reachable": True,
                "checks": [{"name": "x", "verdict": "ok", "sentence": "fine", "costs": "", "remedy": ""}],
            }
        ],
    }


def test_the_command_names_operation_resource_and_principal() -> None:
    kafka = KafkaSettings(
        bootstrap_servers="a:9092,b:9092",
        security_protocol=SecurityProtocol.SASL_SSL,
        sasl_mechanism=SaslMechanism.PLAIN,
        sasl_username="gauge",
    )
    commands = [acl_command(kafka, permission) for permission in PERMISSIONS]
    begins = (
        "kafka-acls --bootstrap-server a:9092,b:9092 --command-config admin.properties --add"
        " --allow-principal 'User:gauge'"
    )
    assert [command.removeprefix(begins) for command in commands] == [
        " --operation Describe --topic '*'",
        " --operation DescribeConfigs --topic '*'",
        " --operation Describe --group '*'",
        " --operation Describe --cluster",
        " --operation DescribeConfigs --cluster",
    ]


def test_without_a_login_the_principal_is_anonymous() -> None:
    assert principal(KafkaSettings(bootstrap_servers="a:1")) == "User:ANONYMOUS"


def test_a_registry_that_enforces_nothing_by_default_is_told(service: Service) -> None:
    service.answer = lambda asked: reply({"compatibilityLevel": "NONE"} if asked.path == "/config" else [])
    cluster = ClusterSettings(
        name="x", kafka=KafkaSettings(bootstrap_servers="a:1"), registry=RegistrySettings(url=service.url)
    )
    connection, level, subjects = examine_registry(cluster).checks
    assert (connection.verdict, level.verdict, subjects.verdict) == (Verdict.OK, Verdict.LACKING, Verdict.OK)
    assert level.costs


def test_the_dialect_table_names_every_metric_once() -> None:
    names = [metric for dialect in metric_dialects() for metric in dialect.metrics]
    assert len(names) == len(set(names))
    assert {
        "kafka_consumergroup_lag",
        "kminion_kafka_consumer_group_topic_lag",
        "kafka_consumergroup_group_lag",
        "kafka_consumer_group_lag",
        "kafka_network_requestmetrics_errors_total",
    } <= set(names)
