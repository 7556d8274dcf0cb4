"""`streamgauge canary` as a user starts it on the stack, and what its metrics say."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import NewTopic
from prometheus_client.parser import text_string_to_metric_families

from stack.cluster import admin_client
from stack.environment import variables
from stack.state import CANARY_TOPIC, StackState
from tests.waiting import eventually

PREFIX = "STREAMGAUGE_CLUSTERS__0__CANARY__"
QUICK = {f"{PREFIX}INTERVAL": "0.5", f"{PREFIX}SAMPLER__INTERVAL": "2", f"{PREFIX}SAMPLER__RECORDS": "5000"}


@dataclass(frozen=True, slots=True)
class Running:
    """A canary's process and what it shows."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def values(self, name: str) -> dict[tuple[str, ...], float]:
        """A metric's value by its label values, in the order of the labels' names without the cluster."""
        try:
            text = requests.get(self.url, timeout=30).text
        except (requests.ConnectionError, requests.Timeout):
            assert self.process.poll() is None, self.log.read_text()
            return {}
        return {
            tuple(value for label, value in sorted(sample.labels.items()) if label != "cluster"): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
            if sample.name == name
        }

    def total(self, name: str) -> float:
        """The sum of a metric over all its labels; 0 while there is none."""
        return sum(self.values(f"streamgauge_{name}").values())

    def has_written(self, more: float = 30.0) -> None:
        """Wait until so many more records were acknowledged, and all of them read."""
        before = self.total("canary_acknowledged_total")
        eventually(lambda: self.total("canary_acknowledged_total") >= before + more, "records should be acknowledged")


@contextmanager
def canary(stack: StackState, folder: Path, more: Mapping[str, str] = QUICK) -> Iterator[Running]:
    """A canary on the main cluster, stopped afterwards unless it was killed."""
    environ = variables(stack) | dict(more)
    log = folder / "canary.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "dashboard.cli", "canary", "--cluster", stack.kafka.name],
            cwd=Path(__file__).parents[3],
            env=os.environ | environ,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
    try:
        yield Running(process, f"http://127.0.0.1:{environ[f'{PREFIX}PORT']}/metrics", log)
        if process.poll() is None:
            process.terminate()
            assert process.wait(120) == 0, log.read_text()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def create_topic(stack: StackState, wanted: NewTopic) -> None:
    """Create a topic of a test's own."""
    admin = admin_client(stack.kafka)
    admin.create_topics([wanted])[wanted.topic].result()


def delete_topic(stack: StackState, name: str = CANARY_TOPIC) -> None:
    """Delete a topic, and wait until no broker knows it; one that is not there is fine."""
    admin = admin_client(stack.kafka)
    try:
        admin.delete_topics([name], operation_timeout=30)[name].result()
    except KafkaException as error:
        if error.args[0].code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
            raise
    eventually(lambda: name not in admin.list_topics(timeout=10).topics, f"{name} should be gone")
