"""Connectors, and above all what their configs must not show."""

from __future__ import annotations

import pytest

from data.settings import ConnectSettings
from data.sources.connect import ConnectSource
from data.sources.failures import SourceFailure
from scoring.catalog.estate import Connector, FailureKind, Present
from tests.unit.data.conftest import Asked, Reply, Service, reply

CONFIG = {
    "connector.class": "io.debezium.connector.postgresql.PostgresConnector",
    "tasks.max": "2",
    "topics": "orders, users",
    "key.converter": "org.apache.kafka.connect.storage.StringConverter",
    "value.converter.schema.registry.url": "http://reader:hunter1@registry:8081",
    "database.password": "hunter2",
    "database.user": "debezium",
    "connection.url": "jdbc:postgresql://db/shop?user=me&password=hunter3&ssl=true",
    "producer.override.sasl.jaas.config": 'ScramLoginModule required username="x" password="hunter4";',
    "aws.secret.access.key": "hunter5",
    "http.headers": "Authorization: Bearer hunter6hunter6",
    "ssl.keystore.key": "hunter7",
    "api.token": "${file:/mnt/secrets/api.properties:token}",
    "azure.connection": "Endpoint=sb://x;SharedAccessKey=hunter8;Entity=y",
}


def status(state: str = "RUNNING", trace: str | None = None) -> dict[str, object]:
    tasks = [
        {"id": 1, "state": "FAILED", "worker_id": "w2:8083", "trace": trace or ""},
        {"id": 0, "state": "RUNNING", "worker_id": "w1:8083"},
    ]
    return {"name": "shop", "connector": {"state": state, "worker_id": "w1:8083"}, "tasks": tasks, "type": "source"}


def read(service: Service, trace: str | None = None) -> Present[tuple[Connector, ...]]:
    def answer(asked: Asked) -> Reply:
        if asked.path == "/connectors/shop/topics":
            return reply({"shop": {"topics": ["users", "orders"]}})
        assert asked.parameters == {"expand": ["info", "status"]}
        return reply(
            {"shop": {"info": {"name": "shop", "config": CONFIG, "type": "source"}, "status": status(trace=trace)}}
        )

    service.answer = answer
    return ConnectSource(ConnectSettings(url=service.url)).connectors()


def test_a_connector_has_its_kind_states_worker_and_topics(service: Service) -> None:
    (found,) = read(service).value
    assert (found.name, found.kind, found.state, found.worker) == ("shop", "source", "RUNNING", "w1:8083")
    assert found.tasks == ("RUNNING", "FAILED"), "in the order of their ids"
    assert found.topics == ("orders", "users")


def test_no_secret_of_a_config_is_left(service: Service) -> None:
    (found,) = read(service).value
    assert "hunter" not in repr(found)


def test_what_is_no_secret_stays_readable(service: Service) -> None:
    (found,) = read(service).value
    assert found.config["database.password"] == "[redacted]"
    assert found.config["database.user"] == "debezium"
    assert found.config["key.converter"] == "org.apache.kafka.connect.storage.StringConverter"
    assert found.config["value.converter.schema.registry.url"] == "http://[redacted]@registry:8081"
    assert found.config["connection.url"] == "jdbc:postgresql://db/shop?user=me&password=[redacted]&ssl=true"
    assert found.config["azure.connection"] == "Endpoint=sb://x;SharedAccessKey=[redacted];Entity=y"
    assert found.config["tasks.max"] == "2"


def test_a_reference_to_a_config_provider_stays_visible(service: Service) -> None:
    (found,) = read(service).value
    assert found.config["api.token"] == "${file:/mnt/secrets/api.properties:token}"


def test_a_failed_tasks_trace_is_kept_without_its_secrets(service: Service) -> None:
    (found,) = read(service, trace="ConnectException: cannot open jdbc:x?password=hunter9&a=b\n\tat …").value
    assert found.trace is not None
    assert found.trace.startswith("ConnectException: cannot open jdbc:x?password=[redacted]&a=b")


def test_404_while_connect_joins_its_group_is_unreachable(service: Service) -> None:
    service.answer = lambda _: Reply(b"<html>404</html>", 404)
    with pytest.raises(SourceFailure) as raised:
        ConnectSource(ConnectSettings(url=service.url)).connectors()
    assert raised.value.kind is FailureKind.UNREACHABLE


def test_a_part_that_connect_left_out_is_unknown_and_never_running(service: Service) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/topics"):
            return reply({"error_code": 403, "message": "Topic tracking is disabled."}, 403)
        return reply({"odd": {"info": {"name": "odd", "config": {}}, "status": None}})

    service.answer = answer
    found = ConnectSource(ConnectSettings(url=service.url)).connectors()
    assert (found.value[0].state, found.value[0].kind, found.value[0].tasks) == ("UNKNOWN", "unknown", ())
    assert found.missing == ("Connector odd: Connect does not say which topics it uses.",)


def test_topics_named_in_the_config_stand_in_where_tracking_is_off(service: Service) -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("/topics"):
            return reply({"error_code": 403, "message": "Topic tracking is disabled."}, 403)
        return reply({"sink": {"info": {"config": {"topics": "b,a"}, "type": "sink"}, "status": {}}})

    service.answer = answer
    found = ConnectSource(ConnectSettings(url=service.url)).connectors()
    assert found.value[0].topics == ("a", "b")
    assert found.missing == ()


def test_no_connectors_is_an_empty_answer(service: Service) -> None:
    service.answer = lambda _: reply({})
    assert ConnectSource(ConnectSettings(url=service.url)).connectors().value == ()
