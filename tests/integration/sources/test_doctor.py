"""What the doctor finds on the real platform, and whether what it advises helps."""

from __future__ import annotations

import io
import shlex
import subprocess
import time
from datetime import UTC, datetime, timedelta

from confluent_kafka.admin import AclOperation, ResourcePatternType, ResourceType
from rich.console import Console

from data.doctor import Check, ClusterReport, Verdict, as_json, examine, render
from data.settings import ClusterSettings, Settings
from stack.jvm import java, kafka_class_path
from stack.state import StackState
from tests.integration.sources.conftest import NarrowUser, as_user
from tests.waiting import PATIENCE, eventually

TOLD_BY_THE_CANARY = {
    "SLO consume latency",
    "SLO data durability",
    "SLO schema violations",
    "SLO replication lag",
}


def report_of(cluster: ClusterSettings) -> ClusterReport:
    (report,) = examine(Settings(clusters=(cluster,)))
    return report


def checks(report: ClusterReport, source: str) -> dict[str, Check]:
    (found,) = (one for one in report.sources if one.source == source)
    return {check.name: check for check in found.checks}


def lacking(report: ClusterReport) -> set[str]:
    return {check.name for source in report.sources for check in source.checks if check.verdict is Verdict.LACKING}


def test_the_collectors_user_lacks_nothing_but_a_canary_on_the_whole_platform(cluster: ClusterSettings) -> None:
    report = report_of(cluster)
    ends = time.monotonic() + PATIENCE
    # A scrape that is late on a busy machine is a target that is down, and is told as such.
    while lacking(report) != TOLD_BY_THE_CANARY:
        assert time.monotonic() < ends, f"still lacking: {report}"
        report = report_of(cluster)
    not_ok = {source.source for source in report.sources for check in source.checks if check.verdict is not Verdict.OK}
    assert not_ok == {"alertmanager", "prometheus"}, "these settings do not name the former"
    kafka, prometheus = checks(report, "kafka"), checks(report, "prometheus")
    assert kafka["connection"].sentence.startswith("3 brokers: 1 at ")
    assert kafka["authorizer"].sentence == "org.apache.kafka.metadata.authorizer.StandardAuthorizer"
    assert "kafka 2 s" in prometheus["scrape interval"].sentence
    assert prometheus["retention"].sentence == "45d"
    assert prometheus["dialect: JMX exporter with Strimzi's names"].sentence.startswith("8 of 8 metrics")
    assert prometheus["SLO produce success"].sentence == "counted by errors-by-code"
    assert all("canary" in prometheus[name].remedy for name in TOLD_BY_THE_CANARY)
    assert checks(report, "registry")["global level"].sentence == "BACKWARD"


def test_a_missing_permission_is_named_and_the_printed_command_mends_it(
    stack: StackState, narrow_user: NarrowUser
) -> None:
    narrow_user.grant((ResourceType.TOPIC, "*"), AclOperation.DESCRIBE, ResourcePatternType.LITERAL)
    cluster = as_user(stack, narrow_user.name, narrow_user.password)
    found = checks(report_of(cluster), "kafka")
    lacking = {name for name, check in found.items() if check.verdict is Verdict.LACKING}
    assert lacking == {
        "DescribeConfigs --topic '*'",
        "Describe --group '*'",
        "Describe --cluster",
        "DescribeConfigs --cluster",
    }
    assert all(found[name].costs for name in lacking)
    for name in lacking:
        run_as_administrator(stack, found[name].remedy)
    eventually(
        lambda: {check.verdict for check in checks(report_of(cluster), "kafka").values()} == {Verdict.OK},
        "the advice should help",
    )


def run_as_administrator(stack: StackState, command: str) -> None:
    """Run the printed command with Kafka's own tool, at the listener where everybody is super user."""
    program, *arguments = shlex.split(command)
    assert program == "kafka-acls"
    place = arguments.index("--command-config")
    del arguments[place : place + 2]
    arguments[arguments.index("--bootstrap-server") + 1] = stack.kafka.admin_bootstrap
    tool = java(["-cp", kafka_class_path(), "org.apache.kafka.tools.AclCommand", *arguments], heap="128m", brief=True)
    subprocess.run(tool, stdout=subprocess.DEVNULL, check=True, timeout=120)


def test_a_clock_that_is_off_is_told_with_its_sign(cluster: ClusterSettings) -> None:
    ahead = examine(Settings(clusters=(cluster,)), clock=lambda: datetime.now(UTC) + timedelta(seconds=90))
    clock = checks(ahead[0], "prometheus")["clock"]
    assert clock.verdict is Verdict.LACKING
    assert clock.sentence.startswith(("-90.", "-89."))


def test_what_is_printed_and_what_programs_get_hold_no_secret(cluster: ClusterSettings) -> None:
    reports = examine(Settings(clusters=(cluster,)))
    printed = io.StringIO()
    render(reports, Console(file=printed, width=200))
    assert cluster.kafka.sasl_password is not None
    password = cluster.kafka.sasl_password.get_secret_value()
    assert "kafka-acls" not in printed.getvalue(), "nothing lacks, so nothing is advised"
    assert password not in printed.getvalue()
    (plain,) = as_json(reports)
    assert password not in str(plain)
    assert {source["source"]: source["reachable"] for source in plain["sources"]} == {
        "kafka": True,
        "prometheus": True,
        "registry": True,
        "connect": True,
        "alertmanager": False,
    }
