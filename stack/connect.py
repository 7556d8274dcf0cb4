"""Kafka Connect: one distributed worker under its own user, with a file source and a file sink that move records.

Lines appended to `connect/notices.txt` become records of a topic, and the sink writes them to `connect/notices.out`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from pathlib import Path

import requests

from stack import downloads, jvm
from stack.exporter import CONNECT_RULES
from stack.plan import CONNECT
from stack.ports import HOST
from stack.processes import Program, wait_until
from stack.state import StackError, StackState

USER = "connect"
GROUP = "connect-cluster"
INTERNAL_PREFIX = "connect-"
TOPIC = "platform.events.notice.v1"
SOURCE, SINK = "notices-from-file", "notices-to-file"

CONNECT_SECONDS = 120.0
_BUSY = frozenset({HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, HTTPStatus.INTERNAL_SERVER_ERROR})
"""Answers of a worker that has not joined its group, is rebalancing, or did not hear from its own leader in time."""

_SCRAM = "org.apache.kafka.common.security.scram.ScramLoginModule"
_CLIENTS = ("", "producer.", "consumer.", "admin.")
_PATIENT = {"metadata.recovery.strategy": "none", "reconnect.backoff.ms": 500, "reconnect.backoff.max.ms": 5000}
"""Without it a worker whose brokers are all away bootstraps anew in a tight loop, and logs megabytes a second."""


def connect_program(state: StackState) -> Program:
    """The worker, its plugins in a folder of their own as Connect wants them."""
    part = state.part(CONNECT)
    home = state.directory / CONNECT
    plugins = home / "plugins" / "file"
    plugins.mkdir(parents=True, exist_ok=True)
    for jar in downloads.kafka_jars().glob("connect-file-*.jar"):
        link = plugins / jar.name
        link.unlink(missing_ok=True)
        link.symlink_to(jar)
    settings = home / "worker.properties"
    settings.touch(mode=0o600)
    settings.write_text(worker_properties(state, home), encoding="utf-8")
    source_file(state).touch()
    return jvm.kafka_program(
        part, "org.apache.kafka.connect.cli.ConnectDistributed", settings, CONNECT_RULES, heap="256m", brief=True
    )


def source_file(state: StackState) -> Path:
    """Where a line that is appended becomes a record."""
    return state.directory / CONNECT / "notices.txt"


def sink_file(state: StackState) -> Path:
    """Where the sink writes what it reads."""
    return state.directory / CONNECT / "notices.out"


def worker_properties(state: StackState, home: Path) -> str:
    """The worker's properties, with its password: the file is the owner's alone."""
    copies = len(state.kafka.bootstrap.split(","))
    login = f'{_SCRAM} required username="{USER}" password="{state.password(USER)}";'
    settings: dict[str, object] = {
        "bootstrap.servers": state.kafka.bootstrap,
        "group.id": GROUP,
        "listeners": f"http://{HOST}:{state.part(CONNECT).ports['http']}",
        "key.converter": "org.apache.kafka.connect.storage.StringConverter",
        "value.converter": "org.apache.kafka.connect.storage.StringConverter",
        "offset.flush.interval.ms": 5000,
        "scheduled.rebalance.max.delay.ms": 5000,
        "plugin.path": home / "plugins",
        "plugin.discovery": "service_load",
    }
    for kind, topic, partitions in (("config", "configs", None), ("offset", "offsets", 3), ("status", "status", 3)):
        settings[f"{kind}.storage.topic"] = f"{INTERNAL_PREFIX}{topic}"
        settings[f"{kind}.storage.replication.factor"] = copies
        if partitions:
            settings[f"{kind}.storage.partitions"] = partitions
    for client in _CLIENTS:
        settings[f"{client}security.protocol"] = "SASL_PLAINTEXT"
        settings[f"{client}sasl.mechanism"] = "SCRAM-SHA-512"
        settings[f"{client}sasl.jaas.config"] = login
        settings |= {f"{client}{key}": value for key, value in _PATIENT.items()}
    return "".join(f"{key}={value}\n" for key, value in settings.items())


def put_connectors(state: StackState) -> None:
    """Create both connectors, or bring them back to this configuration."""
    connectors: dict[str, dict[str, object]] = {
        SOURCE: {
            "connector.class": "org.apache.kafka.connect.file.FileStreamSourceConnector",
            "tasks.max": 1,
            "file": str(source_file(state)),
            "topic": TOPIC,
            "topic.creation.default.replication.factor": -1,
            "topic.creation.default.partitions": 1,
        },
        SINK: {
            "connector.class": "org.apache.kafka.connect.file.FileStreamSinkConnector",
            "tasks.max": 1,
            "file": str(sink_file(state)),
            "topics": TOPIC,
        },
    }
    for name, settings in connectors.items():
        wait_until(partial(_put, state, name, settings), f"Connect should take {name}", CONNECT_SECONDS)


def _put(state: StackState, name: str, settings: Mapping[str, object]) -> bool:
    """True when Connect took the connector, False when it is too busy to; StackError when it refused."""
    try:
        answer = requests.put(f"{state.connect_url}/connectors/{name}/config", json=settings, timeout=30)
    except requests.RequestException:
        return False
    if answer.status_code in _BUSY:
        return False
    if not answer.ok:
        raise StackError(f"Connect refused the connector {name}: {answer.status_code} {answer.text[:300]}")
    return True


def connectors_run(state: StackState) -> bool:
    """True when both connectors and their tasks are RUNNING."""
    try:
        answer = requests.get(f"{state.connect_url}/connectors?expand=status", timeout=5)
        found = answer.json() if answer.ok else {}
    except requests.RequestException:
        return False
    return all(_runs(found.get(name, {}).get("status", {})) for name in (SOURCE, SINK))


def _runs(status: dict[str, object]) -> bool:
    tasks, connector = status.get("tasks"), status.get("connector")
    if not isinstance(tasks, list) or not isinstance(connector, dict) or not tasks:
        return False
    return all(worker["state"] == "RUNNING" for worker in [connector, *tasks])
