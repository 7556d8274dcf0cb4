"""The files that the parts are started with."""

from __future__ import annotations

import json
import re
import shlex
from itertools import pairwise
from pathlib import Path

import pytest
from confluent_kafka.admin import AclOperation, AclPermissionType, ResourceType
from ruamel.yaml import YAML

from stack import exporter, users
from stack.brokers import server_properties, sites
from stack.environment import exports, variables
from stack.monitoring import prometheus_configuration, scrape_canary
from stack.plan import plan
from stack.ports import HOST
from stack.state import Options, StackState


@pytest.fixture
def state(tmp_path: Path) -> StackState:
    planned = plan(tmp_path, Options(clusters=2, scrape_interval=15), None, None, frozenset())
    users.write_passwords(planned)
    return planned


def _properties(state: StackState, site: int, node: int) -> dict[str, str]:
    text = server_properties(sites(state)[site], node, state.directory / "home")
    return dict(line.split("=", 1) for line in text.splitlines())


def test_all_nodes_agree_on_the_voters_and_differ_in_identity(state: StackState) -> None:
    nodes = [_properties(state, 0, node) for node in (1, 2, 3)]
    assert len({node["controller.quorum.voters"] for node in nodes}) == 1
    assert [node["node.id"] for node in nodes] == ["1", "2", "3"]
    for one, other in pairwise(nodes):
        assert one["listeners"] != other["listeners"]


def test_the_metadata_log_lies_apart_from_the_data(state: StackState) -> None:
    node = _properties(state, 0, 1)
    assert node["metadata.log.dir"] != node["log.dirs"]


def test_min_insync_replicas_is_not_where_brokers_ignore_it(state: StackState) -> None:
    assert "min.insync.replicas" not in _properties(state, 0, 1)


def test_a_single_broker_asks_for_one_copy_of_everything(state: StackState) -> None:
    node = _properties(state, 1, 1)
    copies = {key: value for key, value in node.items() if key.endswith(("replication.factor", "min.isr"))}
    assert set(copies.values()) == {"1"}
    assert _properties(state, 0, 1)["offsets.topic.replication.factor"] == "3"


def test_every_broker_is_a_target_that_names_its_cluster(state: StackState) -> None:
    document = prometheus_configuration(state)
    (kafka,) = [job for job in document["scrape_configs"] if job["job_name"] == "kafka"]
    assert [target["labels"] for target in kafka["static_configs"]] == [
        {"cluster": "main", "broker": "1"},
        {"cluster": "main", "broker": "2"},
        {"cluster": "main", "broker": "3"},
        {"cluster": "dr", "broker": "1"},
    ]
    assert document["global"]["scrape_interval"] == "15s"


@pytest.mark.parametrize(
    ("bean", "name", "labels"),
    [
        (
            "kafka.network<type=RequestMetrics, name=ErrorsPerSec, request=Produce, error=NONE><>Count: 20",
            "kafka_network_requestmetrics_errors_total",
            {"request": "Produce", "error": "NONE"},
        ),
        (
            "kafka.network<type=RequestMetrics, name=TotalTimeMs, request=Produce><>99thPercentile: 4.0",
            "kafka_network_requestmetrics_totaltimems",
            {"request": "Produce", "quantile": "0.99"},
        ),
        (
            "kafka.network<type=RequestMetrics, name=TotalTimeMs, request=Produce><>Count: 4",
            "kafka_network_requestmetrics_totaltimems_count",
            {"request": "Produce"},
        ),
        (
            "kafka.server<type=BrokerTopicMetrics, name=FailedProduceRequestsPerSec><>Count: 4",
            "kafka_server_brokertopicmetrics_failedproducerequests_total",
            {},
        ),
        (
            "kafka.server<type=ReplicaFetcherManager, name=MaxLag, clientId=Replica><>Value: 0",
            "kafka_server_replicafetchermanager_maxlag",
            {"clientId": "Replica"},
        ),
        (
            "kafka.controller<type=KafkaController, name=ActiveControllerCount><>Value: 1",
            "kafka_controller_kafkacontroller_activecontrollercount",
            {},
        ),
        (
            "kafka.server<type=KafkaRequestHandlerPool, name=RequestHandlerAvgIdlePercent><>OneMinuteRate: 1",
            None,
            {},
        ),
    ],
)
def test_a_bean_gets_the_name_that_dashboards_know(bean: str, name: str | None, labels: dict[str, str]) -> None:
    assert _renamed(bean) == (name, labels)


def test_no_bean_is_searched_for_among_those_of_topics_and_partitions() -> None:
    names = YAML(typ="safe").load(exporter.BROKER_RULES)["includeObjectNames"]
    assert "kafka.network:type=RequestMetrics,name=ErrorsPerSec,request=*,error=*" in names
    assert [name for name in names if name.startswith(("kafka.server:", "kafka.log:")) and "*" in name] == []


def _renamed(bean: str) -> tuple[str | None, dict[str, str]]:
    """What the agent makes of a bean: the first rule that matches decides, names become lowercase."""
    for rule in YAML(typ="safe").load(exporter.BROKER_RULES)["rules"]:
        found = re.search(rule["pattern"], bean)
        if found:
            fill = [re.sub(r"\$(\d)", r"\\\1", text) for text in (rule["name"], *rule.get("labels", {}).values())]
            name, *values = [found.expand(text) for text in fill]
            keys = [found.expand(re.sub(r"\$(\d)", r"\\\1", key)) for key in rule.get("labels", {})]
            return name.lower(), dict(zip(keys, values, strict=True))
    return None, {}


@pytest.mark.parametrize("rules", [exporter.CONNECT_RULES, exporter.MIRROR_RULES])
def test_a_value_never_becomes_part_of_a_name(rules: str) -> None:
    for rule in YAML(typ="safe").load(rules)["rules"]:
        assert rule["pattern"].endswith((":", "([a-z-]+)"))


def test_the_observer_may_describe_and_nothing_else() -> None:
    granted = [
        (acl.restype, acl.name, acl.operation) for acl in users.platform_acls() if acl.principal == "User:collector"
    ]
    assert set(granted) == {
        (ResourceType.BROKER, "kafka-cluster", AclOperation.DESCRIBE),
        (ResourceType.BROKER, "kafka-cluster", AclOperation.DESCRIBE_CONFIGS),
        (ResourceType.TOPIC, "*", AclOperation.DESCRIBE),
        (ResourceType.TOPIC, "*", AclOperation.DESCRIBE_CONFIGS),
        (ResourceType.GROUP, "*", AclOperation.DESCRIBE),
    }


def test_the_canary_may_write_its_own_topic_and_no_other() -> None:
    granted = {
        (acl.restype, acl.name, acl.operation) for acl in users.platform_acls() if acl.principal == "User:canary"
    }
    assert {name for _, name, operation in granted if operation is AclOperation.WRITE} == {"_streamgauge.canary"}
    assert {operation for kind, _, operation in granted if kind is ResourceType.BROKER} == {
        AclOperation.DESCRIBE_CONFIGS
    }


def test_prometheus_looks_for_the_canary_where_the_application_is_told_to_show_it(state: StackState) -> None:
    jobs = {job["job_name"]: job for job in prometheus_configuration(state)["scrape_configs"]}
    (pattern,) = jobs["streamgauge-canary"]["file_sd_configs"][0]["files"]
    assert list(Path(pattern).parent.glob("*.json")) == []  # A canary that nobody started is not down.
    scrape_canary(state)
    (file,) = Path(pattern).parent.glob("*.json")
    port = variables(state)["STREAMGAUGE_CLUSTERS__0__CANARY__PORT"]
    assert json.loads(file.read_text()) == [{"targets": [f"{HOST}:{port}"]}]


def test_nobody_is_denied_by_an_acl() -> None:
    assert {acl.permission_type for acl in users.platform_acls()} == {AclPermissionType.ALLOW}


def test_every_team_of_the_company_gets_a_user(tmp_path: Path, state: StackState) -> None:
    company = tmp_path / "company.yaml"
    company.write_text("teams:\n  - {name: a, user: ann}\n  - {name: b, user: bob}\n")
    assert users.team_users(company) == ("ann", "bob")
    assert len(users.team_users()) >= 8
    for user in ("admin", "collector", "canary", "connect", "outsider", *users.team_users()):
        assert len(state.password(user)) >= 24


def test_passwords_stay_when_they_are_written_again(state: StackState) -> None:
    before = state.users.read_text()
    users.write_passwords(state)
    assert state.users.read_text() == before


def test_the_application_is_pointed_at_both_clusters_as_the_observer(state: StackState) -> None:
    found = variables(state)
    assert found["STREAMGAUGE_CLUSTERS__0__NAME"] == "main"
    assert found["STREAMGAUGE_CLUSTERS__0__KAFKA__SASL_USERNAME"] == "collector"
    assert found["STREAMGAUGE_CLUSTERS__0__CANARY__KAFKA__SASL_USERNAME"] == "canary"
    assert found["STREAMGAUGE_CLUSTERS__0__REGISTRY__URL"].startswith(f"http://{HOST}:")
    assert found["STREAMGAUGE_CLUSTERS__1__NAME"] == "dr"
    assert "STREAMGAUGE_CLUSTERS__1__REGISTRY__URL" not in found
    assert found["STREAMGAUGE_DATABASE_URL"] == f"sqlite:///{state.directory}/streamgauge.sqlite"


def test_the_exports_survive_a_shell(state: StackState) -> None:
    words = [shlex.split(line) for line in exports(state).splitlines()]
    assert all(len(found) == 2 and found[0] == "export" for found in words)
    assert dict(found[1].split("=", 1) for found in words) == variables(state)
